import type { Deployment, ECSClient, Service, Tag, TaskDefinition } from '@aws-sdk/client-ecs';
import { describeService, describeTaskDefinition, revisionName, type ServiceName } from '../aws/ecs';
import { SlipwayError } from '../errors';
import type { Release } from './outcome';
import { recordOf } from './record';
import type { ReleaseRecord } from './result';

/** What runs now, as ECS describes it. */
export interface Running {
  service: Service;
  taskDefinition: TaskDefinition;
  tags: readonly Tag[];
  record: ReleaseRecord;
  release: Release;
}

/**
 * What the service runs; undefined where it does not exist, or is INACTIVE and can be created anew.
 * @throws SlipwayError SERVICE_DRAINING, SERVICE_UNSUPPORTED, CLUSTER_NOT_FOUND
 */
export async function readRunning(ecs: ECSClient, name: ServiceName): Promise<Running | undefined> {
  const service = await describeService(ecs, name);
  if (service === undefined || service.status === 'INACTIVE') return undefined;
  if (service.status === 'DRAINING') {
    throw new SlipwayError(
      'SERVICE_DRAINING',
      `service ${name.service} in ${name.cluster} is being deleted (status DRAINING, ${service.runningCount ?? 0} tasks left)`,
      { hint: 'deploy again once its tasks have stopped; "slipway status" shows it' },
    );
  }
  const controller = service.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') {
    throw new SlipwayError(
      'SERVICE_UNSUPPORTED',
      `service ${name.service} has deployment controller ${controller}; only ECS is supported`,
      { hint: 'let ECS itself deploy: set "deploymentController": {"type": "ECS"} on the service' },
    );
  }
  const current = service.taskDefinition;
  const described = current === undefined ? undefined : await describeTaskDefinition(ecs, current);
  if (described === undefined) {
    throw new SlipwayError(
      'AWS_REFUSED',
      `ECS does not describe ${current ?? 'the task definition'} that service ${name.service} runs`,
      {
        hint: 'look at the service in the console: its task definition was deleted',
      },
    );
  }
  const primary = primaryOf(service);
  const record = recordOf(described.tags);
  return {
    service,
    ...described,
    record,
    release: { ...releaseOf(described.taskDefinition, record), deploymentId: primary?.id },
  };
}

/** A task definition as a release: its name and the images in it. */
export function releaseOf(taskDefinition: TaskDefinition, record: ReleaseRecord | undefined): Release {
  return {
    taskDefinition: revisionName(taskDefinition.taskDefinitionArn ?? ''),
    images: Object.fromEntries(
      (taskDefinition.containerDefinitions ?? []).map(({ name, image }) => [name ?? '', image ?? '']),
    ),
    gitSha: record?.gitSha,
    deploymentId: undefined,
  };
}

export function primaryOf(service: Service): Deployment | undefined {
  return service.deployments?.find(({ status }) => status === 'PRIMARY');
}

/** The deployment that ECS still works on, if there is one. */
export function deploymentInProgress(service: Service): Deployment | undefined {
  const primary = primaryOf(service);
  return primary?.rolloutState === 'IN_PROGRESS' ? primary : undefined;
}

/** ARN of the revision that ran well last: what there is to go back to. Undefined where no deployment was completed. */
export function settledTaskDefinition(service: Service): string | undefined {
  const primary = primaryOf(service);
  const settled =
    primary?.rolloutState === 'COMPLETED' || /rolling back/i.test(primary?.rolloutStateReason ?? '');
  const completed = settled
    ? primary
    : service.deployments?.find(({ rolloutState }) => rolloutState === 'COMPLETED');
  return completed?.taskDefinition;
}
