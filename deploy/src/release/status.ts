import type { Service } from '@aws-sdk/client-ecs';
import { revisionName } from '../aws/ecs';
import type { Place, StatusResult } from './result';
import type { Running } from './running';

const EVENTS = 10;

/** What runs, from what ECS answered; `running` where the service is ACTIVE. */
export function statusOf(
  place: Place,
  service: Service | undefined,
  running: Running | undefined,
): StatusResult {
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
    exitCode: 0,
  };
}
