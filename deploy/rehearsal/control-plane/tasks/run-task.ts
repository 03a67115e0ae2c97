import { isDeepStrictEqual } from 'node:util';
import type { RunTaskRequest, StartTaskRequest, TaskOverride } from '@aws-sdk/client-ecs';
import type { Cluster } from '../cluster';
import { findCluster } from '../clusters';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { validateCapacityStrategy } from '../instances/capacity-strategy';
import { validatePlacement } from '../instances/constraints';
import type { Lack, PlacementFailure } from '../instances/placement';
import { effectiveLaunchType } from '../services/validate-service';
import { usableTaskDefinition } from '../task-definitions/register';
import type { TaskDefinition } from '../task-definitions/task-definition';
import type { TaskRequest } from './create-task';
import { chooseProvider } from './launcher';
import type { Task } from './task';

const { invalidParameter } = errors;
const mostTasks = 10;

export interface RunTaskResult {
  tasks: Task[];
  failures: { arn: string; reason: string }[];
}

/** What a client token of RunTask stands for. */
export interface RunTaskToken {
  request: RunTaskRequest;
  result: RunTaskResult;
}

/**
 * Starts stand-alone tasks. The same client token again gives the same tasks.
 * @throws ConflictException where the token came with another request.
 */
export function runTask(plane: ControlPlane, request: RunTaskRequest): RunTaskResult {
  const cluster = findCluster(plane, request.cluster);
  const earlier = findToken(plane, cluster, request);
  if (earlier !== undefined) return earlier;
  const taskDefinition = usableTaskDefinition(plane, request.taskDefinition ?? '');
  const count = request.count ?? 1;
  if (count < 1 || count > mostTasks) throw invalidParameter(`Count must be between 1 and ${mostTasks}.`);
  const strategy = request.capacityProviderStrategy?.length
    ? request.capacityProviderStrategy
    : request.launchType === undefined && cluster.defaultCapacityProviderStrategy.length > 0
      ? cluster.defaultCapacityProviderStrategy
      : undefined;
  if (request.launchType !== undefined && strategy !== undefined) {
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  validateCapacityStrategy(plane, cluster.capacityProviders, strategy);
  if (request.launchType === 'MANAGED_INSTANCES') {
    throw invalidParameter('Launch type MANAGED_INSTANCES is not available here.');
  }
  const launchType = effectiveLaunchType(request.launchType ?? (strategy ? undefined : 'EC2'), strategy);
  const { placementConstraints: constraints = [], placementStrategy: strategies = [] } = request;
  validatePlacement(launchType, constraints, strategies);
  const common = standAlone(cluster, taskDefinition, launchType, request);
  const result: RunTaskResult = { tasks: [], failures: [] };
  for (let i = 0; i < count; i += 1) {
    const answer = plane.launcher.launch(
      {
        ...common,
        capacityProvider: chooseProvider(strategy, result.tasks),
        platformVersion: request.platformVersion,
      },
      { constraints, strategies },
    );
    if ('task' in answer) result.tasks.push(answer.task);
    else result.failures.push(failureOf(cluster, answer.failure));
  }
  const { clientToken } = request;
  if (clientToken !== undefined)
    plane.runTaskTokens.set(`${cluster.name} ${clientToken}`, { request, result });
  return result;
}

/** Starts a stand-alone task on each of the instances that the caller names. */
export function startTask(plane: ControlPlane, request: StartTaskRequest): RunTaskResult {
  const cluster = findCluster(plane, request.cluster);
  const references = request.containerInstances ?? [];
  if (references.length === 0) throw invalidParameter('Container instances cannot be empty.');
  if (references.length > mostTasks)
    throw invalidParameter(`Container instances cannot have more than ${mostTasks} elements`);
  const taskDefinition = usableTaskDefinition(plane, request.taskDefinition ?? '');
  const result: RunTaskResult = { tasks: [], failures: [] };
  for (const reference of references) {
    const instance = plane.instances.find(cluster, reference);
    if (instance === undefined) {
      result.failures.push({ arn: reference, reason: 'MISSING' });
      continue;
    }
    const common = standAlone(cluster, taskDefinition, instance.launchType, request);
    const answer = plane.launcher.launchOn(
      { ...common, capacityProvider: undefined, platformVersion: undefined },
      instance,
    );
    if ('task' in answer) result.tasks.push(answer.task);
    else result.failures.push(failureOf(cluster, answer.failure));
  }
  return result;
}

/** What a token stands for already; undefined where it is new, or there is none. */
function findToken(
  plane: ControlPlane,
  cluster: Cluster,
  request: RunTaskRequest,
): RunTaskResult | undefined {
  const { clientToken } = request;
  if (clientToken === undefined) return undefined;
  if (clientToken.length > 64) throw invalidParameter('idempotency token longer than 64.');
  const earlier = plane.runTaskTokens.get(`${cluster.name} ${clientToken}`);
  if (earlier === undefined) return undefined;
  if (isDeepStrictEqual(earlier.request, request)) return earlier.result;
  throw errors.conflict(
    'The RunTask request could not be processed due to conflicts. The provided clientToken is already in use with a different RunTask request. The resourceIds are the existing task ARNs which are already associated with the clientToken.',
    earlier.result.tasks.map(({ arn }) => arn),
  );
}

function standAlone(
  cluster: Cluster,
  taskDefinition: TaskDefinition,
  launchType: 'FARGATE' | 'EC2' | 'EXTERNAL',
  request: RunTaskRequest | StartTaskRequest,
): Omit<TaskRequest, 'capacityProvider' | 'platformVersion'> {
  const { networkConfiguration } = request;
  if (
    taskDefinition.body.networkMode === 'awsvpc' &&
    networkConfiguration?.awsvpcConfiguration === undefined
  ) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (!taskDefinition.compatibilities.includes(launchType)) {
    throw invalidParameter(`Task definition does not support launch_type ${launchType}.`);
  }
  checkOverrides(taskDefinition, request.overrides);
  const propagated = request.propagateTags === 'TASK_DEFINITION' ? taskDefinition.tags : [];
  return {
    cluster,
    taskDefinition,
    launchType,
    networkConfiguration,
    group: request.group ?? `family:${taskDefinition.family}`,
    startedBy: request.startedBy,
    overrides: request.overrides ?? {},
    tags: [...propagated, ...(request.tags ?? [])],
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    service: undefined,
    deployment: undefined,
  };
}

/** Reasons of `failures[]`. Source: "API failure reasons", developer guide. */
const reasons: Readonly<Record<Lack, string>> = {
  DAEMON: 'AGENT',
  AGENT: 'AGENT',
  ATTRIBUTE: 'ATTRIBUTE',
  MEMBER_OF: 'MemberOf placement constraint unsatisfied.',
  DISTINCT_INSTANCE: 'DistinctInstance placement constraint unsatisfied.',
  CPU: 'RESOURCE:CPU',
  MEMORY: 'RESOURCE:MEMORY',
  PORTS: 'RESOURCE:PORTS',
};

/** @throws InvalidParameterException where there is no instance at all. */
function failureOf(cluster: Cluster, failure: PlacementFailure): { arn: string; reason: string } {
  switch (failure.kind) {
    case 'no-instance':
      throw invalidParameter(
        `No Container Instances were found in your ${failure.of === 'cluster' ? 'cluster' : 'capacity provider'}.`,
      );
    case 'no-room':
      return { arn: failure.closest.arn, reason: reasons[failure.lack] };
    case 'reason':
      return { arn: cluster.arn, reason: failure.reason };
  }
}

function checkOverrides(taskDefinition: TaskDefinition, overrides: TaskOverride | undefined): void {
  for (const { name } of overrides?.containerOverrides ?? []) {
    if (taskDefinition.body.containerDefinitions?.some((container) => container.name === name)) continue;
    throw invalidParameter(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
}
