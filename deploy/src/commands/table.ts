import type { CommandSpec, OptionSpec } from './command';

const image: OptionSpec = {
  flags: '--image <reference>',
  description: 'the image to deploy; sets IMAGE for {{ must_env `IMAGE` }}',
};
const dryRun: OptionSpec = { flags: '--dry-run', description: 'say what would be done, and change nothing' };
const timeout: OptionSpec = {
  flags: '--timeout <duration>',
  description: 'stop watching after this long, such as 20m; the config has the default',
};
const detach: OptionSpec = {
  flags: '--detach',
  description: 'start it and do not wait; ends with 0 and the outcome "started"',
};

const until: OptionSpec = {
  flags: '--until <milestone>',
  description: 'serving (the new version takes all traffic) or drained (the old tasks are gone)',
  default: 'drained',
};

/** Options that every command has. */
export const globalOptions: readonly OptionSpec[] = [
  {
    flags: '--config <file>',
    description: 'slipway.yml or ecspresso.yml; otherwise sought here, above, and in app/',
  },
  { flags: '--json', description: 'data for programs on stdout: one JSON object a line' },
  { flags: '--verbose', description: 'stack traces of errors' },
];

/** Every command of the deploy tool: parsing, help and documentation come from here. */
export const commands: readonly CommandSpec[] = [
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
    ],
    load: () => import('./deploy.ts'),
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
      dryRun,
      timeout,
      until,
      detach,
    ],
    load: () => import('./rollback.ts'),
  },
  {
    name: 'render',
    summary: 'print the definitions as ECS would be given them',
    positionals: '[document...]',
    options: [image],
    load: () => import('./render.ts'),
  },
  {
    name: 'check',
    summary: 'check config and definitions against contract.json, with no credentials',
    options: [],
    load: () => import('./check.ts'),
  },
  {
    name: 'diff',
    summary: 'what a deploy would change',
    options: [image, { flags: '--exit-code', description: 'end with 2 if there is a difference' }],
    load: () => import('./diff.ts'),
  },
  {
    name: 'status',
    summary: 'what runs, and which deployment is going on',
    options: [],
    load: () => import('./status.ts'),
  },
  {
    name: 'history',
    summary: 'the releases of a service, newest first',
    options: [{ flags: '--limit <number>', description: 'how many', default: '20' }],
    load: () => import('./history.ts'),
  },
  {
    name: 'delete',
    summary: 'delete the service, so that its infrastructure can be destroyed',
    options: [{ flags: '--yes', description: 'do not ask for the name of the service' }, dryRun, timeout],
    load: () => import('./delete.ts'),
  },
];

/** Not of the deploy tool: bin/slipway.js hands it to the rehearsal. */
export const rehearse = {
  name: 'rehearse',
  summary: 'run all of this against an ECS on this machine, with no AWS account',
};
