import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join, posix } from 'node:path';
import type { Cancel, Clock } from '../clock';
import { commandLine, failure, resolveCommand } from './command';
import { containerEnvironment } from './environment';
import { atTaskAddress, healthCommandLine } from './health-command';
import { LineSplitter } from './lines';
import type { MemoryWatch } from './memory';
import type { ContainerLaunch, ContainerListener, RunningContainer } from './runtime';
import { killGroup, type Supervisor } from './supervisor';

/** What containers of one runtime share. */
export interface ContainerHost {
  /** Holds a folder for each container. */
  directory: string;
  supervisor: Supervisor;
  memory: MemoryWatch;
  clock: Pick<Clock, 'afterReal'>;
  hostPort(taskId: string, containerPort: number): number;
}

const outOfMemory = 'OutOfMemoryError: Container killed due to memory usage';

/** After the first process has ended, what still holds its output open is not waited for longer (milliseconds). */
const outputGrace = 500;

/** One container: a fresh copy of the image's files, and a process group that runs in it. */
export class ProcessContainer implements RunningContainer {
  /** Resolves when no process of it is left and its files are gone. */
  readonly ended: Promise<void>;
  private child: ChildProcess | undefined;
  private environment: Record<string, string> = {};
  private folder = '';
  private readonly root: string;
  private readonly checks = new Set<ChildProcess>();
  private pendingSignal: 'SIGTERM' | 'SIGKILL' | undefined;
  private killedFor: string | undefined;

  constructor(
    private readonly launch: ContainerLaunch,
    private readonly listener: ContainerListener,
    private readonly host: ContainerHost,
  ) {
    this.root = join(host.directory, randomBytes(8).toString('hex'));
    this.ended = this.run();
  }

  signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { child } = this;
    if (child === undefined) {
      if (this.pendingSignal !== 'SIGKILL') this.pendingSignal = signal;
    } else if (child.exitCode === null && child.signalCode === null) {
      // As Docker: the first process alone hears SIGTERM.
      if (signal === 'SIGTERM') child.kill('SIGTERM');
      else if (child.pid !== undefined) killGroup(child.pid);
    }
  }

  check(command: readonly string[], timeoutMilliseconds: number): Promise<boolean> {
    if (command[0] === 'NONE') return Promise.resolve(true);
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return Promise.resolve(false);
    const hostPort = (port: number): number => this.hostPort(port);
    const words = atTaskAddress(healthCommandLine(command), this.launch, this.environment, hostPort);
    const resolved = resolveCommand(words, this.root, this.folder, this.environment.PATH ?? '');
    if ('reason' in resolved) return Promise.resolve(false);
    return new Promise((resolve) => {
      const check = this.host.supervisor.start(resolved.file, resolved.args, {
        cwd: this.folder,
        env: this.environment,
        output: 'ignore',
      });
      this.checks.add(check);
      const cancel = this.host.clock.afterReal(timeoutMilliseconds, () => {
        settle(false);
        if (check.pid !== undefined) killGroup(check.pid);
      });
      const settle = (passed: boolean): void => {
        cancel();
        resolve(passed);
      };
      check.once('error', () => {
        this.checks.delete(check);
        settle(false);
      });
      check.once('exit', (code) => {
        this.checks.delete(check);
        settle(code === 0);
      });
    });
  }

  private async run(): Promise<void> {
    try {
      const failed = await this.prepare();
      if (failed !== undefined) this.listener.failed(failed);
      else await this.execute();
    } finally {
      await rm(this.root, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
    }
  }

  /** Lays out the files. A container can write to them; the image's stay as they are. */
  private async prepare(): Promise<string | undefined> {
    const { image } = this.launch;
    try {
      await cp(image.root, this.root, { recursive: true, verbatimSymlinks: true });
      const workingDirectory = this.launch.workingDirectory ?? image.workingDirectory;
      this.folder = join(this.root, posix.resolve('/', workingDirectory));
      await mkdir(this.folder, { recursive: true });
    } catch (error) {
      return `CannotCreateContainerError: ${error instanceof Error ? error.message : String(error)}`;
    }
    this.environment = containerEnvironment(this.launch, this.root, (port) => this.hostPort(port));
    return undefined;
  }

  private hostPort(containerPort: number): number {
    const { hostPorts, taskId } = this.launch;
    return hostPorts?.[containerPort] ?? this.host.hostPort(taskId, containerPort);
  }

  private async execute(): Promise<void> {
    const words = commandLine(this.launch);
    const resolved = resolveCommand(words, this.root, this.folder, this.environment.PATH ?? '');
    if ('reason' in resolved) return this.listener.failed(resolved.reason);
    if (this.pendingSignal === 'SIGKILL') return this.listener.exited(exitStatus(null, 'SIGKILL'), undefined);

    const child = this.host.supervisor.start(resolved.file, resolved.args, {
      cwd: this.folder,
      env: this.environment,
      output: 'pipe',
    });
    const refused = await new Promise<Error | undefined>((resolve) => {
      child.once('spawn', () => resolve(undefined));
      child.once('error', resolve);
    });
    if (refused !== undefined) return this.listener.failed(failure(words[0] ?? '', refused.message).reason);
    this.child = child;
    const over = this.untilOver(child);
    this.listener.started();
    if (this.pendingSignal !== undefined) this.signal(this.pendingSignal);
    const stopWatching = this.watchMemory(child);
    const status = await over;
    stopWatching();
    for (const check of this.checks) if (check.pid !== undefined) killGroup(check.pid);
    this.listener.exited(this.killedFor === undefined ? status : exitStatus(null, 'SIGKILL'), this.killedFor);
  }

  /** Resolves to the exit status once the process has ended and all of its output was heard. */
  private untilOver(child: ChildProcess): Promise<number> {
    const splitters = [child.stdout, child.stderr].map((stream) => {
      const splitter = new LineSplitter((line) => this.listener.output(line));
      stream?.on('data', (chunk: Buffer) => splitter.write(chunk));
      stream?.on('error', () => undefined);
      return splitter;
    });
    return new Promise((resolve) => {
      let grace: NodeJS.Timeout | undefined;
      child.once('exit', () => {
        // A process that left the group may hold the pipes open for ever.
        grace = setTimeout(() => {
          child.stdout?.destroy();
          child.stderr?.destroy();
        }, outputGrace);
      });
      child.once('close', (code, signal) => {
        clearTimeout(grace);
        for (const splitter of splitters) splitter.end();
        resolve(exitStatus(code, signal));
      });
    });
  }

  private watchMemory(child: ChildProcess): Cancel {
    const { memoryLimit } = this.launch;
    const { pid } = child;
    if (memoryLimit === undefined || pid === undefined) return () => undefined;
    return this.host.memory.add(pid, memoryLimit, () => {
      this.killedFor = outOfMemory;
      killGroup(pid);
    });
  }
}

/** As Docker reports it: 128 + n for signal n. */
function exitStatus(code: number | null, signal: NodeJS.Signals | null): number {
  if (code !== null) return code;
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}
