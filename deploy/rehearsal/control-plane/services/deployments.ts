import type { FailureReason } from '../../scheduler/plan';
import { failureThreshold } from '../../scheduler/circuit-breaker';
import type { ControlPlane } from '../control-plane';
import { breakerSettings } from './deployment-configuration';
import { isOngoing } from './service-deployments';
import { revisionCounts } from './task-counts';
import type {
  Deployment,
  RevisionConfiguration,
  Service,
  ServiceDeployment,
  ServiceRevision,
} from './service';
import { noObservations } from './service';
import { serviceEvents } from './service-events';

const inProgress = (id: string) => `ECS deployment ${id} in progress.`;
const completed = (id: string) => `ECS deployment ${id} completed.`;

/** Starts a deployment of a new revision; what was PRIMARY becomes ACTIVE and keeps its own rollout state. */
export function beginDeployment(
  plane: ControlPlane,
  service: Service,
  configuration: RevisionConfiguration,
): Deployment {
  const now = plane.clock.now();
  const former = service.deployments[0];
  const revision = newRevision(plane, service, configuration, now);
  const serviceDeployment = newServiceDeployment(plane, service, revision, now);
  const id = `ecs-svc/${revision.number}`;
  const deployment: Deployment = {
    id,
    revision,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: inProgress(id),
    desiredCount: former === undefined ? service.desiredCount : 0,
    failedTasks: 0,
    launchBackOff: { rounds: 0, until: 0 },
    serving: false,
    bakingSince: undefined,
    rollbackRequested: false,
    alarmsIgnored: plane.alarmsInAlarm(service).length > 0,
    triggeredAlarms: [],
    serviceDeployment,
    createdAt: now,
    updatedAt: now,
  };
  if (former !== undefined) {
    former.status = 'ACTIVE';
    former.updatedAt = now;
    former.desiredCount = liveTasks(service, former.id);
    const superseded = former.serviceDeployment;
    if (isOngoing(superseded)) {
      superseded.status = 'STOP_REQUESTED';
      superseded.statusReason = 'Replaced by a new service deployment.';
      superseded.updatedAt = now;
    }
  }
  service.configuration = configuration;
  service.deployments.unshift(deployment);
  service.serviceDeployments.unshift(serviceDeployment);
  service.observations = noObservations();
  service.steadySince = undefined;
  service.repeated.clear();
  return deployment;
}

/** The first step of a deployment, and the last of those that it replaced. */
export function settleServiceDeployments(plane: ControlPlane, service: Service): void {
  const now = plane.clock.now();
  for (const deployment of service.serviceDeployments) {
    if (deployment.status === 'STOP_REQUESTED') {
      end(service, deployment, 'STOPPED', now);
      deployment.stoppedAt = now;
    } else if (deployment.status === 'PENDING') {
      deployment.status = 'IN_PROGRESS';
      deployment.startedAt = now;
      deployment.updatedAt = now;
    } else if (!isOngoing(deployment)) break;
  }
}

export function completeDeployment(plane: ControlPlane, service: Service): void {
  const deployment = primaryOf(service);
  const now = plane.clock.now();
  deployment.rolloutState = 'COMPLETED';
  deployment.rolloutStateReason = completed(deployment.id);
  deployment.updatedAt = now;
  service.lastCompleted = deployment;
  if (isOngoing(deployment.serviceDeployment)) succeed(plane, service);
  plane.events.add(service, serviceEvents.completed(deployment.id));
}

/** The new version serves; its service deployment has succeeded though old tasks may still drain. */
export function markServing(plane: ControlPlane, service: Service): void {
  primaryOf(service).serving = true;
  if (!plane.settings.serviceDeploymentWaitsForDrain && !watchesAlarms(service)) succeed(plane, service);
}

function watchesAlarms(service: Service): boolean {
  return service.deploymentConfiguration.alarms?.enable === true;
}

function succeed(plane: ControlPlane, service: Service): void {
  const { serviceDeployment } = primaryOf(service);
  const now = plane.clock.now();
  const status = serviceDeployment.status === 'ROLLBACK_IN_PROGRESS' ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL';
  end(service, serviceDeployment, status, now);
}

