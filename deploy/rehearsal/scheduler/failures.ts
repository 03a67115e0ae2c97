import { countFailures, failureThreshold } from './circuit-breaker';
import { lowerLimit } from './limits';
import type { Action, FailureReason, Plan } from './plan';
import { registrations } from './registrations';
import { canServe } from './shift-tasks';
import type { ServiceSnapshot } from './snapshot';
import { ids, isUnhealthy, type Tally } from './tally';

/** Counts the failures of the primary deployment, and says whether something ends it. */
export function watchFailures(
  service: ServiceSnapshot,
  tasks: Tally,
): { actions: Action[]; why: FailureReason | undefined } {
  const { primary } = service;
  if (!isWatched(service)) return { actions: [], why: undefined };
  const unhealthy = tasks.primary.filter((task) => isUnhealthy(task) && !task.protected).length;
  const failedTasks = countFailures(
    primary.failedTasks,
    service.observations,
    unhealthy,
    service.breaker.resetOnHealthyTask,
  );
  const counted: Action[] =
    failedTasks === primary.failedTasks ? [] : [{ type: 'count-failures', failedTasks }];
  return { actions: counted, why: failureReason(service, failedTasks) };
}

/** A deployment that shifts traffic is watched until it has succeeded, a rolling one until it is COMPLETED. */
function isWatched({ primary }: ServiceSnapshot): boolean {
  const done = primary.lifecycle?.kind === 'shift' && primary.serving;
  return primary.rolloutState === 'IN_PROGRESS' && !done;
}

/**
 * Ends the primary deployment. Of one that shifts traffic the source gets all of it back at once, if it is still
 * there.
 */
export function failPlan(
  service: ServiceSnapshot,
  tasks: Tally,
  failure: { why: FailureReason; detail?: string },
  before: readonly Action[],
): Plan {
  const actions: Action[] = [...before];
  const rollback = rollsBack(service, failure.why);
  const rollbackTo = rollback ? candidate(service) : undefined;
  const unhealthy = tasks.primary.filter(isUnhealthy);
  const least = lowerLimit(service.desiredCount, service.minimumHealthyPercent);
  // As AWS's logs show: where too few are healthy, the broken task stays until its successor is.
  const staying = rollback && tasks.healthy < least;
  if (unhealthy.length > 0 && !staying) actions.push({ type: 'stop-unhealthy', taskIds: ids(unhealthy) });
  actions.push({ type: 'fail', ...failure, rollback, rollbackTo });
  if (rollbackTo !== undefined && canTakeBack(service))
    actions.push({ type: 'shift-traffic', production: 100, test: 100 });
  actions.push(...registrations(service));
  return { actions, steady: false, next: 'step' };
}

/** Where a rollback goes. One that fails itself has nowhere to go. */
function candidate(service: ServiceSnapshot): string | undefined {
  const { lifecycle } = service.primary;
  if (lifecycle?.kind !== 'shift') return service.rollbackCandidate;
  return lifecycle.direction === 'forward' ? lifecycle.source : undefined;
}

function canTakeBack(service: ServiceSnapshot): boolean {
  const { lifecycle } = service.primary;
  if (lifecycle?.kind !== 'shift' || lifecycle.stage === 'CLEAN_UP') return false;
  const { traffic, trafficElsewhere } = lifecycle;
  const shifted = traffic.production > 0 || traffic.test > 0 || trafficElsewhere > 0;
  return shifted && canServe(service, lifecycle.source);
}

function failureReason(service: ServiceSnapshot, failedTasks: number): FailureReason | undefined {
  const { stopRequested, alarmed } = service.primary;
  if (stopRequested !== undefined) return stopRequested === 'abort' ? 'aborted' : 'requested';
  const { breaker } = service;
  if (breaker.enable && failedTasks > 0 && failedTasks >= failureThreshold(breaker, service.desiredCount)) {
    return 'circuit-breaker';
  }
  return alarmed ? 'alarm' : undefined;
}

function rollsBack(service: ServiceSnapshot, why: FailureReason): boolean {
  switch (why) {
    case 'requested':
    case 'hook':
    case 'network':
    case 'stage-timeout':
      return true;
    case 'aborted':
      return false;
    case 'alarm':
      return service.primary.alarmRollback;
    case 'circuit-breaker':
      return service.breaker.rollback;
  }
}
