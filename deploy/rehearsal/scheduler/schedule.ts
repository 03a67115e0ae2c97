import { nextBackOff, type BackOffSettings } from './back-off';
import { failPlan, watchFailures } from './failures';
import { finish, isSettled, succeedsEarly } from './finish';
import { holdRolling, holdScaledUp } from './hold';
import type { LifecycleSnapshot } from './lifecycle';
import type { Action, Plan } from './plan';
import { holdsTasks, registrations } from './registrations';
import { moveActions, rollingMoves } from './rolling';
import { holdFailed, nextLook, shiftStep, type StageStep } from './shift';
import type { ServiceSnapshot } from './snapshot';
import { tally, type Tally } from './tally';

/**
 * What the service scheduler does in one step. Pure: the same snapshot at the same instant gives the same plan.
 * @param now milliseconds of the clock.
 */
export function schedule(service: ServiceSnapshot, now: number, settings: BackOffSettings): Plan {
  const tasks = tally(service);
  if (service.draining) return drain(service, tasks);
  const { primary } = service;
  const deploying = primary.rolloutState === 'IN_PROGRESS';
  const watched = watchFailures(service, tasks);
  const actions = watched.actions;
  if (watched.why !== undefined) return failPlan(service, tasks, { why: watched.why }, actions);

  const backOff = nextBackOff(primary.launchBackOff, service.observations, now, settings);
  if (backOff.rounds !== primary.launchBackOff.rounds || backOff.until !== primary.launchBackOff.until) {
    actions.push({ type: 'back-off', ...backOff });
  }
  const pausing = backOff.until > now;
  const mayStart = primary.rolloutState !== 'FAILED' && !pausing;
  const { lifecycle } = primary;
  if (lifecycle?.kind === 'shift' && primary.rolloutState !== 'COMPLETED')
    return shift(service, tasks, lifecycle, { actions, mayStart, backOffUntil: backOff.until, now });
  const held = lifecycle && deploying ? holdRolling(service, lifecycle, now) : undefined;
  if (lifecycle && held) return stagePlan(service, tasks, lifecycle, held, actions, backOff.until, now);

  const superseded = tasks.old.filter((task) => task.phase === 'pending');
  const moves = moveActions(rollingMoves(service, tasks, mayStart), superseded);
  actions.push(...moves, ...registrations(service));
  for (const deploymentId of service.activeDeployments) {
    if (!holdsTasks(service, deploymentId)) actions.push({ type: 'retire', deploymentId });
  }

  const atRest = moves.length === 0;
  const settled = atRest && isSettled(service, tasks);
  if (deploying && (settled || succeedsEarly(service, tasks))) {
    const waiting = lifecycle && holdScaledUp(lifecycle, now);
    return lifecycle && waiting
      ? stagePlan(service, tasks, lifecycle, waiting, actions, 0, now)
      : finish(service, tasks, now, actions);
  }

  const steady = settled && primary.rolloutState === 'COMPLETED' && actions.length === 0;
  if (steady) return { actions, steady, next: 'change' };
  if (actions.length > 0) return { actions, steady, next: 'step' };
  const guarded = [...tasks.primary, ...tasks.old].filter((task) => task.protected).length;
  if (guarded > service.desiredCount) return { actions: [{ type: 'protected' }], steady, next: 'step' };
  if (guarded === 0 && isStuck(service, tasks, mayStart))
    return { actions: [{ type: 'stuck' }], steady, next: 'change' };
  if (primary.rolloutState === 'FAILED') return { actions, steady, next: 'change' };
  return { actions, steady, next: pausing ? backOff.until : 'step' };
}

/** A step of a deployment that shifts traffic, or of its way back. */
function shift(
  service: ServiceSnapshot,
  tasks: Tally,
  lifecycle: LifecycleSnapshot,
  given: { actions: Action[]; mayStart: boolean; backOffUntil: number; now: number },
): Plan {
  const { actions, mayStart, backOffUntil, now } = given;
  if (service.primary.rolloutState === 'FAILED') {
    actions.push(...holdFailed(service, lifecycle));
    const next = nextLook(service, lifecycle, { actions, next: Number.POSITIVE_INFINITY }, 0, now);
    return { actions, steady: false, next };
  }
  const step = shiftStep(service, lifecycle, mayStart, now);
  if (!step.cleaning || step.failed !== undefined)
    return stagePlan(service, tasks, lifecycle, step, actions, backOffUntil, now);
  actions.push(...step.actions, ...registrations(service));
  const idle = service.activeDeployments.filter((id) => !holdsTasks(service, id));
  // The traffic is where it belongs: that the other revision is gone is enough.
  if (tasks.old.length === 0) {
    const plan = finish(service, tasks, now, actions);
    const completes = plan.actions.at(-1)?.type === 'complete';
    if (completes) for (const deploymentId of idle) actions.push({ type: 'retire', deploymentId });
    return plan;
  }
  return { actions, steady: false, next: 'step' };
}

/** What a stage wants done, with what goes on whatever the stage. */
function stagePlan(
  service: ServiceSnapshot,
  tasks: Tally,
  lifecycle: LifecycleSnapshot,
  step: StageStep,
  before: Action[],
  backOffUntil: number,
  now: number,
): Plan {
  const actions = [...before, ...step.actions];
  if (step.failed !== undefined) return failPlan(service, tasks, step.failed, actions);
  actions.push(...registrations(service));
  for (const deploymentId of service.activeDeployments) {
    if (deploymentId !== lifecycle.source && !holdsTasks(service, deploymentId))
      actions.push({ type: 'retire', deploymentId });
  }
  const next = nextLook(service, lifecycle, { actions, next: step.next }, backOffUntil, now);
  return { actions, steady: false, next };
}

/** Work is left, all tasks are healthy, nothing is under way, and still nothing may be started or stopped. */
function isStuck(service: ServiceSnapshot, tasks: Tally, mayStart: boolean): boolean {
  const moving =
    tasks.stopping.length > 0 || [...tasks.primary, ...tasks.old].some((task) => task.health !== 'healthy');
  const wanting = tasks.old.length > 0 || tasks.primary.length !== service.desiredCount;
  return mayStart && wanting && !moving;
}

/** A deleted service: every task is stopped, none is started. */
function drain(service: ServiceSnapshot, tasks: Tally): Plan {
  const live = [...tasks.primary, ...tasks.old];
  const actions = moveActions({ starts: 0, replacing: 0, stopUnhealthy: [], stop: live }, []);
  actions.push(...registrations(service));
  return { actions, steady: false, next: actions.length > 0 ? 'step' : 'change' };
}
