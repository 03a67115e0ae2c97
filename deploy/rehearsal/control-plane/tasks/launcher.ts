import type {
  CapacityProviderStrategyItem,
  NetworkConfiguration,
  Tag,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import { nextProvider } from '../../scheduler/capacity';
import type { ControlPlane } from '../control-plane';
import type { Cluster } from '../cluster';
import type { Deployment, Service } from '../services/service';
import { effectiveLaunchType } from '../services/validate-service';
import type { TaskDefinition } from '../task-definitions/task-definition';
import { TaskRunner } from './task-runner';
import type { StopCode, Task } from './task';

/** What a task is to be, whoever asks for it. */
export interface TaskRequest {
  cluster: Cluster;
  taskDefinition: TaskDefinition;
  launchType: 'FARGATE' | 'EC2' | 'EXTERNAL';
  capacityProvider: string | undefined;
  platformVersion: string | undefined;
  networkConfiguration: NetworkConfiguration | undefined;
  group: string;
  startedBy: string | undefined;
  overrides: TaskOverride;
  tags: Tag[];
  enableExecuteCommand: boolean;
  service: Service | undefined;
  deployment: Deployment | undefined;
}

/** Why there is no room for a task. */
export type PlacementFailure = { kind: 'reason'; reason: string } | { kind: 'no-instance' };

/** Makes tasks and ends them. */
export class Launcher {
  private readonly runners = new Map<Task, TaskRunner>();
  /** Stopped tasks in the order of their end, to be forgotten after a while. */
  private readonly stopped: Task[] = [];

  constructor(private readonly plane: ControlPlane) {}

  launchForService(service: Service, deployment: Deployment): { task: Task } | { failure: PlacementFailure } {
    const { configuration } = deployment.revision;
    const tags =
      service.propagateTags === 'SERVICE'
        ? service.tags
        : service.propagateTags === 'TASK_DEFINITION'
          ? configuration.taskDefinition.tags
          : [];
    return this.launch({
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
    });
  }

  /** Starts a task, or says why there is no room for it. */
  launch(request: TaskRequest): { task: Task } | { failure: PlacementFailure } {
    const { plane } = this;
    const reason = plane.faults.capacity;
    if (reason !== undefined) return { failure: { kind: 'reason', reason } };
    // No container instance can be registered here, so what needs one finds none.
    if (request.launchType !== 'FARGATE') return { failure: { kind: 'no-instance' } };
    this.forget();
    const task = this.create(request);
    request.cluster.tasks.set(task.id, task);
    request.service?.tasks.add(task);
    const runner = new TaskRunner(plane, task);
    this.runners.set(task, runner);
    runner.begin();
    return { task };
  }

  stop(task: Task, code: StopCode, reason: string): void {
    this.runners.get(task)?.stop(code, reason);
  }

  /** The targets of a task are deregistered; its containers stop after `delay` milliseconds of the clock. */
  drain(task: Task, delay: number): void {
    this.runners.get(task)?.drain(delay);
  }

  ended(task: Task): void {
    this.runners.delete(task);
    this.stopped.push(task);
  }

  close(): void {
    for (const runner of this.runners.values()) runner.abandon();
    this.runners.clear();
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

  private create(request: TaskRequest): Task {
    const { plane } = this;
    const { ids, arns } = plane;
    const { cluster, taskDefinition, service, deployment } = request;
    const id = ids.taskId();
    const arn = arns.task(cluster.name, id);
    const address = plane.runtime.allocateAddress(id);
    const subnets = request.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
    const chosen = cluster.tasks.size % Math.max(1, subnets.length);
    const loadBalancers = deployment?.revision.configuration.loadBalancers ?? [];
    const bindings = loadBalancers.flatMap((loadBalancer) =>
      loadBalancer.targetGroupArn === undefined
        ? []
        : {
            targetGroupArn: loadBalancer.targetGroupArn,
            containerName: loadBalancer.containerName ?? '',
            containerPort: loadBalancer.containerPort ?? 0,
            targetId: address,
            port: plane.runtime.hostPort(id, loadBalancer.containerPort ?? 0),
          },
    );
    return {
      id,
      arn,
      clusterName: cluster.name,
      taskDefinition,
      group: request.group,
      service,
      deploymentId: deployment?.id,
      startedBy: request.startedBy,
      launchType: request.launchType,
      capacityProvider: request.capacityProvider,
      platformVersion:
        request.launchType === 'FARGATE' ? fargatePlatform(request.platformVersion) : undefined,
      containerInstanceId: undefined,
      availabilityZone: `${plane.region}${'abc'[chosen % 3]}`,
      subnetId: subnets[chosen],
      networkInterfaceId: `eni-0${ids.hex(16)}`,
      attachmentId: ids.uuid(),
      macAddress: ids.macAddress(),
      address,
      desiredStatus: 'RUNNING',
      lastStatus: 'PROVISIONING',
      health: 'UNKNOWN',
      containers: (taskDefinition.body.containerDefinitions ?? []).map((definition) => ({
        name: definition.name ?? '',
        arn: arns.container(cluster.name, id, ids.uuid()),
        image: definition.image ?? '',
        imageDigest: undefined,
        runtimeId: undefined,
        status: 'PENDING',
        exitCode: undefined,
        reason: undefined,
        health: undefined,
        essential: definition.essential !== false,
        startedAt: undefined,
        finishedAt: undefined,
        restartCount: 0,
      })),
      overrides: request.overrides,
      tags: request.tags,
      enableExecuteCommand: request.enableExecuteCommand,
      version: 1,
      createdAt: plane.clock.now(),
      connectivityAt: undefined,
      pullStartedAt: undefined,
      pullStoppedAt: undefined,
      startedAt: undefined,
      stoppingAt: undefined,
      executionStoppedAt: undefined,
      stoppedAt: undefined,
      stopCode: undefined,
      stoppedReason: undefined,
      protectedUntil: undefined,
      bindings,
      targets: bindings.length > 0 ? 'missing' : 'none',
      wasHealthy: false,
      imageDigests: deployment?.revision.imageDigests ?? {},
    };
  }
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
    capacityProvider,
    base,
    weight,
  }));
  return nextProvider(shares, running);
}

/** Which platform version LATEST stands for. */
export function fargatePlatform(version: string | undefined): string {
  return version === undefined || version === 'LATEST' ? '1.4.0' : version;
}

function managedTags(service: Service): Tag[] {
  return [
    { key: 'aws:ecs:clusterName', value: service.clusterName },
    { key: 'aws:ecs:serviceName', value: service.name },
  ];
}
