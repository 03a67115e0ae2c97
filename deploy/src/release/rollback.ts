import type { ECSClient, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { revisionName, type ServiceName } from '../aws/ecs';
import type { Sink } from '../events';
import { baselineOf } from './baseline';
import { deploymentIdOf } from './current-deployment';
import type { Release } from './outcome';
import { recordOf } from './record';
import type { RollbackTarget } from './rollback-target';
import { deploymentInProgress, releaseOf, type Running } from './running';
import type { ServiceDeployments } from './service-deployments';
import type { Started } from './start';
import { goBackTo } from './stop';

export interface RollbackInput {
  ecs: ECSClient;
  name: ServiceName;
  running: Running;
  target: RollbackTarget;
  /** Whether the deployment in progress is stopped, rather than another one put over it. */
  stop: boolean;
  serviceDeployments: ServiceDeployments;
  sink: Sink;
  /** Writes down who goes back from a deployment that is in progress. */
  note: (deploymentId: string) => Promise<void>;
  /** Settings of the service that go back with it. */
  settings: Partial<UpdateServiceCommandInput>;
}

export interface StartedRollback extends Started {
  /** The deployment that is watched is the one that ECS rolls back, not one of ours. */
  stopping: boolean;
}

/** Starts to go back; registers nothing. */
export async function startRollback(input: RollbackInput): Promise<StartedRollback> {
  const { ecs, name, running, target, serviceDeployments, sink } = input;
  const arn = target.taskDefinition.taskDefinitionArn ?? '';
  const release = rollbackRelease(target);
  if (arn === running.taskDefinition.taskDefinitionArn) {
    const current = deploymentInProgress(running.service)?.id;
    if (current !== undefined) return { ...join(running, current), release, stopping: false };
  }
  const stopped = input.stop ? await stopCurrent(input) : undefined;
  if (stopped !== undefined) return { ...stopped, release };
  const overtaken = deploymentInProgress(running.service)?.id;
  if (overtaken !== undefined) await input.note(overtaken);
  const { deploymentId, taskDefinitionArn, baseline } = await goBackTo(
    ecs,
    name,
    arn,
    serviceDeployments,
    input.settings,
  );
  sink({
    type: 'phase',
    phase: 'rollback',
    message: `${revisionName(running.release.taskDefinition)} -> ${revisionName(arn)} as ${deploymentId}`,
  });
  return {
    release: { ...release, deploymentId },
    deploymentId,
    taskDefinitionArn,
    baseline,
    stopping: false,
  };
}

export function rollbackRelease({ taskDefinition, tags }: RollbackTarget): Release {
  return releaseOf(taskDefinition, recordOf(tags));
}

const STOPPABLE = ['PENDING', 'IN_PROGRESS'];
const ROLLING_BACK = ['ROLLBACK_REQUESTED', 'ROLLBACK_IN_PROGRESS'];

/** Undefined where the endpoint cannot stop it, or it has just ended. */
async function stopCurrent({
  running,
  serviceDeployments,
  sink,
  note,
}: RollbackInput): Promise<Omit<StartedRollback, 'release'> | undefined> {
  const current = deploymentInProgress(running.service);
  const listed = await serviceDeployments.list();
  const moving = listed?.find(({ status = '' }) => [...STOPPABLE, ...ROLLING_BACK].includes(status));
  const arn = moving?.serviceDeploymentArn;
  if (current === undefined || moving === undefined || arn === undefined) return undefined;
  const deploymentId = moving.targetServiceRevisionArn ? deploymentIdOf(moving) : (current.id ?? '');
  if (STOPPABLE.includes(moving.status ?? '')) {
    await note(deploymentId);
    if (!(await serviceDeployments.rollBack(arn))) return undefined;
  }
  sink({
    type: 'phase',
    phase: 'rollback',
    message: `ECS was asked to roll deployment ${deploymentId} back`,
  });
  const before = (listed ?? [])
    .map(({ serviceDeploymentArn }) => serviceDeploymentArn ?? '')
    .filter((each) => each !== arn);
  return { ...join(running, deploymentId, new Set(before)), stopping: true };
}

/** A deployment that was there already, as the one to watch. */
export function join(
  running: Running,
  deploymentId: string,
  before: ReadonlySet<string> = new Set(),
): Omit<Started, 'release'> {
  const others = running.service.deployments?.filter(({ id }) => id !== deploymentId) ?? [];
  return {
    deploymentId,
    taskDefinitionArn: running.taskDefinition.taskDefinitionArn ?? '',
    baseline: baselineOf({ ...running.service, deployments: others }, before),
  };
}
