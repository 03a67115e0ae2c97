import type { Action, Plan } from './plan';
import type { ServiceSnapshot } from './snapshot';
import type { Tally } from './tally';

export function isSettled(service: ServiceSnapshot, tasks: Tally): boolean {
  return (
    tasks.old.length === 0 &&
    tasks.primary.length === service.desiredCount &&
    tasks.primary.every((task) => task.phase === 'running' && task.ready)
  );
}

/**
 * Whether as many new tasks are healthy as early success asks for; with BLOCKING the old ones must be gone too.
 * Source: DeploymentEarlySuccessCriteria, ECS API reference.
 */
export function succeedsEarly(service: ServiceSnapshot, tasks: Tally): boolean {
  const criteria = service.primary.earlySuccess;
  if (criteria === undefined) return false;
  const ready = tasks.primary.filter((task) => task.phase === 'running' && task.ready).length;
  const needed = Math.ceil((service.desiredCount * criteria.healthyPercent) / 100);
  return ready >= needed && (criteria.cleanup === 'DEFERRED' || tasks.old.length === 0);
}

/** The primary deployment runs all it must and the old tasks have been told to stop, or may go later. */
export function finish(service: ServiceSnapshot, tasks: Tally, now: number, actions: Action[]): Plan {
  const { primary } = service;
  const settled = isSettled(service, tasks);
  const deferred = !settled && primary.earlySuccess?.cleanup === 'DEFERRED';
  const drained = deferred || tasks.stopping.every((task) => task.deploymentId === primary.id);
  const baked = primary.bakingSince !== undefined && now - primary.bakingSince >= primary.bake;
  // What succeeds early does so after its bake time.
  if (!primary.serving && (primary.earlySuccess === undefined || primary.bake === 0 || baked))
    actions.push({ type: 'serving' });
  if (!drained) return { actions, steady: false, next: 'step' };
  if (primary.bake > 0 && !baked) {
    if (primary.bakingSince === undefined) actions.push({ type: 'bake' });
    return { actions, steady: false, next: 'step' };
  }
  actions.push({ type: 'complete' });
  return { actions, steady: settled, next: 'step' };
}
