import type { Cancel } from '../../clock';
import { dependencyState, dependents } from './container-order';
import { ContainerRunner, type Prepared } from './container-runner';
import type { HealthStatus, Task } from './task';
import type { TaskHost } from './task-host';

export interface GroupListener {
  /** Every container has started, so the task is RUNNING. */
  allStarted(): void;
  healthChanged(): void;
  /** An essential container has stopped, so the others must. */
  essentialExited(): void;
  /** A container can never start, since what it depends on has failed. */
  impossible(reason: string): void;
  allStopped(): void;
}

/** The containers of one task: started as their dependencies allow, stopped in reverse. */
export class ContainerGroup {
  private readonly runners: ContainerRunner[];
  private readonly byName = new Map<string, ContainerRunner>();
  private readonly dependents: Map<string, string[]>;
  private readonly startTimers: Cancel[] = [];
  private running = false;
  private stopping = false;
  private stopped = false;

  constructor(
    private readonly host: TaskHost,
    private readonly task: Task,
    prepared: ReadonlyMap<string, Prepared>,
    private readonly listener: GroupListener,
  ) {
    const definitions = task.taskDefinition.body.containerDefinitions ?? [];
    this.dependents = dependents(definitions);
    this.runners = definitions.map(
      (definition) =>
        new ContainerRunner(
          host,
          task,
          definition,
          prepared.get(definition.name ?? '') as Prepared,
          (runner) => this.changed(runner),
        ),
    );
    for (const runner of this.runners) this.byName.set(runner.container.name, runner);
  }

  start(): void {
    this.advance();
    for (const runner of this.runners) {
      if (!this.dependents.has(runner.container.name)) continue;
      const seconds = runner.definition.startTimeout ?? this.host.settings.defaultStartTimeoutSeconds;
      this.startTimers.push(this.host.clock.afterReal(seconds * 1000, () => this.startTimedOut(runner)));
    }
  }

  /** Stops what can be stopped: a container goes when all that depend on it are gone. */
  stop(): void {
    this.stopping = true;
    this.clearTimers();
    for (const runner of this.runners) {
      const waitsFor = this.dependents.get(runner.container.name) ?? [];
      if (waitsFor.every((name) => this.byName.get(name)?.container.status === 'STOPPED')) runner.stop();
    }
    this.finishIfStopped();
  }

  /** SIGKILL for all of them, in no order. */
  kill(): void {
    this.stopping = true;
    for (const runner of this.runners) runner.kill();
  }

  abandon(): void {
    this.clearTimers();
    for (const runner of this.runners) runner.abandon();
  }

  private clearTimers(): void {
    for (const cancel of this.startTimers) cancel();
    this.startTimers.length = 0;
  }

  /** Starts every container whose dependencies are met. */
  private advance(): void {
    for (const runner of this.runners) {
      if (runner.launched || runner.container.status === 'STOPPED') continue;
      const states = (runner.definition.dependsOn ?? []).map(({ containerName, condition }) => {
        const on = this.byName.get(containerName ?? '');
        return on === undefined ? 'impossible' : dependencyState(condition, on.dependencyState);
      });
      if (states.includes('impossible')) {
        this.listener.impossible(`A dependency of container ${runner.container.name} has failed`);
        return;
      }
      if (states.every((state) => state === 'met')) runner.launch();
    }
  }

  private startTimedOut(runner: ContainerRunner): void {
    if (this.running || this.stopping) return;
    const waiting = this.runners.some(
      (other) =>
        !other.launched &&
        other.definition.dependsOn?.some((on) => on.containerName === runner.container.name),
    );
    if (waiting) this.listener.impossible(`Container ${runner.container.name} timed out while starting`);
  }

  private changed(runner: ContainerRunner): void {
    this.updateHealth();
    if (this.stopping) {
      this.stop();
      return;
    }
    if (runner.container.status === 'STOPPED' && runner.container.essential) {
      this.listener.essentialExited();
      return;
    }
    if (!this.running) {
      this.advance();
      if (!this.stopping && this.runners.every((other) => other.container.startedAt !== undefined)) {
        this.running = true;
        this.clearTimers();
        this.listener.allStarted();
      }
    }
  }

  private updateHealth(): void {
    const before = this.task.health;
    this.task.health = taskHealth(this.task);
    if (this.task.health !== before) this.listener.healthChanged();
  }

  private finishIfStopped(): void {
    if (this.stopped || this.runners.some((runner) => runner.container.status !== 'STOPPED')) return;
    this.stopped = true;
    this.listener.allStopped();
  }
}

/** Over the essential containers that have a check: any UNHEALTHY, else any UNKNOWN, else HEALTHY. */
export function taskHealth(task: Task): HealthStatus {
  let result: HealthStatus = 'UNKNOWN';
  let first = true;
  for (const container of task.containers) {
    if (!container.essential || container.health === undefined) continue;
    if (container.health === 'UNHEALTHY') return 'UNHEALTHY';
    if (first) result = container.health;
    else if (container.health === 'UNKNOWN') result = 'UNKNOWN';
    first = false;
  }
  return result;
}
