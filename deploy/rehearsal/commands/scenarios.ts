import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { RehearsalContext } from '../context';
import { UsageError } from '../errors';
import { findScenarios, readLibrary, type NamedScenario } from '../scenario/library';
import { runScenario, type ScenarioResult } from '../scenario/run-scenario';
import { table } from '../scenario/table';
import { positive } from './numbers';

interface Ran extends ScenarioResult {
  name: string;
  title: string;
}

/** `slipway rehearse list`: the library of scenarios, one line each. */
export function listCommand(program: Command, context: RehearsalContext): void {
  program
    .command('list')
    .description('list the scenarios that can be run')
    .option('--json', 'as JSON on stdout')
    .action((options: { json?: boolean }) => {
      const found = readLibrary(context.repository).map(({ name, scenario: { title, learn } }) => ({
        name,
        title,
        learn: learn.trim(),
      }));
      const rows = found.map(({ name, title }) => [name, title]);
      context.stdout(
        options.json ? `${JSON.stringify(found)}\n` : `${table(['scenario', 'what happens'], rows)}\n`,
      );
    });
}

/** `slipway rehearse run SCENARIO...`: each against a rehearsal of its own. */
export function runCommand(
  program: Command,
  context: RehearsalContext,
  finish: (exitCode: number) => void,
): void {
  program
    .command('run')
    .description('run scenarios: files, or names that "list" shows')
    .argument('[scenario...]')
    .option('--all', 'run all that "list" shows')
    .option('--at-once <number>', 'how many run side by side; as many as there are cores without')
    .option('--json', 'the last line on stdout is one JSON object')
    .action(async (wanted: string[], options: { all?: boolean; atOnce?: string; json?: boolean }) => {
      const atOnce =
        options.atOnce === undefined ? availableParallelism() : positive('--at-once', options.atOnce);
      if (wanted.length === 0 && !options.all)
        throw new UsageError('which scenario? Name one or more, or --all; slipway rehearse list shows them');
      const scenarios = options.all ? readLibrary(context.repository) : [];
      scenarios.push(...findScenarios(context.repository, wanted));
      const [first] = scenarios;
      const alone = scenarios.length === 1 && first !== undefined;
      if (alone) context.stderr(`${first.scenario.title}\n\n${first.scenario.learn.trim()}\n\n`);
      const ran = await runAll(scenarios, context, { atOnce, alone });
      if (context.signal.aborted) {
        context.stderr('\nInterrupted: all that was started is taken down again.\n');
        return finish(130);
      }
      context.stderr(`\n${summary(ran)}\n`);
      const ok = ran.every((one) => one.ok);
      if (options.json) context.stdout(`${JSON.stringify({ ok, scenarios: ran.map(machineReadable) })}\n`);
      finish(ok ? 0 : 1);
    });
}

/** In the order in which they were given. */
async function runAll(
  scenarios: readonly NamedScenario[],
  context: RehearsalContext,
  { atOnce, alone }: { atOnce: number; alone: boolean },
): Promise<Ran[]> {
  const results: Ran[] = [];
  const waiting = [...scenarios.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (context.signal.aborted) return;
      const [index, scenario] = next;
      results[index] = await runOne(scenario, context, alone);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, scenarios.length) }, work));
  return results;
}

async function runOne(
  { name, scenario }: NamedScenario,
  context: RehearsalContext,
  alone: boolean,
): Promise<Ran> {
  const lines: string[] = [];
  const started = performance.now();
  const log = (line: string) => {
    lines.push(line);
    if (alone) context.stderr(`${line}\n`);
  };
  let result: ScenarioResult;
  try {
    result = await runScenario(scenario, {
      slipway: join(context.repository, 'deploy', 'bin', 'slipway.js'),
      env: context.env,
      signal: context.signal,
      log,
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const seconds = (performance.now() - started) / 1000;
    result = { ok: false, exitCode: 0, outcome: 'not run', seconds, failures: [message] };
  }
  if (!context.signal.aborted) {
    const told = alone || result.ok ? [] : lines.map((line) => `    ${line}`);
    const failures = result.failures.map((failure) => `  ${failure.replaceAll('\n', '\n  ')}`);
    const head = `${alone ? '\n' : ''}${result.ok ? '✓' : '✗'} ${name}`;
    context.stderr(`${[head, ...told, ...failures].join('\n')}\n`);
  }
  return { name, title: scenario.title, ...result };
}

function summary(ran: readonly Ran[]): string {
  const rows = ran.map(({ name, outcome, exitCode, seconds, ok }) => [
    name,
    outcome,
    String(exitCode),
    seconds.toFixed(1),
    ok ? 'as expected' : 'NOT as expected',
  ]);
  const failed = ran.filter(({ ok }) => !ok).length;
  return [
    table(['scenario', 'outcome', 'exit', 'seconds', 'result'], rows),
    '',
    failed === 0
      ? `All ${ran.length} went as expected.`
      : `${failed} of ${ran.length} did NOT go as expected.`,
  ].join('\n');
}

function machineReadable({ name, title, ok, outcome, exitCode, seconds, failures }: Ran): object {
  return { name, title, ok, outcome, exitCode, seconds: Math.round(seconds * 10) / 10, failures };
}
