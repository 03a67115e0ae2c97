import type { Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import { revisionName } from '../aws/ecs';
import { isSuspended, type Scaling } from '../autoscaling/scaling';
import { currentDeployment } from './current-deployment';
import { waitingHooks } from './pause-hooks';
import type { OpenService } from './open-service';
import type { AutoscalingStatus, InProgress, Place, StatusResult } from './result';
import { taskDefinitionsOf } from './revisions';
import type { Running } from './running';

const EVENTS = 10;

/** What runs, from what ECS answered; `running` where the service is ACTIVE. */
export function statusOf(
  place: Place,
  service: Service | undefined,
  running: Running | undefined,
  { inProgress, scaling }: { inProgress?: InProgress | undefined; scaling?: Scaling | undefined } = {},
): StatusResult {
  const controller = service?.deploymentController?.type ?? 'ECS';
  return {
    kind: 'status',
    place,
    status: service?.status ?? 'MISSING',
    release: running?.release,
    record: running?.record,
    desiredCount: service?.desiredCount ?? 0,
    runningCount: service?.runningCount ?? 0,
    pendingCount: service?.pendingCount ?? 0,
    deployments: (service?.deployments ?? []).map((deployment) => ({
      id: deployment.id ?? '',
      status: deployment.status ?? '',
      taskDefinition: revisionName(deployment.taskDefinition ?? ''),
      rolloutState: deployment.rolloutState,
      reason: deployment.rolloutStateReason,
      desiredCount: deployment.desiredCount ?? 0,
      runningCount: deployment.runningCount ?? 0,
      pendingCount: deployment.pendingCount ?? 0,
      failedTasks: deployment.failedTasks ?? 0,
      createdAt: deployment.createdAt,
    })),
    events: (service?.events ?? [])
      .slice(0, EVENTS)
      .map(({ createdAt, message }) => ({ at: createdAt ?? new Date(0), message: message ?? '' })),
    controller: controller === 'ECS' ? undefined : controller,
    inProgress,
    autoscaling: autoscalingOf(scaling),
    exitCode: 0,
  };
}

function autoscalingOf(scaling: Scaling | undefined): AutoscalingStatus | undefined {
  const target = scaling?.target;
  if (scaling === undefined || target === undefined) return undefined;
  return {
    min: target.MinCapacity ?? 0,
    max: target.MaxCapacity ?? 0,
    suspended: isSuspended(scaling),
    policies: scaling.policies.flatMap(({ PolicyName }) => PolicyName ?? []),
  };
}

/** The deployment that ECS is at work on; undefined where there is none, or the endpoint cannot say. */
export async function readInProgress(opened: OpenService, running: Running): Promise<InProgress | undefined> {
  const current = await currentDeployment(opened, running);
  if (current?.arn === undefined) return undefined;
  const deployment = await opened.serviceDeployments.describe(current.arn);
  if (deployment === undefined) return undefined;
  const { deploymentConfiguration, deploymentCircuitBreaker: breaker, alarms } = deployment;
  const strategy = deploymentConfiguration?.strategy ?? 'ROLLING';
  return {
    deploymentId: current.deploymentId,
    status: deployment.status ?? 'unknown',
    stage: deployment.lifecycleStage,
    strategy,
    bakeTimeMinutes: deploymentConfiguration?.bakeTimeInMinutes || undefined,
    waitsFor: waitingHooks(deployment).map(({ hookId = '', expiresAt, timeoutAction = 'ROLLBACK' }) => ({
      hookId,
      expiresAt,
      otherwise: timeoutAction,
    })),
    breaker:
      breaker?.status === undefined || breaker.status === 'DISABLED'
        ? undefined
        : { status: breaker.status, failures: breaker.failureCount ?? 0, threshold: breaker.threshold },
    alarms:
      alarms?.status === undefined || alarms.status === 'DISABLED'
        ? undefined
        : {
            status: alarms.status,
            watched: alarms.alarmNames ?? [],
            triggered: alarms.triggeredAlarmNames ?? [],
          },
    traffic: strategy === 'ROLLING' ? [] : await trafficOf(opened, deployment),
  };
}

async function trafficOf(
  { ecs }: OpenService,
  { sourceServiceRevisions = [], targetServiceRevision }: ServiceDeployment,
): Promise<InProgress['traffic']> {
  const revisions = [targetServiceRevision, ...sourceServiceRevisions].filter((each) => each !== undefined);
  const names = await taskDefinitionsOf(
    ecs,
    revisions.map(({ arn = '' }) => arn),
  );
  return revisions.map(({ arn = '', requestedProductionTrafficWeight, requestedTestTrafficWeight }) => ({
    taskDefinition: revisionName(names.get(arn) ?? arn),
    production: requestedProductionTrafficWeight ?? 0,
    test: requestedTestTrafficWeight ?? 0,
  }));
}
