import type { OptionSpec } from '../command';

export const image: OptionSpec = {
  flags: '--image <reference>',
  description:
    'the image to deploy; sets IMAGE for {{ must_env `IMAGE` }}; NAME=REFERENCE for one of several services',
  multiple: true,
};
export const dryRun: OptionSpec = {
  flags: '--dry-run',
  description: 'say what would be done, and change nothing',
};
export const timeout: OptionSpec = {
  flags: '--timeout <duration>',
  description: 'stop watching after this long, such as 20m; the config has the default',
};
export const detach: OptionSpec = {
  flags: '--detach',
  description: 'start it and do not wait; ends with 0 and the outcome "started"',
};

export const skipCheck: OptionSpec = {
  flags: '--skip-check <name>',
  description: 'leave out a check of the preflight, or "all"; may be given several times',
  multiple: true,
};

export const until: OptionSpec = {
  flags: '--until <milestone>',
  description: 'serving (the new version takes all traffic) or drained (the old tasks are gone)',
  default: 'drained',
};
