import { Command, Option } from 'commander';
import type { Input, OptionSpec } from './commands/command';
import { commands, globalOptions, rehearse } from './commands/table';
import type { Context } from './context';
import { exitCodes } from './errors';
import { exitMeanings } from './exit-meanings';
import { version } from './version';

/** What a parsed command line asks for. */
export type Called = (name: string, input: Input) => Promise<void>;

/**
 * The table as commander takes it. It prints help and version; everything else is a CommanderError.
 * @param argv what will be parsed: where words of a container begin can only be seen in it.
 */
export function buildProgram(
  context: Pick<Context, 'stdout'>,
  argv: readonly string[],
  called: Called,
): Command {
  const program = new Command('slipway')
    .description('Ship containers to Amazon ECS, and know what happened.')
    .usage('COMMAND [ENVIRONMENT] [options]')
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'print help; also for each command')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ writeOut: context.stdout, writeErr: () => undefined })
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .addHelpText('after', `\nExit codes:\n${exitCodeHelp()}`);
  for (const option of globalOptions) addOption(program, option);
  for (const spec of commands) {
    const command = program
      .command(spec.name)
      .summary(spec.summary)
      .description(`${capital(spec.summary)}.`);
    command
      .helpOption('--help', 'print help')
      .allowExcessArguments(false)
      .argument('[environment]', 'an environment that the config declares');
    if (spec.positionals !== undefined) command.argument(spec.positionals.name, spec.positionals.description);
    if (spec.words !== undefined) command.argument('[words...]', `behind --: ${spec.words}`);
    for (const option of spec.options) addOption(command, option);
    command.action(() => {
      const options = command.optsWithGlobals<Input['options']>();
      if (spec.words === undefined) return called(spec.name, { positionals: command.args, options });
      const at = argv.indexOf('--');
      const count = at === -1 ? command.args.length : command.args.length - (argv.length - at - 1);
      const [positionals, words] = [command.args.slice(0, count), command.args.slice(count)];
      return called(spec.name, { positionals, words, options });
    });
  }
  program
    .command(rehearse.name)
    .summary(rehearse.summary)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => called(rehearse.name, { positionals: [], options: {} }));
  return program;
}

function addOption(command: Command, spec: OptionSpec): void {
  const option = new Option(spec.flags, spec.description);
  if (spec.default !== undefined) option.default(spec.default);
  if (spec.multiple)
    option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  command.addOption(option);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function exitCodeHelp(): string {
  const names = Object.keys(exitCodes) as (keyof typeof exitCodes)[];
  return names.map((name) => `  ${String(exitCodes[name]).padEnd(4)}${exitMeanings[name]}\n`).join('');
}
