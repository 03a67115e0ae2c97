import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { startMoto } from '../apply/moto';
import { UsageError } from '../errors';
import type { RehearsalContext } from '../context';
import { startRehearsal, type Rehearsal } from '../rehearsal';
import { port, speed } from './numbers';

interface Options {
  port: string;
  speed: string;
  terraform?: boolean;
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
    .option('--terraform', 'every service but ECS is moto, so that terraform can apply whole stacks to it')
    .option('--json', 'say what it listens on as one line of JSON on stdout')
    .action(async (options: Options) => {
      const wanted = { port: port('--port', options.port), speed: speed('--speed', options.speed) };
      const directory = mkdtempSync(join(tmpdir(), 'slipway-rehearsal-'));
      const closing: (() => unknown)[] = [
        () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }),
      ];
      try {
        const moto = options.terraform ? await startMoto({ env: context.env }) : undefined;
        if (moto) closing.push(() => moto.stop());
        const rehearsal = await start({ ...wanted, directory, ...(moto ? { moto } : {}) });
        closing.push(() => rehearsal.stop());
        announce(rehearsal, options.json === true, context);
        await aborted(context.signal);
      } finally {
        for (const close of closing.reverse()) await close();
      }
      finish(0);
    });
}

async function start(options: {
  port: number;
  speed: number;
  directory: string;
  moto?: { endpoint: string };
}): Promise<Rehearsal> {
  try {
    return await startRehearsal(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UsageError(
      `port ${options.port} is taken: name another with --port, or leave it out for a free one`,
    );
  }
}

function announce(rehearsal: Rehearsal, json: boolean, context: RehearsalContext): void {
  const { endpoint, environment } = rehearsal;
  if (json) {
    context.stdout(`${JSON.stringify({ endpoint, environment })}\n`);
    return;
  }
  const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${value}\n`);
  context.stdout(lines.join(''));
  context.stderr(`ECS answers at ${endpoint} until Ctrl-C. Copy the lines above into a shell to use it.\n`);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
