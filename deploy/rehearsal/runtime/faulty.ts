import type { Cancel, Clock } from '../clock';
import { commandLine } from './command';
import type { FaultName, FaultOptions, Faults } from '../faults';
import type { ContainerLaunch, ContainerListener, RunningContainer, Runtime } from './runtime';

/** Exit code and reason of a container that is killed for its memory, as Fargate reports it. */
const outOfMemory = { code: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' };

/** A runtime whose containers meet the faults that are switched on when they start, and those of their image. */
export class FaultyRuntime implements Runtime {
  constructor(
    private readonly inner: Runtime,
    private readonly faults: Faults,
    private readonly clock: Clock,
  ) {}

  allocateAddress(holder: string): string {
    return this.inner.allocateAddress(holder);
  }

  releaseAddress(holder: string): void {
    this.inner.releaseAddress(holder);
  }

  hostPort(holder: string, port: number): number {
    return this.inner.hostPort(holder, port);
  }

  start(launch: ContainerLaunch, listener: ContainerListener): RunningContainer {
    const { image, architecture = image.architecture } = launch;
    if (architecture !== image.architecture) {
      const [program = ''] = commandLine(launch);
      return this.placebo(listener, { lines: [`exec ${inPath(program)}: exec format error`], exitCode: 1 });
    }
    if (this.meets('crash-at-start', launch)) {
      return this.placebo(listener, {
        lines: ['Error: crash-at-start, a fault of the rehearsal'],
        exitCode: 1,
      });
    }
    if (this.meets('never-healthy', launch)) return this.placebo(listener, { lines: [] });
    const slow = this.meets('slow-start', launch);
    if (slow) return this.startLate(launch, listener, slow.delay ?? 20_000);
    const later = this.meets('crash-later', launch);
    if (later)
      return this.startDoomed(launch, listener, later.delay ?? 5_000, { code: 1, reason: undefined });
    const large = this.meets('out-of-memory', launch);
    if (large) return this.startDoomed(launch, listener, large.delay ?? 2_000, outOfMemory);
    return this.inner.start(launch, listener);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private meets(name: FaultName, { image, name: container }: ContainerLaunch): FaultOptions | undefined {
    const subject = [container, ...image.tags.map((tag) => `${image.repository}:${tag}`), image.digest].join(
      ' ',
    );
    return this.faults.meets(name, {
      service: 'runtime',
      operation: container,
      accessKeyId: undefined,
      subject,
    });
  }

  /** A container that runs nothing: it listens nowhere, and passes no check. */
  private placebo(
    listener: ContainerListener,
    behaviour: { lines: readonly string[]; exitCode?: number },
  ): RunningContainer {
    let over = false;
    const end = (code: number) => {
      if (over) return;
      over = true;
      listener.exited(code, undefined);
    };
    this.clock.after(0, () => {
      listener.started();
      for (const line of behaviour.lines) listener.output(line);
      const { exitCode } = behaviour;
      if (exitCode !== undefined) this.clock.after(0, () => end(exitCode));
    });
    return {
      signal: (signal) => void this.clock.after(0, () => end(signal === 'SIGTERM' ? 143 : 137)),
      check: () => false,
    };
  }

  /** Its process begins so many real milliseconds after the container has. */
  private startLate(launch: ContainerLaunch, listener: ContainerListener, delay: number): RunningContainer {
    const waiting = this.placebo(listener, { lines: [] });
    let running: RunningContainer | undefined;
    let ended = false;
    const cancel: Cancel = this.clock.afterReal(delay, () => {
      running = this.inner.start(launch, { ...bound(listener), started: () => undefined });
    });
    return {
      signal: (signal) => {
        if (running !== undefined) running.signal(signal);
        else if (!ended) {
          ended = true;
          cancel();
          waiting.signal(signal);
        }
      },
      check: (command, timeout) => running?.check(command, timeout) ?? false,
    };
  }

  /** Its process is killed so many real milliseconds after its start, and ends as told. */
  private startDoomed(
    launch: ContainerLaunch,
    listener: ContainerListener,
    delay: number,
    end: { code: number; reason: string | undefined },
  ): RunningContainer {
    let cancel: Cancel = () => undefined;
    let doomed = false;
    const running = this.inner.start(launch, {
      ...bound(listener),
      started: () => {
        listener.started();
        cancel = this.clock.afterReal(delay, () => {
          doomed = true;
          running.signal('SIGKILL');
        });
      },
      exited: (code, reason) => {
        cancel();
        if (doomed) listener.exited(end.code, end.reason);
        else listener.exited(code, reason);
      },
    });
    return running;
  }
}

/** As the shim names it: a program without a path was found on PATH. */
function inPath(program: string): string {
  return program.includes('/') ? program : `/usr/local/bin/${program}`;
}

/** The same listener with methods that can be taken one by one. */
function bound(listener: ContainerListener): ContainerListener {
  return {
    started: () => listener.started(),
    output: (line) => listener.output(line),
    exited: (code, reason) => listener.exited(code, reason),
    failed: (reason) => listener.failed(reason),
  };
}
