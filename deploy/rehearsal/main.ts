import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { imagesCommand } from './commands/images';
import { mainJobCommand } from './commands/main-job';
import { listCommand, runCommand } from './commands/scenarios';
import { serveCommand } from './commands/serve';
import { workflowCommand } from './commands/workflow';
import type { RehearsalContext } from './context';
import { UsageError } from './errors';

/** A terminal that is closed sends SIGHUP. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * `slipway rehearse ...`.
 * @param argv begins with `rehearse`.
 * @returns the exit code: 0 when all went as it should, 1 when it did not, 40 for a usage error, 130 after Ctrl-C;
 *   of a workflow that failed 20, and 10 of one that cannot be run.
 */
export async function main(
  argv: readonly string[],
  overrides: Partial<RehearsalContext> = {},
): Promise<number> {
  const interrupt = new AbortController();
  const onSignal = () => interrupt.abort();
  for (const signal of signals) process.once(signal, onSignal);
  const context: RehearsalContext = {
    repository: overrides.repository ?? findRepository(),
    env: process.env,
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    signal: interrupt.signal,
    ...overrides,
  };
  let exitCode = 0;
  const program = rehearseProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv.slice(1), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (context.signal.aborted) return 130;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 40;
    if (error instanceof UsageError) {
      context.stderr(`slipway: ${error.message}\n`);
      return 40;
    }
    context.stderr(`slipway: ${error instanceof Error ? error.message : String(error)}\n`);
    if (context.env.DEBUG !== undefined && error instanceof Error) context.stderr(`${error.stack}\n`);
    return 1;
  } finally {
    for (const signal of signals) process.off(signal, onSignal);
  }
}

/** The commands below `slipway rehearse`; help and documentation come from here too. */
export function rehearseProgram(context: RehearsalContext, finish: (exitCode: number) => void): Command {
  const program = new Command('slipway rehearse')
    .description('Rehearse all of Slipway on this machine: no AWS account, no Docker.')
    // `serve --json` is serve's own option, not the one of the main job.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: context.stdout, writeErr: context.stderr });
  mainJobCommand(program, context, finish);
  serveCommand(program, context, finish);
  runCommand(program, context, finish);
  listCommand(program, context);
  imagesCommand(program, context);
  workflowCommand(program, context, finish);
  return program;
}

/** From this file upwards, wherever it runs from: deploy/rehearsal in a test, deploy/dist once bundled. */
function findRepository(): string {
  for (
    let directory = process.argv[1] ?? process.cwd();
    directory !== dirname(directory);
    directory = dirname(directory)
  ) {
    if (existsSync(join(directory, 'cdktf.json'))) return directory;
  }
  return process.cwd();
}
