import { assessHooks, type HookVerdict } from './hooks';
import { isBefore, stageAfter, type LifecycleSnapshot, type LifecycleStage } from './lifecycle';
import type { Action, Plan } from './plan';
import { holdsTasks, registrations } from './registrations';
import { backward } from './shift-back';
import { canServe, isScaled, liveTasks, maintain, scaleUp, stopAll } from './shift-tasks';
import type { ServiceSnapshot } from './snapshot';

/** What a step of the stages decided. `failed` ends the deployment. */
export interface StageStep {
  actions: Action[];
  /** The instant at which the stage can go on by itself. */
  next: number;
  failed?: { why: 'hook' | 'network' | 'stage-timeout'; detail: string };
  /** All is done but for what drains. */
  cleaning: boolean;
}

/**
 * One step of a deployment that shifts traffic between two revisions: at most one stage further, so that each can be
 * seen for as long as a step at least.
 * Source: "Amazon ECS blue/green, linear and canary deployments", developer guide.
 */
export function shiftStep(
  service: ServiceSnapshot,
  lifecycle: LifecycleSnapshot,
  mayStart: boolean,
  now: number,
): StageStep {
  const { stage } = lifecycle;
  const verdict = assessHooks(lifecycle.hooks, stage ?? '', now);
  const { trafficProblem } = lifecycle;
  if (trafficProblem !== undefined)
    return { actions: [], next: now, failed: { why: 'network', detail: trafficProblem }, cleaning: false };
  if (lifecycle.direction === 'back') return backward(service, lifecycle, verdict, mayStart, now);
  const failed = (why: 'hook' | 'network' | 'stage-timeout', detail: string): StageStep => ({
    actions: verdict.actions,
    next: now,
    failed: { why, detail },
    cleaning: false,
  });
  if (typeof verdict.state === 'object') return failed('hook', verdict.state.failed);

  const next = isDone(service, lifecycle, verdict, now)
    ? stageAfter(lifecycle, needsReconciling(service, lifecycle))
    : undefined;
  if (next?.stage === 'PRE_SCALE_UP' && lifecycle.networkProblem !== undefined)
    return failed('network', lifecycle.networkProblem);
  const entered = next !== undefined && mayEnter(service, next.stage) ? next : undefined;
  const limit = stageDeadline(lifecycle);
  if (entered === undefined && now >= limit)
    return failed('stage-timeout', `the ${stage} lifecycle stage timed out.`);

  const actions: Action[] = [...verdict.actions];
  // First the traffic: the hooks of the stage are told who has it now.
  if (entered !== undefined)
    actions.push(...onEntry(lifecycle, entered), { type: 'enter-stage', ...entered });
  const current = entered?.stage ?? stage;
  actions.push(...keepTasks(service, lifecycle, current, mayStart));
  const rest = restEnds(lifecycle);
  const looks = Math.min(verdict.next, limit, rest > now ? rest : Number.POSITIVE_INFINITY);
  return { actions, next: looks, cleaning: stage === 'CLEAN_UP' };
}

/** Whether a deployment other than the primary and its source still holds tasks or traffic. */
export function needsReconciling(service: ServiceSnapshot, lifecycle: LifecycleSnapshot): boolean {
  return (
    lifecycle.trafficElsewhere > 0 ||
    service.activeDeployments.some((id) => id !== lifecycle.source && holdsTasks(service, id))
  );
}

function isDone(
  service: ServiceSnapshot,
  lifecycle: LifecycleSnapshot,
  verdict: HookVerdict,
  now: number,
): boolean {
  if (verdict.state !== 'passed' || now < restEnds(lifecycle)) return false;
  switch (lifecycle.stage) {
    case 'RECONCILE_SERVICE':
      return !needsReconciling(service, lifecycle);
    case 'SCALE_UP':
      return isScaled(service, service.primary.id);
    case 'CLEAN_UP':
      return false;
    default:
      return true;
  }
}

/** Traffic goes only to a revision that is there in full; and only then can the other one go. */
function mayEnter(service: ServiceSnapshot, stage: LifecycleStage): boolean {
  switch (stage) {
    case 'TEST_TRAFFIC_SHIFT':
    case 'PRODUCTION_TRAFFIC_SHIFT':
    case 'CLEAN_UP':
      return isScaled(service, service.primary.id);
    default:
      return true;
  }
}

