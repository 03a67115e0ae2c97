import { nextBackOff, type BackOffSettings } from './back-off';
import { countFailures, failureThreshold } from './circuit-breaker';
import type { Action, FailureReason, Plan } from './plan';
import { moveActions, rollingMoves } from './rolling';
import type { ServiceSnapshot } from './snapshot';
import { ids, isUnhealthy, tally, type Tally } from './tally';

/**
 * What the service scheduler does in one step. Pure: the same snapshot at the same instant gives the same plan.
 * @param now milliseconds of the clock.
 */
export function schedule(service: ServiceSnapshot, now: number, settings: BackOffSettings): Plan {
  const tasks = tally(service);
  if (service.draining) return drain(service, tasks);
  const { primary } = service;
  const deploying = primary.rolloutState === 'IN_PROGRESS';
  const actions: Action[] = [];

  const unhealthy = deploying ? tasks.primary.filter(isUnhealthy) : [];
  const failedTasks = deploying
    ? countFailures(
        primary.failedTasks,
        service.observations,
        unhealthy.filter((task) => !task.protected).length,
        service.breaker.resetOnHealthyTask,
      )
    : primary.failedTasks;
  if (failedTasks !== primary.failedTasks) actions.push({ type: 'count-failures', failedTasks });

  const why = deploying ? failureReason(service, failedTasks) : undefined;
  if (why !== undefined) {
    if (unhealthy.length > 0) actions.push({ type: 'stop-unhealthy', taskIds: ids(unhealthy) });
    const rollback = rollsBack(service, why);
    const rollbackTo = rollback ? service.rollbackCandidate : undefined;
    actions.push({ type: 'fail', why, rollback, rollbackTo }, ...registrations(service));
    return { actions, steady: false, next: 'step' };
  }

  const backOff = nextBackOff(primary.launchBackOff, service.observations, now, settings);
  if (backOff.rounds !== primary.launchBackOff.rounds || backOff.until !== primary.launchBackOff.until) {
    actions.push({ type: 'back-off', ...backOff });
  }
  const pausing = backOff.until > now;
  const mayStart = primary.rolloutState !== 'FAILED' && !pausing;
  const superseded = tasks.old.filter((task) => task.phase === 'pending');
  const moves = moveActions(rollingMoves(service, tasks, mayStart), superseded);
  actions.push(...moves, ...registrations(service));
  for (const deploymentId of service.activeDeployments) {
    if (!holdsTasks(service, deploymentId)) actions.push({ type: 'retire', deploymentId });
  }

  const atRest = moves.length === 0;
  const settled = atRest && isSettled(service, tasks);
  if (deploying && settled) return finish(service, tasks, now, actions);

  const steady = settled && primary.rolloutState === 'COMPLETED' && actions.length === 0;
  if (steady) return { actions, steady, next: 'change' };
  if (actions.length > 0) return { actions, steady, next: 'step' };
  if (isStuck(service, tasks, mayStart)) return { actions: [{ type: 'stuck' }], steady, next: 'change' };
  if (primary.rolloutState === 'FAILED') return { actions, steady, next: 'change' };
  return { actions, steady, next: pausing ? backOff.until : 'step' };
}

/** The primary deployment runs all it should and the old tasks have been told to stop. */
function finish(service: ServiceSnapshot, tasks: Tally, now: number, actions: Action[]): Plan {
  const { primary } = service;
  if (!primary.serving) actions.push({ type: 'serving' });
  const drained = tasks.stopping.every((task) => task.deploymentId === primary.id);
  if (!drained) return { actions, steady: false, next: 'step' };
  if (primary.bake > 0) {
    if (primary.bakingSince === undefined) {
      actions.push({ type: 'bake' });
      return { actions, steady: false, next: 'step' };
    }
    if (now - primary.bakingSince < primary.bake) return { actions, steady: false, next: 'step' };
  }
  actions.push({ type: 'complete' });
  return { actions, steady: true, next: 'step' };
}

function failureReason(service: ServiceSnapshot, failedTasks: number): FailureReason | undefined {
  if (service.primary.rollbackRequested) return 'requested';
  const { breaker } = service;
  if (breaker.enable && failedTasks > 0 && failedTasks >= failureThreshold(breaker, service.desiredCount)) {
    return 'circuit-breaker';
  }
  return service.primary.alarmed ? 'alarm' : undefined;
}

function rollsBack(service: ServiceSnapshot, why: FailureReason): boolean {
  switch (why) {
    case 'requested':
      return true;
    case 'alarm':
      return service.primary.alarmRollback;
    case 'circuit-breaker':
      return service.breaker.rollback;
  }
}

function isSettled(service: ServiceSnapshot, tasks: Tally): boolean {
  return (
    tasks.old.length === 0 &&
    tasks.primary.length === service.desiredCount &&
    tasks.primary.every((task) => task.phase === 'running' && task.ready)
  );
}

/** Work is left, all tasks are healthy, nothing is under way, and still nothing may be started or stopped. */
function isStuck(service: ServiceSnapshot, tasks: Tally, mayStart: boolean): boolean {
  const moving =
    tasks.stopping.length > 0 || [...tasks.primary, ...tasks.old].some((task) => task.health !== 'healthy');
  const wanting = tasks.old.length > 0 || tasks.primary.length !== service.desiredCount;
  return mayStart && wanting && !moving;
}

function registrations(service: ServiceSnapshot): Action[] {
  const missing = service.tasks.filter((task) => task.phase === 'running' && task.targets === 'missing');
  const leaving = service.tasks.filter(
    (task) => (task.phase === 'stopping' || task.phase === 'stopped') && task.targets === 'registered',
  );
  const actions: Action[] = [];
  if (missing.length > 0) actions.push({ type: 'register', taskIds: ids(missing) });
  if (leaving.length > 0) actions.push({ type: 'deregister', taskIds: ids(leaving) });
  return actions;
}

function holdsTasks(service: ServiceSnapshot, deploymentId: string): boolean {
  return service.tasks.some((task) => task.deploymentId === deploymentId && task.phase !== 'stopped');
}

/** A deleted service: every task is stopped, none is started. */
function drain(service: ServiceSnapshot, tasks: Tally): Plan {
  const live = [...tasks.primary, ...tasks.old];
  const actions = moveActions({ starts: 0, replacing: 0, stopUnhealthy: [], stop: live }, []);
  actions.push(...registrations(service));
  return { actions, steady: false, next: actions.length > 0 ? 'step' : 'change' };
}
