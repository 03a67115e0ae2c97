import type { Action, Plan } from '../../scheduler/plan';
import type { ServiceSnapshot, UnhealthyCause } from '../../scheduler/snapshot';
import type { ControlPlane } from '../control-plane';
import type { PlacementFailure } from '../instances/placement';
import type { Task } from '../tasks/task';
import { completeDeployment, liveTasks, markServing, primaryOf } from './deployments';
import { enterStage } from './lifecycle';
import { expireHook } from './lifecycle-hooks';
import { failDeployment } from './rollback';
import type { Service } from './service';
import { serviceEvents } from './service-events';
import { shiftTraffic } from './traffic';

/** Carries out what a scheduler step decided, and writes its events. */
export function perform(plane: ControlPlane, service: Service, snapshot: ServiceSnapshot, plan: Plan): void {
  for (const action of plan.actions) performOne(plane, service, snapshot, action);
  const primary = service.deployments[0];
  if (primary !== undefined && service.status === 'ACTIVE') {
    primary.desiredCount = Math.min(
      service.desiredCount,
      Math.max(primary.desiredCount, liveTasks(service, primary.id)),
    );
  }
  for (const deployment of service.deployments.slice(1))
    deployment.desiredCount = liveTasks(service, deployment.id);
}

function performOne(plane: ControlPlane, service: Service, snapshot: ServiceSnapshot, action: Action): void {
  const primary = primaryOf(service);
  switch (action.type) {
    case 'start':
      start(plane, service, action);
      return;
    case 'stop':
      stopForScaling(plane, service, action.taskIds);
      return;
    case 'stop-unhealthy':
      stopUnhealthy(plane, service, snapshot, action.taskIds);
      return;
    case 'stop-pending':
      for (const task of tasksOf(plane, service, action.taskIds)) stopTask(plane, task);
      plane.events.add(service, serviceEvents.stoppedPending(action.taskIds.length));
      return;
    case 'register':
      register(plane, service, tasksOf(plane, service, action.taskIds));
      return;
    case 'deregister':
      deregister(plane, service, tasksOf(plane, service, action.taskIds));
      return;
    case 'fail':
      failDeployment(plane, service, action);
      return;
    case 'enter-stage':
      enterStage(plane, service, action.stage, action.step);
      return;
    case 'shift-traffic':
      shiftTraffic(plane, service, action);
      return;
    case 'invoke-hook': {
      const { serviceDeployment } = primary;
      const run = serviceDeployment.hooks.find(({ id }) => id === action.hookId);
      if (run !== undefined) plane.hookRunner.invoke(service, serviceDeployment, run);
      return;
    }
    case 'expire-hook':
      expireHook(primary.serviceDeployment, action.hookId);
      return;
    case 'serving':
      markServing(plane, service);
      return;
    case 'bake':
      primary.bakingSince = plane.clock.now();
      return;
    case 'complete':
      completeDeployment(plane, service);
      return;
    case 'retire':
      service.deployments = service.deployments.filter((deployment) => deployment.id !== action.deploymentId);
      return;
    case 'count-failures':
      primary.failedTasks = action.failedTasks;
      primary.updatedAt = plane.clock.now();
      primary.serviceDeployment.breaker.failureCount = action.failedTasks;
      return;
    case 'back-off':
      primary.launchBackOff = { rounds: action.rounds, until: action.until };
      if (action.rounds === 0) plane.events.resolve(service, serviceEvents.unableToStart());
      if (action.until > plane.clock.now()) plane.events.addOnce(service, serviceEvents.unableToStart());
      return;
    case 'stuck':
      plane.events.addOnce(service, serviceEvents.stuck());
      return;
    case 'protected':
      plane.events.addOnce(service, serviceEvents.protectedFromScaleIn(primary.id));
      return;
  }
}

