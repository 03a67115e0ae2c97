import { failureThreshold } from '../../scheduler/circuit-breaker';
import type { ControlPlane } from '../control-plane';
import { breakerSettings } from './deployment-configuration';
import { newLifecycle, servingDeployment } from './lifecycle';
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
import { allTraffic, resolveTargetGroups } from './traffic';

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
  const source = servingDeployment(service);
  const revision = newRevision(plane, service, configuration, source, now);
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
    stopRequested: undefined,
    lifecycle: newLifecycle(service, source, now),
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
    const aborting = service.deployments[0]?.stopRequested === 'abort';
    if (deployment.status === 'STOP_REQUESTED') {
      // What is aborted, and not replaced, fails in the same step.
      if (aborting && service.deployments[0]?.serviceDeployment === deployment) continue;
      end(service, deployment, 'STOPPED', now);
      deployment.stoppedAt = now;
    } else if (deployment.status === 'PENDING') {
      deployment.status = 'IN_PROGRESS';
      deployment.startedAt = now;
      deployment.updatedAt = now;
    } else if (deployment.status === 'ROLLBACK_REQUESTED' && deployment.rollback !== undefined) {
      deployment.status = 'ROLLBACK_IN_PROGRESS';
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
  deployment.lifecycle = undefined;
  service.lastCompleted = deployment;
  service.traffic = allTraffic(deployment.id);
  if (isOngoing(deployment.serviceDeployment)) succeed(plane, service);
  plane.events.add(service, serviceEvents.completed(deployment.id));
}

/** The new version serves; its service deployment has succeeded though old tasks may still drain. */
export function markServing(plane: ControlPlane, service: Service): void {
  const primary = primaryOf(service);
  primary.serving = true;
  if (plane.settings.serviceDeploymentWaitsForDrain) return;
  // Where traffic was shifted its alarms have been watched for the bake time by now.
  if (primary.lifecycle?.kind === 'shift' || !watchesAlarms(service)) succeed(plane, service);
}

function watchesAlarms(service: Service): boolean {
  return service.deploymentConfiguration.alarms?.enable === true;
}

function succeed(plane: ControlPlane, service: Service): void {
  const { serviceDeployment } = primaryOf(service);
  const now = plane.clock.now();
  const rolledBack =
    serviceDeployment.status === 'ROLLBACK_IN_PROGRESS' || serviceDeployment.status === 'ROLLBACK_REQUESTED';
  const status = rolledBack ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL';
  end(service, serviceDeployment, status, now);
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
  deployment.finalTraffic = service.traffic;
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
  source: string | undefined,
  createdAt: number,
): ServiceRevision {
  const number = plane.ids.revisionNumber();
  const arn = plane.arns.serviceRevision(service.clusterName, service.name, number);
  const before =
    service.deployments.find(({ id }) => id === source)?.revision ?? service.lastCompleted?.revision;
  const shifts = (service.deploymentConfiguration.strategy ?? 'ROLLING') !== 'ROLLING';
  const targetGroups = resolveTargetGroups(configuration.loadBalancers, before, shifts);
  const revision: ServiceRevision = {
    arn,
    number,
    configuration,
    createdAt,
    targetGroups,
    imageDigests: {},
  };
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
    lifecycleStage: undefined,
    hooks: [],
    finalTraffic: undefined,
    finalCounts: undefined,
  };
}
