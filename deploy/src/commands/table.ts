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
  {
    flags: '--service <name>',
    description: 'only this one of the services that the config names; may be given several times',
    multiple: true,
  },
  {
    flags: '--envfile <file>',
    description:
      'variables for the run, over those of the process; may be given several times, the last wins',
    multiple: true,
  },
  {
    flags: '--ext-str <name=text>',
    description: 'std.extVar of Jsonnet files, a text; may be given several times',
    multiple: true,
  },
  {
    flags: '--ext-code <name=jsonnet>',
    description: 'std.extVar of Jsonnet files, Jsonnet itself; may be given several times',
    multiple: true,
  },
  {
    flags: '--assume-role-arn <arn>',
    description: 'the role to call AWS with, also for what templates read',
  },
  { flags: '--profile <name>', description: 'the AWS profile to use, before the keys of the environment' },
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
