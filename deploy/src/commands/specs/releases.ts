import type { CommandSpec } from '../command';
import { detach, dryRun, image, skipCheck, timeout, until } from './options';

/** What ships, goes back, and tells what is there. */
export const releases: readonly CommandSpec[] = [
  {
    name: 'deploy',
    summary: 'ship an image: register, update the service, watch it, explain what happened',
    options: [
      image,
      dryRun,
      timeout,
      until,
      detach,
      {
        flags: '--wait-for-current',
        description: 'wait for a deployment in progress before starting this one',
      },
      { flags: '--supersede', description: 'replace a deployment in progress' },
      { flags: '--force-new-deployment', description: 'replace all tasks even if nothing changes' },
      {
        flags: '--no-fail-fast',
        description: 'do not roll back early when tasks fail again and again for the same reason',
      },
      {
        flags: '--keep-going',
        description: 'of several services: where one fails, leave those that do not depend on it alone',
      },
      skipCheck,
    ],
    load: () => import('../deploy.ts'),
  },
  {
    name: 'rollback',
    summary: 'go back to a former release, without rendering or building anything',
    options: [
      {
        flags: '--to <release>',
        description: 'git sha, task definition revision, or last-good',
        default: 'last-good',
      },
      { flags: '--reason <text>', description: 'why, for the log' },
      {
        flags: '--task-definition-only',
        description: 'leave network, load balancers and the like of the service as they are',
      },
      dryRun,
      timeout,
      until,
      detach,
    ],
    load: () => import('../rollback.ts'),
  },
  {
    name: 'render',
    summary: 'print the definitions as ECS would be given them',
    positionals: { name: '[document...]', description: 'task-definition, service or config' },
    options: [
      image,
      { flags: '--show-sensitive', description: 'print sensitive outputs and secrets as they are' },
    ],
    load: () => import('../render.ts'),
  },
  {
    name: 'check',
    summary: 'check config and definitions against contract.json, with no credentials',
    options: [
      {
        flags: '--write-uses <file>',
        description:
          'write the outputs that the app relies on, with file and line: what the infrastructure checks its changes against',
      },
    ],
    load: () => import('../check.ts'),
  },
  {
    name: 'diff',
    summary: 'what a deploy would change',
    options: [
      image,
      { flags: '--unified', description: 'as a unified diff of the definitions' },
      {
        flags: '--against <environment>',
        description: 'lay the definitions beside what runs in another environment',
      },
      { flags: '--exit-code', description: 'end with 2 if there is a difference' },
    ],
    load: () => import('../diff.ts'),
  },
  {
    name: 'status',
    summary: 'what runs, and which deployment is going on',
    options: [],
    load: () => import('../status.ts'),
  },
  {
    name: 'history',
    summary: 'the releases of a service, newest first',
    options: [{ flags: '--limit <number>', description: 'how many', default: '20' }],
    load: () => import('../history.ts'),
  },
  {
    name: 'delete',
    summary: 'delete the service, so that its infrastructure can be destroyed',
    options: [{ flags: '--yes', description: 'do not ask for the name of the service' }, dryRun, timeout],
    load: () => import('../delete.ts'),
  },
];
