import type { Action, FailureReason } from '../../scheduler/plan';
import type { ControlPlane } from '../control-plane';
import { end, liveTasks, primaryOf } from './deployments';
import { lifecycleBack } from './lifecycle';
import { noObservations, type Deployment, type Service } from './service';
import { serviceEvents } from './service-events';

/**
 * The primary deployment has failed. With a rollback the last completed deployment is promoted again under its own
 * id; where there is none the service stays as it is.
 */
export function failDeployment(
  plane: ControlPlane,
  service: Service,
  { why, detail = '', rollback, rollbackTo }: Action & { type: 'fail' },
): void {
  const failed = primaryOf(service);
  const { serviceDeployment } = failed;
  const now = plane.clock.now();
  const text = failureTexts(plane, why, detail);
  failed.rolloutState = 'FAILED';
  failed.rolloutStateReason = text.rolloutStateReason;
  failed.updatedAt = now;
  if (why === 'circuit-breaker') serviceDeployment.breaker.status = 'TRIGGERED';
  if (why === 'alarm') {
    serviceDeployment.alarms.status = 'TRIGGERED';
    serviceDeployment.alarms.triggered = failed.triggeredAlarms;
  }
  serviceDeployment.breaker.failureCount = failed.failedTasks;
  plane.events.add(service, text.event(failed.id));
  const target = [service.lastCompleted, ...service.deployments].find((known) => known?.id === rollbackTo);
  if (target === undefined || rollbackTo === undefined) {
    if (serviceDeployment.rollback !== undefined) {
      end(service, serviceDeployment, 'ROLLBACK_FAILED', now);
      serviceDeployment.statusReason = text.statusReason;
    } else if (rollback) {
      end(service, serviceDeployment, 'ROLLBACK_FAILED', now);
      serviceDeployment.statusReason = 'No rollback candidate was found to run the rollback.';
    } else {
      end(service, serviceDeployment, 'STOPPED', now);
      serviceDeployment.stoppedAt = now;
      serviceDeployment.statusReason = text.statusReason;
    }
    return;
  }
  plane.events.add(service, serviceEvents.rollingBack(target.id));
  // Where traffic was shifted the two states can be told apart; a rolling update goes on at once.
  const asked = serviceDeployment.status === 'ROLLBACK_REQUESTED' || failed.lifecycle?.kind !== 'shift';
  serviceDeployment.status = asked ? 'ROLLBACK_IN_PROGRESS' : 'ROLLBACK_REQUESTED';
  serviceDeployment.statusReason = text.statusReason;
  serviceDeployment.updatedAt = now;
  serviceDeployment.rollback = { reason: text.statusReason, startedAt: now, revision: target.revision };
  promote(plane, service, failed, target, text.rollbackReason(target.id));
}

function promote(
  plane: ControlPlane,
  service: Service,
  failed: Deployment,
  target: Deployment,
  reason: string,
): void {
  const now = plane.clock.now();
  failed.status = 'ACTIVE';
  failed.desiredCount = liveTasks(service, failed.id);
  target.status = 'PRIMARY';
  target.rolloutState = 'IN_PROGRESS';
  target.rolloutStateReason = reason;
  target.failedTasks = 0;
  target.launchBackOff = { rounds: 0, until: 0 };
  target.serving = false;
  target.bakingSince = undefined;
  target.stopRequested = undefined;
  target.lifecycle = lifecycleBack(failed, now);
  failed.lifecycle = undefined;
  target.triggeredAlarms = [];
  target.alarmsIgnored = true;
  target.serviceDeployment = failed.serviceDeployment;
  target.updatedAt = now;
  service.deployments = [target, ...service.deployments.filter((deployment) => deployment !== target)];
  service.configuration = target.revision.configuration;
  service.lastCompleted = undefined;
  service.observations = noObservations();
}

interface FailureTexts {
  event: (deploymentId: string) => string;
  rolloutStateReason: string;
  rollbackReason: (deploymentId: string) => string;
  statusReason: string;
}

function failureTexts(plane: ControlPlane, why: FailureReason, detail: string): FailureTexts {
  switch (why) {
    case 'circuit-breaker':
      return {
        event: serviceEvents.tasksFailed,
        rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
        rollbackReason: (id: string) => `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`,
        statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
      };
    case 'alarm':
      return {
        event: serviceEvents.alarmDetected,
        rolloutStateReason: plane.settings.alarmFailureReason,
        rollbackReason: (id: string) => `ECS deployment alarm: rolling back to deploymentId ${id}.`,
        statusReason: 'Service deployment rolled back because an alarm was detected.',
      };
    case 'requested':
      return {
        event: serviceEvents.stopRequested,
        rolloutStateReason: plane.settings.stopRequestedReason,
        rollbackReason: (id: string) => `ECS deployment stopped: rolling back to deploymentId ${id}.`,
        statusReason: 'Service deployment rolled back because of a user request.',
      };
    case 'aborted':
      return withReason(plane.settings.abortedReason);
    case 'hook':
    case 'stage-timeout':
      return withReason(`Service deployment rolled back because ${detail}`);
    case 'network':
      return withReason(`Service deployment rolled back because of ${detail}`);
  }
}

function withReason(statusReason: string): FailureTexts {
  return {
    event: (id) => serviceEvents.failed(id, statusReason),
    rolloutStateReason: statusReason,
    rollbackReason: (id) => `${statusReason} Rolling back to deploymentId ${id}.`,
    statusReason,
  };
}