function onEntry(
  lifecycle: LifecycleSnapshot,
  { stage, step }: { stage: LifecycleStage; step: number },
): Action[] {
  if (stage === 'TEST_TRAFFIC_SHIFT') return [{ type: 'shift-traffic', test: 100 }];
  if (stage === 'PRODUCTION_TRAFFIC_SHIFT')
    return [{ type: 'shift-traffic', production: lifecycle.steps[step] ?? 100 }];
  return [];
}

/** How long a stage lasts though nothing is left to be done in it. */
function restEnds({
  stage,
  stageSince,
  step,
  steps,
  stepBake,
  bake,
  networkDelay,
}: LifecycleSnapshot): number {
  switch (stage) {
    case 'PRE_SCALE_UP':
    case 'TEST_TRAFFIC_SHIFT':
      return stageSince + networkDelay;
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return stageSince + Math.max(networkDelay, step < steps.length - 1 ? stepBake : 0);
    case 'BAKE_TIME':
      return stageSince + bake;
    default:
      return stageSince;
  }
}

/** A pause has its own time limit, and what only rests has none. */
function stageDeadline(lifecycle: LifecycleSnapshot): number {
  const { stage, stageSince, stageLimit, deadline, hooks } = lifecycle;
  if (stage === undefined || stage === 'CLEAN_UP') return Number.POSITIVE_INFINITY;
  if (hooks.some(({ status }) => status === 'AWAITING_ACTION')) return deadline;
  return Math.min(deadline, Math.max(stageSince, restEnds(lifecycle)) + stageLimit);
}

function keepTasks(
  service: ServiceSnapshot,
  lifecycle: LifecycleSnapshot,
  stage: LifecycleStage | undefined,
  mayStart: boolean,
): Action[] {
  const { source } = lifecycle;
  const actions: Action[] = [];
  if (stage === 'RECONCILE_SERVICE') actions.push(...reconcile(service, lifecycle));
  const superseded = liveTasks(service, (id) => id !== source && id !== service.primary.id);
  actions.push(...stopAll(superseded.filter(({ phase }) => phase === 'pending')));
  if (source !== undefined) {
    actions.push(
      ...(stage === 'CLEAN_UP'
        ? stopAll(liveTasks(service, (id) => id === source))
        : maintain(service, source, true)),
    );
  }
  if (!isBefore(stage, 'SCALE_UP')) actions.push(...scaleUp(service, mayStart));
  return actions;
}

/**
 * All traffic back to the revision that is to be the source; what else runs goes, and frees its target group, but not
 * while it stands in for tasks of the source.
 */
export function reconcile(service: ServiceSnapshot, lifecycle: LifecycleSnapshot): Action[] {
  const { source, trafficElsewhere } = lifecycle;
  const superseded = liveTasks(service, (id) => id !== source && id !== service.primary.id);
  const stopped = stopAll(superseded.filter(({ phase }) => phase === 'running'));
  if (source === undefined) return stopped;
  if (trafficElsewhere > 0)
    return canServe(service, source) ? [{ type: 'shift-traffic', production: 0, test: 0 }, ...stopped] : [];
  return isScaled(service, source) ? stopped : [];
}

/** A deployment that has failed and is not rolled back: what serves is kept, nothing else moves. */
export function holdFailed(service: ServiceSnapshot, lifecycle: LifecycleSnapshot): Action[] {
  const { source } = lifecycle;
  const kept = source === undefined || lifecycle.direction === 'back' ? [] : maintain(service, source, true);
  return [...kept, ...scaleUp(service, false), ...registrations(service)];
}

/** When to look at a deployment again that has just been stepped. */
export function nextLook(
  service: ServiceSnapshot,
  lifecycle: LifecycleSnapshot,
  step: { actions: readonly Action[]; next: number },
  backOffUntil: number,
  now: number,
): Plan['next'] {
  const moving = service.tasks.some(
    (task) => task.phase === 'pending' || task.phase === 'stopping' || task.health === 'undecided',
  );
  if (step.actions.length > 0 || moving || lifecycle.watchesAlarms) return 'step';
  const next = Math.min(step.next, backOffUntil > now ? backOffUntil : Number.POSITIVE_INFINITY);
  return Number.isFinite(next) ? next : 'change';
}
