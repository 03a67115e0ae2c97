import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../clock';
import { createAddressBook } from './address';
import { ProcessContainer, type ContainerHost } from './container';
import { MemoryWatch } from './memory';
import type { ContainerLaunch, ContainerListener, RunningContainer, Runtime } from './runtime';
import { Supervisor } from './supervisor';

export interface ProcessRuntimeOptions {
  /** Working copies of images lie in a folder of their own in it, which is removed at the end. */
  directory: string;
  /** For the time-outs of health check commands, which are real time whatever the clock's speed. */
  clock?: Pick<Clock, 'afterReal'>;
  /** Default: an address for each task where the system has them, else mapped ports; see `createAddressBook`. */
  addresses?: 'own' | 'mapped';
}

/**
 * Runs containers as processes of this machine. They share its file system and its user; each has files, variables,
 * an address and a process group of its own. None outlives this process, however it ends.
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): Runtime {
  return new ProcessRuntime(options);
}

class ProcessRuntime implements Runtime {
  private readonly addresses: ReturnType<typeof createAddressBook>;
  private readonly containers = new Set<ProcessContainer>();
  private readonly host: ContainerHost;
  private closing: Promise<void> | undefined;

  constructor(options: ProcessRuntimeOptions) {
    this.addresses = createAddressBook(options.addresses);
    const directory = join(resolve(options.directory), `containers-${randomBytes(4).toString('hex')}`);
    mkdirSync(directory, { recursive: true });
    this.host = {
      directory,
      supervisor: new Supervisor(directory),
      memory: new MemoryWatch(),
      clock: options.clock ?? realTime,
      hostPort: (taskId, containerPort) => this.hostPort(taskId, containerPort),
    };
  }

  allocateAddress(taskId: string): string {
    return this.addresses.allocate(taskId);
  }

  releaseAddress(taskId: string): void {
    this.addresses.release(taskId);
  }

  hostPort(taskId: string, containerPort: number): number {
    return this.addresses.hostPort(taskId, containerPort);
  }

  start(launch: ContainerLaunch, listener: ContainerListener): RunningContainer {
    if (this.closing !== undefined) {
      throw new Error(
        `Container ${launch.name} of task ${launch.taskId} was started after the runtime was closed.`,
      );
    }
    const container = new ProcessContainer(launch, listener, this.host);
    this.containers.add(container);
    void container.ended.finally(() => this.containers.delete(container));
    return container;
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    const containers = [...this.containers];
    for (const container of containers) container.signal('SIGKILL');
    await Promise.allSettled(containers.map(({ ended }) => ended));
    await this.host.supervisor.close();
    this.addresses.close();
    await rm(this.host.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

const realTime: Pick<Clock, 'afterReal'> = {
  afterReal(delay, run) {
    const timer = setTimeout(run, delay);
    return () => clearTimeout(timer);
  },
};
