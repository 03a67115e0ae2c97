import type { TargetHealth } from '../../surroundings/surroundings';
import { assessHealth, type TaskChecks } from '../../scheduler/health';
import type {
  DeploymentSnapshot,
  EarlySuccess,
  ServiceSnapshot,
  TaskSnapshot,
} from '../../scheduler/snapshot';
import type { ControlPlane } from '../control-plane';
import { findDisplaced } from '../instances/displaced';
import type { Task } from '../tasks/task';
import { breakerSettings } from './deployment-configuration';
import { primaryOf } from './deployments';
import { snapshotLifecycle } from './lifecycle';
import type { Deployment, Service } from './service';

/** Gathers what one scheduler step depends on: tasks, their health, and what happened since the last step. */
export function observe(plane: ControlPlane, service: Service): ServiceSnapshot {
  const now = plane.clock.now();
  const primary = primaryOf(service);
  const targets = new TargetStates(plane);
  const displaced = findDisplaced(plane, service);
  const tasks: TaskSnapshot[] = [];
  for (const task of service.tasks) {
    const snapshot = snapshotTask(plane, service, task, targets, displaced, now);
    if (snapshot.health === 'healthy' && !task.wasHealthy) {
      task.wasHealthy = true;
      if (task.deploymentId === primary.id) service.observations.becameHealthy += 1;
    }
    tasks.push(snapshot);
  }
  const configuration = service.deploymentConfiguration;
  return {
    desiredCount: service.desiredCount,
    minimumHealthyPercent: configuration.minimumHealthyPercent ?? 100,
    maximumPercent: configuration.maximumPercent ?? 200,
    breaker: breakerSettings(configuration),
    draining: service.status === 'DRAINING',
    primary: snapshotDeployment(plane, service, primary),
    activeDeployments: service.deployments.slice(1).map((deployment) => deployment.id),
    rollbackCandidate: service.lastCompleted === primary ? undefined : service.lastCompleted?.id,
    tasks,
    observations: service.observations,
  };
}

function snapshotDeployment(
  plane: ControlPlane,
  service: Service,
  deployment: Deployment,
): DeploymentSnapshot {
  const alarms = service.deploymentConfiguration.alarms;
  if (alarms?.enable === true && !deployment.alarmsIgnored && deployment.rolloutState === 'IN_PROGRESS') {
    deployment.triggeredAlarms = plane.alarmsInAlarm(service);
  }
  return {
    id: deployment.id,
    rolloutState: deployment.rolloutState,
    failedTasks: deployment.failedTasks,
    launchBackOff: deployment.launchBackOff,
    serving: deployment.serving,
    stopRequested: deployment.stopRequested,
    alarmed: deployment.triggeredAlarms.length > 0,
    alarmRollback: alarms?.rollback === true,
    bake: rollingBake(plane, deployment, alarms?.enable === true),
    bakingSince: deployment.bakingSince,
    earlySuccess: earlySuccessOf(deployment),
    lifecycle: snapshotLifecycle(plane, service, deployment),
  };
}

/** The bake time of what shifts traffic is a stage of its own, and a rollback has none. */
function rollingBake(plane: ControlPlane, deployment: Deployment, alarms: boolean): number {
  if (deployment.lifecycle?.kind === 'shift') return 0;
  const { bakeTimeInMinutes = 0 } = deployment.serviceDeployment.deploymentConfiguration;
  return Math.max(
    alarms ? plane.settings.alarmBake : 0,
    earlySuccessOf(deployment) === undefined ? 0 : bakeTimeInMinutes * 60_000,
  );
}

function earlySuccessOf(deployment: Deployment): EarlySuccess | undefined {
  const { earlySuccessCriteria: criteria, strategy = 'ROLLING' } =
    deployment.serviceDeployment.deploymentConfiguration;
  if (criteria?.enable !== true || strategy !== 'ROLLING') return undefined;
  if (deployment.serviceDeployment.rollback !== undefined) return undefined;
  return {
    healthyPercent: criteria.healthyPercent ?? 100,
    cleanup: criteria.sourceServiceRevisionCleanup ?? 'BLOCKING',
  };
}

function snapshotTask(
  plane: ControlPlane,
  service: Service,
  task: Task,
  targets: TargetStates,
  displaced: ReadonlySet<Task>,
  now: number,
): TaskSnapshot {
  const phase = phaseOf(task, plane.settings.deprovisioningCounts);
  const { health, ready } =
    phase === 'running'
      ? assessHealth(checksOf(plane, service, task, targets), now, withoutCheck(plane))
      : ({ health: 'undecided', ready: false } as const);
  return {
    id: task.id,
    deploymentId: task.deploymentId ?? '',
    phase,
    health,
    ready,
    targets: task.targets === 'missing' || task.targets === 'registered' ? task.targets : 'none',
    protected: task.protectedUntil !== undefined && task.protectedUntil > now,
    displaced: displaced.has(task),
    zone: task.availabilityZone,
    createdAt: task.createdAt,
  };
}

function withoutCheck({ settings, clock }: ControlPlane) {
  return {
    healthyAfter: settings.healthyWithoutCheckAfter,
    readyAfter: Math.max(settings.readyWithoutCheckAfter, settings.readyWithoutCheckAfterReal * clock.speed),
  };
}

function phaseOf(task: Task, deprovisioningCounts: boolean): TaskSnapshot['phase'] {
  if (task.lastStatus === 'STOPPED') return 'stopped';
  if (task.desiredStatus === 'STOPPED') {
    return task.lastStatus === 'DEPROVISIONING' && !deprovisioningCounts ? 'stopped' : 'stopping';
  }
  return task.lastStatus === 'RUNNING' ? 'running' : 'pending';
}

function checksOf(plane: ControlPlane, service: Service, task: Task, targets: TargetStates): TaskChecks {
  const runningSince = task.startedAt ?? task.createdAt;
  const checked = task.containers.some((container) => container.essential && container.health !== undefined);
  return {
    runningSince,
    container: checked ? task.health : undefined,
    targets: task.bindings.map((binding) => {
      if (task.targets !== 'registered') return 'waiting';
      const found = targets.of(binding.targetGroupArn, binding.targetId, binding.port);
      if (found?.state === 'healthy') return 'healthy';
      if (found?.state !== 'unhealthy') return 'waiting';
      const reason = found.description ?? found.reason;
      return {
        unhealthy: {
          kind: 'target',
          targetGroupArn: binding.targetGroupArn,
          port: binding.containerPort,
          reason,
        },
      };
    }),
    // A time-out of a real process: a sped-up clock does not shorten it.
    graceEnds: runningSince + service.healthCheckGracePeriodSeconds * 1000 * plane.clock.speed,
  };
}

/** Target health, asked for once a target group and step. */
class TargetStates {
  private readonly groups = new Map<string, Map<string, TargetHealth>>();

  constructor(private readonly plane: ControlPlane) {}

  of(targetGroupArn: string, id: string, port: number): TargetHealth | undefined {
    let group = this.groups.get(targetGroupArn);
    if (group === undefined) {
      group = new Map();
      for (const health of this.plane.surroundings.targetHealth(targetGroupArn)) {
        group.set(`${health.target.id} ${health.target.port}`, health);
      }
      this.groups.set(targetGroupArn, group);
    }
    return group.get(`${id} ${port}`);
  }
}