/**
 * The primary deployment has failed. With a rollback the last completed deployment is promoted again under its own
 * id; where there is none the service stays as it is.
 */
export function failDeployment(
  plane: ControlPlane,
  service: Service,
  why: FailureReason,
  rollback: boolean,
  rollbackTo: string | undefined,
): void {
  const failed = primaryOf(service);
  const { serviceDeployment } = failed;
  const now = plane.clock.now();
  const text = failureTexts(plane, why);
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
  const target = service.lastCompleted;
  if (target === undefined || target.id !== rollbackTo) {
    if (rollback) {
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
  serviceDeployment.status = 'ROLLBACK_IN_PROGRESS';
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
  target.rollbackRequested = false;
  target.triggeredAlarms = [];
  target.alarmsIgnored = true;
  target.serviceDeployment = failed.serviceDeployment;
  target.updatedAt = now;
  service.deployments = [target, ...service.deployments.filter((deployment) => deployment !== target)];
  service.configuration = target.revision.configuration;
  service.lastCompleted = undefined;
  service.observations = noObservations();
}

function failureTexts(plane: ControlPlane, why: FailureReason) {
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
  }
}

/** Ends a service deployment; its task counts are kept as they are now. */
export function end(
  service: Service,
  deployment: ServiceDeployment,
  status: ServiceDeployment['status'],
  now: number,
): void {
  deployment.status = status;
  deployment.finishedAt = now;
  deployment.updatedAt = now;
  if (deployment.breaker.status === 'MONITORING') deployment.breaker.status = 'MONITORING_COMPLETE';
  if (deployment.alarms.status === 'MONITORING') deployment.alarms.status = 'MONITORING_COMPLETE';
  deployment.finalCounts = new Map(
    [deployment.target, ...deployment.sources].map((revision) => [
      revision.number,
      revisionCounts(service, revision),
    ]),
  );
}

export function primaryOf(service: Service): Deployment {
  const primary = service.deployments[0];
  if (primary === undefined) throw new Error(`service ${service.name} has no deployment`);
  return primary;
}

export function liveTasks(service: Service, deploymentId: string): number {
  let live = 0;
  for (const task of service.tasks) {
    if (task.deploymentId === deploymentId && task.desiredStatus === 'RUNNING') live += 1;
  }
  return live;
}

function newRevision(
  plane: ControlPlane,
  service: Service,
  configuration: RevisionConfiguration,
  createdAt: number,
): ServiceRevision {
  const number = plane.ids.revisionNumber();
  const arn = plane.arns.serviceRevision(service.clusterName, service.name, number);
  const revision: ServiceRevision = { arn, number, configuration, createdAt, imageDigests: {} };
  service.revisions.set(number, revision);
  return revision;
}

function newServiceDeployment(
  plane: ControlPlane,
  service: Service,
  target: ServiceRevision,
  now: number,
): ServiceDeployment {
  const id = plane.ids.serviceDeploymentId();
  const breaker = breakerSettings(service.deploymentConfiguration);
  const alarms = service.deploymentConfiguration.alarms;
  return {
    id,
    arn: plane.arns.serviceDeployment(service.clusterName, service.name, id),
    status: 'PENDING',
    statusReason: undefined,
    target,
    sources: service.deployments
      .filter((deployment) => liveTasks(service, deployment.id) > 0)
      .map((deployment) => deployment.revision),
    deploymentConfiguration: service.deploymentConfiguration,
    breaker: {
      status: breaker.enable ? 'MONITORING' : 'DISABLED',
      failureCount: 0,
      threshold: failureThreshold(breaker, service.desiredCount),
    },
    alarms: {
      status: alarms?.enable === true ? 'MONITORING' : 'DISABLED',
      names: alarms?.alarmNames ?? [],
      triggered: [],
    },
    rollback: undefined,
    createdAt: now,
    startedAt: undefined,
    finishedAt: undefined,
    stoppedAt: undefined,
    updatedAt: now,
    finalCounts: undefined,
  };
}
