import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../errors';
import type { RehearsalContext } from '../main';
import { startRehearsal } from '../rehearsal';

interface Options {
  port: string;
  speed: string;
  json?: boolean;
}

/** `slipway rehearse serve`: keeps the endpoint up for any SDK, the AWS CLI, Terraform or another deploy tool. */
export function serveCommand(
  program: Command,
  context: RehearsalContext,
  finish: (exitCode: number) => void,
): void {
  program
    .command('serve')
    .description('keep the endpoint up for any AWS client, until Ctrl-C')
    .option('--port <port>', 'port on loopback; 0 takes a free one', '0')
    .option('--speed <factor>', "how many seconds of ECS's waiting pass in one of ours", '20')
    .option('--json', 'say what it listens on as one line of JSON on stdout')
    .action(async (options: Options) => {
      const port = wholeNumber('--port', options.port, 65_535);
      const speed = wholeNumber('--speed', options.speed, 100);
      const directory = mkdtempSync(join(tmpdir(), 'slipway-rehearsal-'));
      try {
        const rehearsal = await startRehearsal({ port, speed: Math.max(speed, 1), directory, applied: [] });
        try {
          if (options.json) {
            context.stdout(
              `${JSON.stringify({ endpoint: rehearsal.endpoint, environment: rehearsal.environment })}\n`,
            );
          } else {
            context.stdout(exports(rehearsal.environment));
            context.stderr('ECS answers there until Ctrl-C. Copy the lines above into a shell to use it.\n');
          }
          await aborted(context.signal);
        } finally {
          await rehearsal.stop();
        }
      } finally {
        rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
      }
      finish(0);
    });
}

function wholeNumber(option: string, text: string, maximum: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > maximum) {
    throw new UsageError(`${option} ${text}: a whole number from 0 to ${maximum} is wanted`);
  }
  return value;
}

const exports = (environment: Readonly<Record<string, string>>): string =>
  Object.entries(environment)
    .map(([name, value]) => `export ${name}=${value}\n`)
    .join('');

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
