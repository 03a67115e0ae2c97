import type { Deployment, ServiceDeployment, ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import { baselineOf } from './baseline';
import { taskDefinitionsOf } from './revisions';
import { deploymentInProgress, type Running } from './running';
import type { OpenService } from './open-service';
import type { Started } from './start';

/** What ECS is at work on, whoever started it. A rollback in progress is the deployment that is rolled back. */
export interface CurrentDeployment extends Omit<Started, 'release'> {
  /** Of the service deployment; undefined where the endpoint has none. */
  arn: string | undefined;
}

/** Statuses of a service deployment that has not ended. */
export const ONGOING = [
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
] as const;

/** Undefined where nothing is in progress. */
export async function currentDeployment(
  opened: OpenService,
  running: Running,
): Promise<CurrentDeployment | undefined> {
  const { serviceDeployments } = opened;
  const listed = await serviceDeployments.list();
  const moving = listed?.find(({ status }) => (ONGOING as readonly (string | undefined)[]).includes(status));
  const arn = moving?.serviceDeploymentArn;
  if (moving !== undefined && arn !== undefined) return byServiceDeployment(opened, running, moving, arn);
  const primary = deploymentInProgress(running.service);
  if (primary === undefined) return undefined;
  // ECS goes back: what failed stands beside it.
  const failed = /rolling back/i.test(primary.rolloutStateReason ?? '')
    ? running.service.deployments?.find(({ rolloutState }) => rolloutState === 'FAILED')
    : undefined;
  return current(running, failed ?? primary, undefined);
}

async function byServiceDeployment(
  { ecs }: OpenService,
  running: Running,
  moving: ServiceDeploymentBrief,
  arn: string,
): Promise<CurrentDeployment> {
  const revision = moving.targetServiceRevisionArn ?? '';
  const id = deploymentIdOf(moving);
  const listed = running.service.deployments?.find((deployment) => deployment.id === id);
  if (listed !== undefined) return current(running, listed, arn);
  const taskDefinition = (await taskDefinitionsOf(ecs, [revision])).get(revision);
  return current(running, { id, ...(taskDefinition === undefined ? {} : { taskDefinition }) }, arn);
}

function current(running: Running, deployment: Deployment, arn: string | undefined): CurrentDeployment {
  const others = running.service.deployments?.filter(({ id }) => id !== deployment.id) ?? [];
  return {
    arn,
    deploymentId: deployment.id ?? '',
    taskDefinitionArn: deployment.taskDefinition ?? running.taskDefinition.taskDefinitionArn ?? '',
    baseline: baselineOf({ ...running.service, deployments: others }, new Set()),
  };
}

/** `ecs-svc/<n>` shares its number with the target revision `.../<n>`. */
export function deploymentIdOf(
  deployment: Pick<ServiceDeploymentBrief, 'targetServiceRevisionArn'> | ServiceDeployment,
): string {
  const arn =
    'targetServiceRevisionArn' in deployment
      ? deployment.targetServiceRevisionArn
      : (deployment as ServiceDeployment).targetServiceRevision?.arn;
  return `ecs-svc/${(arn ?? '').slice((arn ?? '').lastIndexOf('/') + 1)}`;
}
