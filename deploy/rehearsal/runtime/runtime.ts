import type { Image } from '../images/image';

/** Runs containers. The life cycle of tasks (dependencies, stop order, health) lies above, in the control plane. */
export interface Runtime {
  /**
   * An address for one awsvpc task, or for one container instance whose tasks share it, so that several can listen on
   * the same port.
   */
  allocateAddress(holder: string): string;
  releaseAddress(holder: string): void;
  /**
   * Where a port of a task or instance is reached: `port` itself where each has an address of its own, else a port of
   * this machine that stands for it. Ask after `allocateAddress`.
   */
  hostPort(holder: string, port: number): number;
  /** `listener` hears of everything asynchronously, never from within this call. */
  start(container: ContainerLaunch, listener: ContainerListener): RunningContainer;
  /** Ends every process at once; resolves when none is left. */
  close(): Promise<void>;
}

export interface ContainerLaunch {
  taskId: string;
  taskArn: string;
  name: string;
  image: Image;
  /** What its task runs on; an image of another architecture cannot be executed. Absent: that of the image. */
  architecture?: Image['architecture'];
  /** Overrides of the image's own, as in the container definition. */
  entryPoint: readonly string[] | undefined;
  command: readonly string[] | undefined;
  workingDirectory: string | undefined;
  /** Definition, secrets and env files, already merged. */
  environment: Readonly<Record<string, string>>;
  address: string;
  containerPorts: readonly number[];
  /** Where container ports are on `address`, for a task that shares it with others; `Runtime.hostPort` says it for the rest. */
  hostPorts?: Readonly<Record<number, number>>;
  /** MiB; the container is killed for memory beyond it where the runtime can tell. */
  memoryLimit: number | undefined;
}

export interface ContainerListener {
  started(): void;
  /** One line of standard output or error, without its line end. */
  output(line: string): void;
  /** `exitCode` is 128 + n for signal n, as Docker reports it. `reason` is e.g. `OutOfMemoryError: ...`. */
  exited(exitCode: number, reason: string | undefined): void;
  /** The process could not be started at all: `CannotStartContainerError: ...`. */
  failed(reason: string): void;
}

export interface RunningContainer {
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  /**
   * Runs a container health check command (CMD or CMD-SHELL form); true for exit status 0. A runtime without real
   * processes answers at once, so that virtual time needs no event loop.
   */
  check(command: readonly string[], timeoutMilliseconds: number): Promise<boolean> | boolean;
}
