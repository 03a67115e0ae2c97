import type { Argument, Command } from 'commander';
import { rehearseProgram } from '../../deploy/rehearsal/main';
import type { CommandSpec, OptionSpec } from '../../deploy/src/commands/command';
import { commands, globalOptions, rehearse } from '../../deploy/src/commands/table';
import { exitCodes } from '../../deploy/src/errors';
import { exitMeanings } from '../../deploy/src/exit-meanings';
import { prose, table } from './markdown';

/** Where more is said of a command: what the link is called, and where it leads. */
const more: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  deploy: {
    'what it checks': 'preflight.md',
    'why it failed': 'causes.md',
    'what it prints': 'output.md',
    'steps of a release': 'tasks.md#steps-of-a-release',
    'several services': 'several-services.md',
    autoscaling: 'operations.md#autoscaling',
  },
  rollback: {
    'what goes back': 'operations.md#rollback',
    'several services': 'several-services.md#going-back',
  },
  diff: { 'what counts as a difference': 'diff.md' },
  verify: { 'the checks': 'preflight.md' },
  scale: { scale: 'operations.md#scale' },
  refresh: { refresh: 'operations.md#refresh' },
  wait: { wait: 'operations.md#wait' },
  continue: { continue: 'operations.md#continue' },
  register: { 'revisions of the task definition': 'operations.md#register-revisions-deregister' },
  revisions: { 'revisions of the task definition': 'operations.md#register-revisions-deregister' },
  deregister: { 'revisions of the task definition': 'operations.md#register-revisions-deregister' },
  appspec: { CodeDeploy: 'operations.md#codedeploy' },
  delete: { delete: 'operations.md#delete' },
  run: { run: 'tasks.md#run' },
  tasks: { tasks: 'tasks.md#tasks' },
  logs: { logs: 'tasks.md#logs' },
  exec: { exec: 'tasks.md#exec' },
  init: {
    'a service that runs already': 'adopt.md',
    'an app in a repository of its own': 'split.md',
  },
  rehearse: { 'how far to trust it': 'rehearsal.md', scenarios: 'scenarios.md' },
};

/** docs/commands.md: every command and option, from the tables that parse them. */
export function commandsPage(): string {
  const all = [...commands, rehearse];
  const lines = [
    '# The commands of slipway',
    '',
    'This page is generated from the table that parses the commands ("npm run generate"). `slipway --help` and `slipway COMMAND --help` print the same.',
    '',
    table(
      ['command', 'what it does'],
      all.map(({ name, summary }) => [`[\`${name}\`](#${name})`, summary]),
    ),
    '',
    'The first word after the command is the environment, one that the config declares; it is left out where the config declares none. Data goes to standard output, everything else to standard error.',
    '',
    '## Options of every command',
    '',
    ...globalOptions.map(option),
    '- `--help`: print help; also for each command',
    '- `--version`: print the version',
    '',
    '## Exit codes',
    '',
    exitCodeTable(),
    '',
    '2 comes from `diff --exit-code` alone. `run` ends with the exit status of the container, `exec` with that of the session. Of several services the exit code is [that of the one that is worst off](several-services.md#exit-code). [errors.md](errors.md) has the errors behind the codes.',
    ...commands.flatMap(section),
    ...rehearseSection(),
  ];
  return `${lines.join('\n')}\n`;
}

/** Number and meaning of each exit code. */
export function exitCodeTable(): string {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  return table(
    ['exit code', 'meaning'],
    names.map((name) => [
      String(exitCodes[name]),
      exitMeanings[name].replace(/^diff --exit-code/, '`diff --exit-code`'),
    ]),
  );
}

function section({ name, summary, positionals, words, options }: CommandSpec): string[] {
  return [
    '',
    `## ${name}`,
    '',
    `${capital(prose(summary))}.`,
    '',
    usage(
      name,
      '[environment]',
      positionals?.name ?? '',
      '[options]',
      words === undefined ? '' : '[-- words...]',
    ),
    ...list([
      ...(positionals === undefined ? [] : [`- \`${positionals.name}\`: ${prose(positionals.description)}`]),
      ...(words === undefined ? [] : [`- \`-- words...\`: ${prose(words)}`]),
      ...options.map(option),
    ]),
    ...moreOf(name),
  ];
}

function rehearseSection(): string[] {
  const nothing = () => undefined;
  const program = rehearseProgram(
    { repository: '', env: {}, stdout: nothing, stderr: nothing, signal: new AbortController().signal },
    nothing,
  );
  const one = (command: Command, title: string, summary: string): string[] => [
    '',
    title,
    '',
    `${capital(summary.replace(/\.$/, ''))}.`,
    '',
    usage(title.replace(/^#+ /, ''), ...command.registeredArguments.map(positional), '[options]'),
    ...list(
      command.options.map(({ flags, description, defaultValue }) =>
        option({
          flags,
          description,
          ...(typeof defaultValue === 'string' ? { default: defaultValue } : {}),
        }),
      ),
    ),
  ];
  return [
    ...one(program, '## rehearse', rehearse.summary),
    ...moreOf('rehearse'),
    ...program.commands.flatMap((command) =>
      one(command, `### rehearse ${command.name()}`, command.description()),
    ),
  ];
}

function option({ flags, description, default: value, multiple }: OptionSpec): string {
  const facts = [
    ...(value === undefined ? [] : [`default \`${value}\``]),
    ...(multiple && !description.includes('several times') ? ['may be given several times'] : []),
  ];
  return `- \`${flags}\`: ${[prose(description), ...facts].join('; ')}`;
}

function usage(...words: readonly string[]): string {
  return `Usage: \`${['slipway', ...words].filter((word) => word !== '').join(' ')}\``;
}

function positional(argument: Argument): string {
  return `[${argument.name()}${argument.variadic ? '...' : ''}]`;
}

function list(items: readonly string[]): string[] {
  return items.length === 0 ? [] : ['', ...items];
}

function moreOf(name: string): string[] {
  const links = Object.entries(more[name] ?? {}).map(([label, target]) => `[${label}](${target})`);
  return links.length === 0 ? [] : ['', `More: ${links.join(', ')}.`];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
