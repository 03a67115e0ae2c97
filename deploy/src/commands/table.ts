import type { CommandSpec, OptionSpec } from './command';
import { adoption } from './specs/adoption';
import { operations } from './specs/operations';
import { preflight } from './specs/preflight';
import { releases } from './specs/releases';
import { tasks } from './specs/tasks';

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
  ...releases,
  ...preflight,
  ...operations,
  ...tasks,
  ...adoption,
];

/** Not of the deploy tool: bin/slipway.js hands it to the rehearsal. */
export const rehearse = {
  name: 'rehearse',
  summary: 'run all of this against an ECS on this machine, with no AWS account',
};
