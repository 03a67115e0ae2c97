import { CommanderError } from 'commander';
import { commands } from './commands/table';
import { applyRunOptions } from './config/run-options';
import type { Context } from './context';
import { exitCodes, SlipwayError } from './errors';
import { createReporter } from './report/create-reporter';
import { buildProgram } from './program';
import type { Reporter } from './report/reporter';
import { withoutCommands } from './report/workflow-commands';
import { Secrets } from './secrets';

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
  const flags = ownFlags(argv);
  const json = flags.includes('--json') || env['ECSPRESSO_LOG_FORMAT'] === 'json';
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
    const verbose = flags.includes('--verbose') || isOn(env['ECSPRESSO_DEBUG']);
    return fail(error, context, reporter, { verbose, json });
  } finally {
    interrupt?.stop();
  }
}

/** What stands behind `--` belongs to a container. */
function ownFlags(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
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
  const shown = (text: string) => (context.env.GITHUB_ACTIONS ? withoutCommands(hide(text)) : hide(text));
  const trace = (one: unknown) => shown(one instanceof Error ? (one.stack ?? one.message) : String(one));
  if (error instanceof SlipwayError) {
    reporter.error(printable(error, hide));
    if (verbose)
      context.stderr(
        `${trace(error)}\n${error.cause === undefined ? '' : `caused by: ${trace(error.cause)}\n`}`,
      );
    return error.exitCode;
  }
  const name = shown(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
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
  const { code, message, hint, summary, exitCode, cause } = error;
  return new SlipwayError(code, hide(message), {
    ...(hint === undefined ? {} : { hint: hide(hint) }),
    ...(summary === undefined ? {} : { summary: hide(summary) }),
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
