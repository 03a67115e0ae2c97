import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../errors';
import type { RehearsalContext } from '../main';
import { runMainJob, type MainJobResult } from '../scenario/main-job';
import { table } from '../scenario/table';

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
    .command('main-job', { isDefault: true, hidden: true })
    .description('synthesise, apply, deploy, break, roll back, promote')
    .option(
      '--terraform',
      'apply with terraform and the AWS provider against moto, not with the embedded apply',
    )
    .option('--stay', 'keep everything up at the end, until Ctrl-C')
    .option('--json', 'the last line on stdout is one JSON object')
    .option('--speed <factor>', "how many seconds of ECS's waiting pass in one of ours", '20')
    .action(async (options: Options) => {
      const speed = Number(options.speed);
      if (!(speed > 0 && speed <= 100)) {
        throw new UsageError(
          `--speed ${options.speed}: a number above 0 and up to 100 is wanted, 1 being AWS's own pace`,
        );
      }
      const log = (line: string) => context.stderr(`${line}\n`);
      const result = await runMainJob({
        repository: context.repository,
        slipway: join(context.repository, 'deploy', 'bin', 'slipway.js'),
        terraform: options.terraform === true,
        speed,
        requestsPerSecond: 120,
        env: context.env,
        signal: context.signal,
        log,
        ...(options.stay ? { beforeEnd: (platform) => stay(platform.serviceUrl('staging'), context) } : {}),
      });
      context.stderr(`\n${summary(result)}\n`);
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

async function stay(url: string, context: RehearsalContext): Promise<void> {
  context.stderr(`\nStaging answers at ${url} until Ctrl-C.\n`);
  if (context.signal.aborted) return;
  await new Promise<void>((resolve) =>
    context.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