function start(plane: ControlPlane, service: Service, action: Action & { type: 'start' }): void {
  const deployment = service.deployments.find(({ id }) => id === action.deploymentId) ?? primaryOf(service);
  const started: Task[] = [];
  let failure: PlacementFailure | undefined;
  while (started.length < action.count && failure === undefined) {
    const answer = plane.launcher.launchForService(service, deployment);
    if ('failure' in answer) failure = answer.failure;
    else started.push(answer.task);
  }
  if (started.length > 0) {
    plane.events.resolve(service, 'was unable to place a task');
    plane.events.resolve(service, serviceEvents.noInstanceOfProvider());
    plane.events.resolve(service, serviceEvents.stuck());
    plane.events.add(service, serviceEvents.started(started, Math.min(action.replacing, started.length)));
  }
  if (failure !== undefined) plane.events.addOnce(service, serviceEvents.notPlaced(failure));
}

function stopForScaling(plane: ControlPlane, service: Service, taskIds: readonly string[]): void {
  const tasks = tasksOf(plane, service, taskIds);
  for (const task of tasks) stopTask(plane, task);
  plane.events.resolve(service, serviceEvents.stuck());
  plane.events.add(service, serviceEvents.stopped(tasks));
}

function stopTask(plane: ControlPlane, task: Task): void {
  plane.launcher.stop(
    task,
    'ServiceSchedulerInitiated',
    `Scaling activity initiated by (deployment ${task.deploymentId})`,
  );
}

function stopUnhealthy(
  plane: ControlPlane,
  service: Service,
  snapshot: ServiceSnapshot,
  taskIds: readonly string[],
): void {
  const causes = new Map<string, UnhealthyCause>();
  for (const task of snapshot.tasks)
    if (typeof task.health === 'object') causes.set(task.id, task.health.unhealthy);
  const tasks = tasksOf(plane, service, taskIds);
  for (const task of tasks) {
    const cause = causes.get(task.id) ?? { kind: 'container' };
    plane.events.add(service, serviceEvents.unhealthy(task, cause));
    const reason =
      cause.kind === 'container'
        ? 'Task failed container health checks'
        : `Task failed ELB health checks in (target-group ${cause.targetGroupArn})`;
    plane.launcher.stop(task, 'ServiceSchedulerInitiated', reason);
  }
  plane.events.add(service, serviceEvents.stopped(tasks));
}

function register(plane: ControlPlane, service: Service, tasks: readonly Task[]): void {
  const counts = new Map<string, number>();
  for (const task of tasks) {
    task.targets = 'registered';
    for (const { targetGroupArn, targetId, port } of task.bindings) {
      plane.surroundings.registerTarget(targetGroupArn, { id: targetId, port });
      counts.set(targetGroupArn, (counts.get(targetGroupArn) ?? 0) + 1);
    }
  }
  for (const [arn, count] of counts) plane.events.add(service, serviceEvents.registered(count, arn));
}

function deregister(plane: ControlPlane, service: Service, tasks: readonly Task[]): void {
  const counts = new Map<string, number>();
  const draining = new Map<string, number>();
  for (const task of tasks) {
    task.targets = 'draining';
    let delay = 0;
    for (const { targetGroupArn, targetId, port } of task.bindings) {
      plane.surroundings.deregisterTarget(targetGroupArn, { id: targetId, port });
      delay = Math.max(
        delay,
        (plane.surroundings.targetGroup(targetGroupArn)?.deregistrationDelay ?? 0) * 1000,
      );
      counts.set(targetGroupArn, (counts.get(targetGroupArn) ?? 0) + 1);
    }
    if (task.lastStatus === 'DEACTIVATING') {
      draining.set(task.deploymentId ?? '', (draining.get(task.deploymentId ?? '') ?? 0) + 1);
    }
    if (task.lastStatus === 'STOPPED') service.tasks.delete(task);
    else plane.launcher.drain(task, delay);
  }
  for (const [arn, count] of counts) plane.events.add(service, serviceEvents.deregistered(count, arn));
  for (const [deploymentId, count] of draining) plane.events.draining(service, deploymentId, count);
}

function tasksOf(plane: ControlPlane, service: Service, taskIds: readonly string[]): Task[] {
  const { tasks } = plane.clusterOf(service);
  return taskIds.flatMap((id) => tasks.get(id) ?? []);
}
