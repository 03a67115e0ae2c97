import type {
  CapacityProviderStrategyItem,
  PlacementConstraint,
  PlacementStrategy,
  Tag,
} from '@aws-sdk/client-ecs';
import { nextProvider } from '../../scheduler/capacity';
import { nameOf } from '../arns';
import type { ControlPlane } from '../control-plane';
import { hostsWithout } from '../instances/daemons';
import type { ContainerInstance } from '../instances/instance';
import { lackOf, place, type Placement, type PlacementFailure } from '../instances/placement';
import type { Deployment, Service } from '../services/service';
import { effectiveLaunchType } from '../services/validate-service';
import { createTask, type TaskRequest } from './create-task';
import { TaskRunner } from './task-runner';
import type { StopCode, Task } from './task';

export { fargatePlatform } from './create-task';

/** How a task is placed on an instance. */
export interface PlacementRules {
  constraints: readonly PlacementConstraint[];
  strategies: readonly PlacementStrategy[];
}

type Launch = { task: Task } | { failure: PlacementFailure };

/** Makes tasks and ends them. */
export class Launcher {
  private readonly runners = new Map<Task, TaskRunner>();
  /** Stopped tasks in the order of their end, to be forgotten after a while. */
  private readonly stopped: Task[] = [];

  constructor(private readonly plane: ControlPlane) {}

  launchForService(service: Service, deployment: Deployment): Launch {
    const { configuration } = deployment.revision;
    const tags =
      service.propagateTags === 'SERVICE'
        ? service.tags
        : service.propagateTags === 'TASK_DEFINITION'
          ? configuration.taskDefinition.tags
          : [];
    const request: TaskRequest = {
      cluster: this.plane.clusterOf(service),
      taskDefinition: configuration.taskDefinition,
      launchType: effectiveLaunchType(configuration.launchType, configuration.capacityProviderStrategy),
      capacityProvider: chooseProvider(configuration.capacityProviderStrategy, service.tasks),
      platformVersion: configuration.platformVersion,
      networkConfiguration: configuration.networkConfiguration,
      group: `service:${service.name}`,
      startedBy: deployment.id,
      overrides: {},
      tags: [...tags, ...(service.enableECSManagedTags ? managedTags(service) : [])],
      enableExecuteCommand: service.enableExecuteCommand,
      service,
      deployment,
    };
    const { placementConstraints: constraints, placementStrategy: strategies } = service;
    return this.launch(request, { constraints, strategies });
  }

  /** Starts a task, or says why there is no room for it. */
  launch(request: TaskRequest, rules: PlacementRules): Launch {
    const found = this.findPlace(request, rules);
    return 'failure' in found ? found : { task: this.start(request, found.instance) };
  }

  /** Starts a task on an instance that the caller has chosen, if it fits there. */
  launchOn(request: TaskRequest, instance: ContainerInstance): Launch {
    if (request.launchType === 'FARGATE') throw new Error('a Fargate task has no container instance');
    const placement = this.placementOf({ ...request, launchType: request.launchType }, noRules);
    const lack = lackOf(placement, instance);
    if (lack !== undefined) return { failure: { kind: 'no-room', closest: instance, lack } };
    return { task: this.start(request, instance) };
  }

  stop(task: Task, code: StopCode, reason: string): void {
    this.runners.get(task)?.stop(code, reason);
  }

  /** Ends the task without waiting for anything: its machine is gone. */
  kill(task: Task, code: StopCode, reason: string): void {
    this.runners.get(task)?.kill(code, reason);
  }

  /**
   * Spot capacity is taken back: two minutes' warning, with SIGTERM at its start.
   * @throws Error for a task that does not run on FARGATE_SPOT.
   */
  interrupt(task: Task): void {
    if (task.capacityProvider !== 'FARGATE_SPOT') {
      throw new Error(
        `task ${task.id} runs on ${task.capacityProvider ?? task.launchType}: only tasks of FARGATE_SPOT can be interrupted`,
      );
    }
    this.runners.get(task)?.interrupt();
  }

  /** The targets of a task are deregistered. @param delay their longest deregistration delay, in milliseconds. */
  drain(task: Task, delay: number): void {
    this.runners.get(task)?.drain(delay * (1 + this.plane.settings.drainOverrun));
  }

