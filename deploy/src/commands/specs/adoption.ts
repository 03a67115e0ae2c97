import type { CommandSpec } from '../command';
import { dryRun } from './options';

/** What brings a service that exists already to slipway. */
export const adoption: readonly CommandSpec[] = [
  {
    name: 'init',
    summary: 'write config and definitions for a service that runs already',
    options: [
      { flags: '--cluster <name>', description: 'the cluster that the service runs in' },
      { flags: '--service <name>', description: 'the service; with --tfstate, the one that is in it' },
      { flags: '--region <region>', description: 'AWS region; AWS_REGION otherwise' },
      {
        flags: '--outputs <location>',
        description: 'where infrastructure put its outputs: ids and ARNs in them become {{ output }}',
      },
      {
        flags: '--tfstate <location>',
        description:
          'a Terraform state: ids and ARNs in it become {{ tfstate }}, and what it is to forget is printed',
      },
      {
        flags: '--image-env <name>',
        description: 'the variable that gives the image to deploy',
        default: 'IMAGE',
      },
      {
        flags: '--split <directory>',
        description:
          'in a clone that holds infrastructure too: write the app and its workflows there, as a repository of its own',
      },
      { flags: '--force', description: 'overwrite files that are there' },
      dryRun,
    ],
    load: () => import('../init.ts'),
  },
];
