import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { AppliedState } from '../apply/applied';
import { startMoto } from '../apply/moto';
import { UsageError } from '../errors';
import type { RehearsalContext } from '../context';
import { startRehearsal, type Rehearsal, type RehearsalOptions } from '../rehearsal';
import { applyRepository } from '../scenario/apply-repository';
import { readSettings } from '../setting-values';
import { port, speed } from './numbers';
import { onParentGone } from './parent-process';
import { readState, writeState } from './state-file';

interface Options {
  port: string;
  speed: string;
  terraform?: boolean;
  stacks?: boolean;
  state?: string;
  setting: readonly string[];
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
    .option('--stacks', "begin with this repository's infrastructure applied; without, with an empty account")
    .option('--terraform', 'every service but ECS is moto, so that terraform can apply whole stacks to it')
    .option('--state <file>', 'go on from what the file holds, and save to it at the end and on SIGUSR2')
    .option(
      '--setting <name=value>',
      'a constant of ECS or a limit of its API, such as rateLimits=true or tick=5000; may be repeated',
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option('--json', 'say what it listens on as one line of JSON on stdout')
    .action(async (options: Options) => {
      await new Served(options, context).run();
      finish(0);
    });
}

class Served {
  private readonly closing: (() => unknown)[] = [];

  constructor(
    private readonly options: Options,
    private readonly context: RehearsalContext,
  ) {
    if (options.terraform && options.stacks)
      throw new UsageError(
        '--terraform and --stacks exclude each other: with --terraform, terraform applies',
      );
    if (options.terraform && options.state !== undefined)
      throw new UsageError("--terraform and --state exclude each other: moto's state cannot be saved");
  }

  async run(): Promise<void> {
    const ended = this.ended();
    try {
      const rehearsal = await this.start();
      this.closing.push(() => rehearsal.stop());
      this.keepState(rehearsal);
      this.announce(rehearsal);
      await ended;
    } finally {
      for (const close of this.closing.splice(0).reverse()) await close();
    }
  }

  private async start(): Promise<Rehearsal> {
    const { options } = this;
    const wanted: RehearsalOptions = {
      port: port('--port', options.port),
      speed: speed('--speed', options.speed),
      ...readSettings('--setting', options.setting),
    };
    const directory = mkdtempSync(join(tmpdir(), 'slipway-rehearsal-'));
    this.closing.push(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
    const state = options.state === undefined ? undefined : this.loadState(options.state);
    const applied: AppliedState[] = options.stacks
      ? await applyRepository({ ...this.context, directory })
      : [];
    const moto = options.terraform ? await startMoto({ env: this.context.env }) : undefined;
    if (moto) this.closing.push(() => moto.stop());
    return startWhereFree({
      ...wanted,
      directory,
      applied,
      ...(moto === undefined ? {} : { moto }),
      ...(state === undefined ? {} : { state }),
    });
  }

  private loadState(file: string) {
    try {
      accessSync(dirname(resolve(file)), constants.W_OK);
    } catch {
      throw new UsageError(`--state ${file}: nothing can be written to ${dirname(resolve(file))}`);
    }
    return readState(file);
  }

  /** What failed to start does not overwrite what was saved. */
  private keepState(rehearsal: Rehearsal): void {
    const { state: file } = this.options;
    if (file === undefined) return;
    const save = () => {
      writeState(file, rehearsal);
      this.context.stderr(`slipway rehearsal: state saved to ${file}\n`);
    };
    this.closing.push(save);
    if (process.platform === 'win32') return;
    process.on('SIGUSR2', save);
    this.closing.push(() => process.off('SIGUSR2', save));
  }

  private announce(rehearsal: Rehearsal): void {
    const { endpoint, environment } = rehearsal;
    if (this.options.json) {
      this.context.stdout(`${JSON.stringify({ endpoint, environment, pid: process.pid })}\n`);
    } else {
      const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${value}\n`);
      this.context.stdout(lines.join(''));
      this.context.stderr(
        `ECS answers at ${endpoint} until Ctrl-C. Copy the lines above into a shell to use it.\n`,
      );
    }
    this.announceListeners(rehearsal);
  }

  /** Load balancers come while it runs; each of their listeners has a port of this machine. */
  private announceListeners(rehearsal: Rehearsal): void {
    const said = new Map<string, string>();
    const look = () => {
      for (const { arn, loadBalancerArn, port: awsPort, url } of rehearsal.listeners()) {
        if (said.get(arn) === url) continue;
        said.set(arn, url);
        const name = rehearsal.store.loadBalancers.get(loadBalancerArn)?.name ?? loadBalancerArn;
        this.context.stderr(`load balancer ${name}, port ${awsPort}: ${url}\n`);
      }
    };
    look();
    const timer = setInterval(look, 500);
    this.closing.push(() => clearInterval(timer));
  }

  /** Resolves when it is to end: by a signal, or because nobody is left to send one. */
  private ended(): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.context;
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
      this.closing.push(onParentGone(resolve));
    });
  }
}

async function startWhereFree(options: RehearsalOptions): Promise<Rehearsal> {
  try {
    return await startRehearsal(options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
      throw new UsageError(
        `port ${options.port} is taken: name another with --port, or leave it out for a free one`,
      );
    }
    const message = error instanceof Error ? error.message : String(error);
    if (message.startsWith('the state ')) throw new UsageError(`--state: ${message}`);
    throw error;
  }
}