  ended(task: Task): void {
    this.runners.delete(task);
    this.stopped.push(task);
    const { instance } = task;
    if (instance === undefined) return;
    instance.tasks.delete(task);
    if (instance.status === 'INACTIVE' && instance.tasks.size === 0) {
      this.plane.runtime.releaseAddress(instance.ec2InstanceId);
    }
    const cluster = this.plane.clusters.get(task.clusterName);
    if (cluster !== undefined) this.plane.instances.roomMade(cluster);
  }

  /** Tasks of a state that was loaded: those that are to run start anew, the others end. */
  resume(tasks: readonly Task[]): void {
    const stopped = tasks.filter(({ lastStatus }) => lastStatus === 'STOPPED');
    this.stopped.push(...stopped.sort((a, b) => (a.stoppedAt ?? 0) - (b.stoppedAt ?? 0)));
    for (const task of tasks) {
      if (task.lastStatus === 'STOPPED') continue;
      const runner = new TaskRunner(this.plane, task);
      this.runners.set(task, runner);
      runner.resume();
    }
  }

  close(): void {
    for (const runner of this.runners.values()) runner.abandon();
    this.runners.clear();
  }

  private findPlace(
    request: TaskRequest,
    rules: PlacementRules,
  ): { instance: ContainerInstance | undefined } | { failure: PlacementFailure } {
    const { launchType } = request;
    if (launchType === 'FARGATE') {
      const reason = this.plane.faults.capacity;
      return reason === undefined ? { instance: undefined } : { failure: { kind: 'reason', reason } };
    }
    const placement = this.placementOf({ ...request, launchType }, rules);
    return request.service?.schedulingStrategy === 'DAEMON'
      ? placeDaemon(placement, request.service)
      : place(placement);
  }

  private placementOf(
    request: TaskRequest & { launchType: 'EC2' | 'EXTERNAL' },
    rules: PlacementRules,
  ): Placement {
    return { ...request, ...rules, random: () => this.plane.ids.random() };
  }

  private start(request: TaskRequest, instance: ContainerInstance | undefined): Task {
    this.forget();
    const task = createTask(this.plane, request, instance);
    request.cluster.tasks.set(task.id, task);
    request.service?.tasks.add(task);
    instance?.tasks.add(task);
    if (request.service?.schedulingStrategy === 'DAEMON') instance?.daemonsStarted.add(request.service.arn);
    const runner = new TaskRunner(this.plane, task);
    this.runners.set(task, runner);
    runner.begin();
    return task;
  }

  /** Stopped tasks vanish after about an hour. */
  private forget(): void {
    const before = this.plane.clock.now() - this.plane.settings.stoppedTaskLifetime;
    let count = 0;
    for (const task of this.stopped) {
      if ((task.stoppedAt ?? 0) >= before) break;
      count += 1;
      this.plane.clusters.get(task.clusterName)?.tasks.delete(task.id);
    }
    if (count > 0) this.stopped.splice(0, count);
  }
}

const noRules: PlacementRules = { constraints: [], strategies: [] };

/** A daemon service's next task goes to an instance that has none. */
function placeDaemon(
  placement: Placement,
  service: Service,
): { instance: ContainerInstance } | { failure: PlacementFailure } {
  let failure: PlacementFailure = { kind: 'no-instance', of: 'cluster' };
  for (const instance of hostsWithout(placement.cluster, service)) {
    const lack = lackOf(placement, instance);
    if (lack === undefined) return { instance };
    failure = { kind: 'no-room', closest: instance, lack };
  }
  return { failure };
}

/** The capacity provider that the next task of a service or RunTask goes to. */
export function chooseProvider(
  strategy: readonly CapacityProviderStrategyItem[] | undefined,
  tasks: Iterable<Task>,
): string | undefined {
  if (strategy === undefined) return undefined;
  const running = new Map<string, number>();
  for (const { capacityProvider, desiredStatus } of tasks) {
    if (capacityProvider === undefined || desiredStatus === 'STOPPED') continue;
    running.set(capacityProvider, (running.get(capacityProvider) ?? 0) + 1);
  }
  const alone = strategy.length === 1;
  const shares = strategy.map(({ capacityProvider = '', base = 0, weight = alone ? 1 : 0 }) => ({
    capacityProvider: nameOf(capacityProvider),
    base,
    weight,
  }));
  return nextProvider(shares, running);
}

function managedTags(service: Service): Tag[] {
  return [
    { key: 'aws:ecs:clusterName', value: service.clusterName },
    { key: 'aws:ecs:serviceName', value: service.name },
  ];
}
