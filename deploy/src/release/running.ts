import type { Deployment, ECSClient, Service, Tag, TaskDefinition, TaskSet } from '@aws-sdk/client-ecs';
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
 * One that CodeDeploy deploys is read too: `refuseForeignController` is for those who would change it.
 * @throws SlipwayError SERVICE_DRAINING, CLUSTER_NOT_FOUND
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
  const current = service.taskDefinition ?? primaryTaskSet(service)?.taskDefinition;
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

/** CodeDeploy and external controllers keep what runs in task sets. */
function primaryTaskSet({ taskSets }: Service): TaskSet | undefined {
  return taskSets?.find(({ status }) => status === 'PRIMARY') ?? taskSets?.[0];
}

/** @throws SlipwayError SERVICE_UNSUPPORTED for a service that something other than ECS deploys */
export function refuseForeignController({ serviceName, deploymentController }: Service): void {
  const controller = deploymentController?.type ?? 'ECS';
  if (controller === 'ECS') return;
  const who = controller === 'CODE_DEPLOY' ? 'CodeDeploy' : 'an external controller';
  throw new SlipwayError(
    'SERVICE_UNSUPPORTED',
    `service ${serviceName ?? ''} is deployed by ${who} (deployment controller ${controller}), not by ECS: slipway reads, renders and diffs it, and deploys it no more than that`,
    { hint: WAY_TO_ECS },
  );
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/migrate-codedeploy-to-ecs-bluegreen.html */
const WAY_TO_ECS =
  'ECS shifts traffic itself now: in the service definition set "deploymentController": {"type": "ECS"}, ' +
  '"deploymentConfiguration": {"strategy": "BLUE_GREEN"} and "advancedConfiguration" of each load balancer; ' +
  'change the service once with "aws ecs update-service --deployment-controller type=ECS"; then deploy';

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
