import type { RunTaskRequest, TaskOverride } from '@aws-sdk/client-ecs';
import { findCluster } from '../clusters';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { effectiveLaunchType } from '../services/validate-service';
import { usableTaskDefinition } from '../task-definitions/register';
import type { TaskDefinition } from '../task-definitions/task-definition';
import { chooseProvider } from './launcher';
import type { Task } from './task';

const { invalidParameter } = errors;
const mostTasks = 10;

export interface RunTaskResult {
  tasks: Task[];
  failures: { arn: string; reason: string }[];
}

/** Starts stand-alone tasks. The same client token again gives the same tasks. */
export function runTask(plane: ControlPlane, request: RunTaskRequest): RunTaskResult {
  const cluster = findCluster(plane, request.cluster);
  const token = request.clientToken;
  if (token !== undefined && token.length > 64) throw invalidParameter('idempotency token longer than 64.');
  const earlier = token === undefined ? undefined : plane.runTaskTokens.get(`${cluster.name} ${token}`);
  if (earlier !== undefined) return earlier;
  const taskDefinition = usableTaskDefinition(plane, request.taskDefinition ?? '');
  const count = request.count ?? 1;
  if (count < 1 || count > mostTasks) throw invalidParameter(`Count must be between 1 and ${mostTasks}.`);
  const { networkConfiguration } = request;
  if (
    taskDefinition.body.networkMode === 'awsvpc' &&
    networkConfiguration?.awsvpcConfiguration === undefined
  ) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  checkOverrides(taskDefinition, request.overrides);
  const strategy =
    request.capacityProviderStrategy ??
    (request.launchType === undefined && cluster.defaultCapacityProviderStrategy.length > 0
      ? cluster.defaultCapacityProviderStrategy
      : undefined);
  if (request.launchType === 'MANAGED_INSTANCES') {
    throw invalidParameter('Launch type MANAGED_INSTANCES is not available here.');
  }
  const launchType = effectiveLaunchType(request.launchType, strategy);
  if (launchType === 'FARGATE' && !taskDefinition.compatibilities.includes('FARGATE')) {
    throw invalidParameter('Task definition does not support launch_type FARGATE.');
  }
  const propagated = request.propagateTags === 'TASK_DEFINITION' ? taskDefinition.tags : [];
  const result: RunTaskResult = { tasks: [], failures: [] };
  for (let i = 0; i < count; i += 1) {
    const answer = plane.launcher.launch({
      cluster,
      taskDefinition,
      launchType,
      capacityProvider: chooseProvider(strategy, result.tasks),
      platformVersion: request.platformVersion,
      networkConfiguration,
      group: request.group ?? `family:${taskDefinition.family}`,
      startedBy: request.startedBy,
      overrides: request.overrides ?? {},
      tags: [...propagated, ...(request.tags ?? [])],
      enableExecuteCommand: request.enableExecuteCommand ?? false,
      service: undefined,
      deployment: undefined,
    });
    if ('task' in answer) result.tasks.push(answer.task);
    else if (answer.failure.kind === 'no-instance') {
      throw invalidParameter('No Container Instances were found in your cluster.');
    } else result.failures.push({ arn: cluster.arn, reason: answer.failure.reason });
  }
  if (token !== undefined) plane.runTaskTokens.set(`${cluster.name} ${token}`, result);
  return result;
}

function checkOverrides(taskDefinition: TaskDefinition, overrides: TaskOverride | undefined): void {
  for (const { name } of overrides?.containerOverrides ?? []) {
    if (taskDefinition.body.containerDefinitions?.some((container) => container.name === name)) continue;
    throw invalidParameter(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
}
