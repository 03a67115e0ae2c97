import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Cancel } from '../../clock';
import type { Image } from '../../images/image';
import type { RunningContainer } from '../../runtime/runtime';
import { containerEnvironment } from './container-environment';
import { ContainerHealth } from './container-health';
import { logDestination, logWriter } from './container-logs';
import type { DependencyState } from './container-order';
import type { Container, Task } from './task';
import type { TaskHost } from './task-host';

/** What a container needs beside its definition, known once its task has pulled its images. */
export interface Prepared {
  image: Image;
  /** From environment files. */
  fileVariables: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, string>>;
}

const defaultRestartAttemptPeriod = 300;

/** One container of a task: its process, its health check, its restarts, its stop. */
export class ContainerRunner {
  readonly container: Container;
  launched = false;
  private running: RunningContainer | undefined;
  private health: ContainerHealth | undefined;
  private killTimer: Cancel | undefined;
  private stopping = false;

  /** @param changed told of every change of the container. */
  constructor(
    private readonly host: TaskHost,
    private readonly task: Task,
    readonly definition: ContainerDefinition,
    private readonly prepared: Prepared,
    private readonly changed: (runner: ContainerRunner) => void,
  ) {
    this.container = task.containers.find((container) => container.name === definition.name) as Container;
  }

  get dependencyState(): DependencyState {
    const { container } = this;
    return {
      started: container.startedAt !== undefined,
      stopped: container.status === 'STOPPED',
      exitCode: container.exitCode,
      healthy: container.health === 'HEALTHY',
    };
  }

  launch(): void {
    const { host, task, definition, container } = this;
    this.launched = true;
    container.runtimeId = `${task.id}-${host.ids.digits(10)}`;
    const override = task.overrides.containerOverrides?.find(({ name }) => name === definition.name);
    const write = logWriter(host, logDestination(task, definition, container.runtimeId));
    this.running = host.runtime.start(
      {
        taskId: task.id,
        taskArn: task.arn,
        name: container.name,
        image: this.prepared.image,
        architecture: architectureOf(task),
        entryPoint: definition.entryPoint,
        command: override?.command ?? definition.command,
        workingDirectory: definition.workingDirectory,
        environment: containerEnvironment(
          host,
          task,
          definition,
          override,
          this.prepared,
          container.runtimeId,
        ),
        address: task.address,
        containerPorts: (definition.portMappings ?? []).flatMap(({ containerPort }) => containerPort ?? []),
        ...(task.instance !== undefined && { hostPorts: this.localPorts(task.instance.ec2InstanceId) }),
        memoryLimit: override?.memory ?? definition.memory ?? memoryOf(task),
      },
      {
        started: () => this.started(),
        output: write,
        exited: (exitCode, reason) => this.exited(exitCode, reason),
        failed: (reason) => this.exited(undefined, reason),
      },
    );
  }

  /** SIGTERM, then SIGKILL after the stop timeout of its definition (real seconds). A container not started is stopped at once. */
  stop(): void {
    if (this.stopping || this.container.status === 'STOPPED') return;
    this.stopping = true;
    this.health?.stop();
    if (this.running === undefined) {
      this.container.status = 'STOPPED';
      this.changed(this);
      return;
    }
    this.running.signal('SIGTERM');
    const seconds = this.definition.stopTimeout ?? this.host.settings.defaultStopTimeoutSeconds;
    this.killTimer = this.host.clock.afterReal(seconds * 1000, () => this.running?.signal('SIGKILL'));
  }

  /** Ends it without warning. */
  kill(): void {
    this.health?.stop();
    if (this.running !== undefined) this.running.signal('SIGKILL');
    else this.stop();
  }

  /** Ends it without waiting, when the rehearsal itself ends. */
  abandon(): void {
    this.health?.stop();
    this.killTimer?.();
  }

  /** Where on this machine the ports are that the container shares with others of its instance. */
  private localPorts(ec2InstanceId: string): Record<number, number> {
    const own = this.task.hostPorts.filter(({ containerName }) => containerName === this.container.name);
    return Object.fromEntries(
      own.map(({ containerPort, hostPort }) => [
        containerPort,
        this.host.runtime.hostPort(ec2InstanceId, hostPort),
      ]),
    );
  }

  private started(): void {
    const { container, definition, host } = this;
    if (container.status === 'STOPPED') return;
    container.status = 'RUNNING';
    container.startedAt = host.clock.now();
    if (definition.healthCheck !== undefined && this.running !== undefined && !this.stopping) {
      container.health = 'UNKNOWN';
      this.health = new ContainerHealth(
        host.clock,
        this.running,
        definition.healthCheck,
        host.settings.healthCheckLeastRealSeconds,
        () => {
          container.health = this.health?.status;
          this.changed(this);
        },
      );
    }
    this.changed(this);
  }

  private exited(exitCode: number | undefined, reason: string | undefined): void {
    const { container, host } = this;
    if (container.status === 'STOPPED') return;
    this.health?.stop();
    this.killTimer?.();
    this.running = undefined;
    if (exitCode !== undefined && this.restarts(exitCode)) {
      container.restartCount += 1;
      this.launch();
      return;
    }
    container.status = 'STOPPED';
    container.exitCode = exitCode;
    container.reason = reason;
    container.finishedAt = host.clock.now();
    this.changed(this);
  }

  /** In place, if the policy says so and it ran long enough. Source: ContainerRestartPolicy, ECS API reference. */
  private restarts(exitCode: number): boolean {
    const policy = this.definition.restartPolicy;
    if (policy?.enabled !== true || this.stopping || this.container.startedAt === undefined) return false;
    if (policy.ignoredExitCodes?.includes(exitCode)) return false;
    const least = (policy.restartAttemptPeriod ?? defaultRestartAttemptPeriod) * 1000 * this.host.clock.speed;
    return this.host.clock.now() - this.container.startedAt >= least;
  }
}

/** Instances are taken for what their task needs. */
function architectureOf(task: Task): Image['architecture'] {
  return task.taskDefinition.body.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64';
}

function memoryOf(task: Task): number | undefined {
  const memory = Number(task.taskDefinition.body.memory);
  return Number.isFinite(memory) && memory > 0 ? memory : undefined;
}
