import { join } from 'node:path';
import type { Command } from 'commander';
import type { RehearsalContext } from '../context';
import { UsageError } from '../errors';
import { runMainJob, type MainJobResult } from '../scenario/main-job';
import { table } from '../scenario/table';
import { speed } from './numbers';

interface Options {
  terraform?: boolean;
  stay?: boolean;
  json?: boolean;
  speed: string;
}

/** `slipway rehearse`: the main job, which `npm start` runs. */
export function mainJobCommand(
  program: Command,
  context: RehearsalContext,
  finish: (exitCode: number) => void,
): void {
  program
    .allowExcessArguments(true)
    .option(
      '--terraform',
      'apply with terraform and the AWS provider against moto, not with the embedded apply',
    )
    .option('--stay', 'keep everything up at the end, until Ctrl-C')
    .option('--json', 'the last line on stdout is one JSON object')
    .option('--speed <factor>', "how many seconds of ECS's waiting pass in one of ours", '20')
    .action(async (options: Options, command: Command) => {
      const [unknown] = command.args;
      if (unknown !== undefined) {
        throw new UsageError(`unknown command "${unknown}": slipway rehearse --help lists what there is`);
      }
      const log = (line: string) => context.stderr(`${line}\n`);
      const result = await runMainJob({
        repository: context.repository,
        slipway: join(context.repository, 'deploy', 'bin', 'slipway.js'),
        terraform: options.terraform === true,
        speed: speed('--speed', options.speed),
        requestsPerSecond: 120,
        env: context.env,
        signal: context.signal,
        log,
        ...(options.stay ? { beforeEnd: (_platform, soFar) => stay(soFar, context) } : {}),
      });
      if (context.signal.aborted && !result.ok) {
        context.stderr('\nInterrupted: all that was started is taken down again.\n');
        return finish(130);
      }
      if (!options.stay) context.stderr(`\n${summary(result)}\n`);
      if (options.json) context.stdout(`${JSON.stringify(machineReadable(result))}\n`);
      finish(result.ok ? 0 : 1);
    });
}

function summary(result: MainJobResult): string {
  const rows = result.steps.map((step) => [
    step.name,
    step.outcome,
    String(step.exitCode),
    step.seconds.toFixed(1),
  ]);
  const { total, failed } = result.requests;
  return [
    table(['step', 'outcome', 'exit', 'seconds'], rows),
    '',
    `${total} requests through the load balancer meanwhile, ${failed} failed.`,
    result.ok ? 'All of it went as it should.' : 'It did NOT go as it should; see above.',
  ].join('\n');
}

function machineReadable(result: MainJobResult): object {
  return {
    ok: result.ok,
    steps: result.steps.map((step) => ({ ...step, seconds: Math.round(step.seconds * 10) / 10 })),
    requests: result.requests,
  };
}

async function stay(result: MainJobResult, context: RehearsalContext): Promise<void> {
  context.stderr(`\n${summary(result)}\n\nStaging answers at ${result.url} until Ctrl-C.\n`);
  if (context.signal.aborted) return;
  await new Promise<void>((resolve) =>
    context.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
