import { Command, CommanderError, Option } from 'commander';
import type { Input, OptionSpec } from './commands/command';
import { commands, globalOptions, rehearse } from './commands/table';
import { applyRunOptions } from './config/run-options';
import type { Context } from './context';
import { exitCodes, SlipwayError } from './errors';
import { exitMeanings } from './exit-meanings';
import { createReporter } from './report/create-reporter';
import type { Reporter } from './report/reporter';
import { Secrets } from './secrets';
import { version } from './version';

/**
 * One run of `slipway`.
 *
 * @param argv without node and the script: `['deploy', 'staging', '--image', '...']`.
 * @param overrides parts of the world that a caller brings along; the process's own otherwise.
 * @returns the exit code; everything is printed by then. It never throws.
 */
export async function main(argv: readonly string[], overrides: Partial<Context> = {}): Promise<number> {
  const stdout = overrides.stdout ?? writer(process.stdout);
  const stderr = overrides.stderr ?? writer(process.stderr);
  const env = overrides.env ?? process.env;
  const isTerminal = overrides.isTerminal ?? process.stderr.isTTY;
  const json = argv.includes('--json') || env['ECSPRESSO_LOG_FORMAT'] === 'json';
  const reporter = createReporter({ json, isTerminal, stdout, stderr, env });
  const interrupt = overrides.signal === undefined ? onInterrupt() : undefined;
  const signal = overrides.signal ?? interrupt?.signal ?? new AbortController().signal;
  const secrets = new Secrets();
  const sink = overrides.sink ?? reporter.sink;
  const context: Context = {
    cwd: overrides.cwd ?? process.cwd(),
    env,
    stdout,
    stderr,
    signal,
    isTerminal,
    sink: (event) => sink(secrets.hideIn(event)),
    secrets,
  };
  try {
    return await run(argv, context);
  } catch (error) {
    reporter.close?.();
    const verbose = argv.includes('--verbose') || isOn(env['ECSPRESSO_DEBUG']);
    return fail(error, context, reporter, { verbose, json });
  } finally {
    interrupt?.stop();
  }
}

function isOn(variable: string | undefined): boolean {
  return /^(1|t|true|y|yes|on)$/i.test(variable ?? '');
}

async function run(argv: readonly string[], context: Context): Promise<number> {
  let result: number = exitCodes.live;
  const program = buildProgram(context, argv, async (name, input) => {
    const spec = commands.find((one) => one.name === name);
    if (spec === undefined)
      throw new SlipwayError('USAGE', `"${name}" is started by the slipway command itself`);
    const { run: handler } = await spec.load();
    const applied = await applyRunOptions(context, input);
    result = await handler(applied.context, applied.input);
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.live;
    if (error.code !== 'commander.help') throw usage(error);
    context.stderr(program.helpInformation());
    return exitCodes.usage;
  }
  return result;
}

type Called = (name: string, input: Input) => Promise<void>;

/** The table as commander takes it. */
function buildProgram(context: Context, argv: readonly string[], called: Called): Command {
  const program = new Command('slipway')
    .description('Ship containers to Amazon ECS, and know what happened.')
    .usage('COMMAND [ENVIRONMENT] [options]')
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'print help; also for each command')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ writeOut: context.stdout, writeErr: () => undefined })
    .configureHelp({ showGlobalOptions: true })
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

/** commander's message has its suggestion in it already. */
function usage(error: CommanderError): SlipwayError {
  const message = error.message.replace(/^error: /, '').replace(/\n/g, ' ');
  return new SlipwayError('USAGE', message, {
    hint: 'slipway --help lists the commands, slipway COMMAND --help the options',
  });
}

function fail(
  thrown: unknown,
  context: Context,
  reporter: Reporter,
  how: { verbose: boolean; json: boolean },
): number {
  const { verbose, json } = how;
  const wasInterrupted = context.signal.aborted && !(thrown instanceof SlipwayError);
  const error = wasInterrupted ? new SlipwayError('INTERRUPTED', 'interrupted', { cause: thrown }) : thrown;
  const hide = (text: string) => context.secrets?.hide(text) ?? text;
  const trace = (one: unknown) => hide(one instanceof Error ? (one.stack ?? one.message) : String(one));
  if (error instanceof SlipwayError) {
    reporter.error(printable(error, hide));
    if (verbose)
      context.stderr(
        `${trace(error)}\n${error.cause === undefined ? '' : `caused by: ${trace(error.cause)}\n`}`,
      );
    return error.exitCode;
  }
  const name = hide(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  context.stderr(`slipway: this is a bug: ${name}\n`);
  context.stderr(
    verbose ? `${trace(error)}\n` : 'run it again with --verbose for the place, and report both\n',
  );
  if (json) {
    const data = { type: 'error', code: 'BUG', message: name, exitCode: exitCodes.bug };
    context.stdout(`${JSON.stringify(data)}\n`);
  }
  return exitCodes.bug;
}

function printable(error: SlipwayError, hide: (text: string) => string): SlipwayError {
  const { code, message, hint, exitCode, cause } = error;
  return new SlipwayError(code, hide(message), {
    ...(hint === undefined ? {} : { hint: hide(hint) }),
    exitCode,
    cause,
  });
}

/** A reader that goes away (`| head`) ends the printing, not the deployment that is watched. */
function writer(stream: NodeJS.WriteStream): (text: string) => void {
  if (!stream.listeners('error').includes(ignoreClosedPipe)) stream.on('error', ignoreClosedPipe);
  return (text) => void (stream.writable && stream.write(text));
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** The first Ctrl-C or SIGTERM asks the run to end in order; the second ends the process. */
function onInterrupt(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}
