import { assessHooks } from './hooks';
import type { LifecycleSnapshot, LifecycleStage } from './lifecycle';
import type { Action } from './plan';
import { needsReconciling, reconcile, type StageStep } from './shift';
import { liveTasks, maintain, stopAll } from './shift-tasks';
import type { ServiceSnapshot } from './snapshot';

/**
 * A rolling update with hooks, before its first task starts: what ran before is kept as it is until they have passed.
 * Undefined once it may roll. Traffic that was being shifted when it came goes back to what completed last. Which
 * stages a rolling update has is unknown at AWS, but that PRE_SCALE_UP comes before the first task was seen; here it
 * also has RECONCILE_SERVICE before and POST_SCALE_UP after.
 */
export function holdRolling(
  service: ServiceSnapshot,
  lifecycle: LifecycleSnapshot,
  now: number,
): StageStep | undefined {
  const { stage, source } = lifecycle;
  if (stage === 'SCALE_UP' || stage === 'POST_SCALE_UP') return undefined;
  if (lifecycle.trafficProblem !== undefined) {
    const failed = { why: 'network', detail: lifecycle.trafficProblem } as const;
    return { actions: [], next: now, failed, cleaning: false };
  }
  const verdict = assessHooks(lifecycle.hooks, stage ?? '', now);
  const { state } = verdict;
  if (typeof state === 'object')
    return { ...verdict, failed: { why: 'hook', detail: state.failed }, cleaning: false };
  const actions: Action[] = [...verdict.actions];
  const reconciling = stage === 'RECONCILE_SERVICE' && lifecycle.reconciles;
  const done = state === 'passed' && !(reconciling && needsReconciling(service, lifecycle));
  const limit = reconciling ? lifecycle.stageSince + lifecycle.stageLimit : Number.POSITIVE_INFINITY;
  if (!done && now >= limit) {
    const detail = `the ${stage} lifecycle stage timed out.`;
    return { actions, next: now, failed: { why: 'stage-timeout', detail }, cleaning: false };
  }
  if (reconciling) actions.push(...reconcile(service, lifecycle));
  if (done) actions.push({ type: 'enter-stage', stage: stageAhead(service, lifecycle), step: 0 });
  if (source !== undefined) actions.push(...maintain(service, source, true));
  const superseded = liveTasks(service, (id) => id !== source && id !== service.primary.id);
  actions.push(...stopAll(superseded.filter(({ phase }) => phase === 'pending')));
  return { actions, next: Math.min(verdict.next, limit), cleaning: false };
}

/** The same after the last old task was told to stop; undefined once the update may end. */
export function holdScaledUp(lifecycle: LifecycleSnapshot, now: number): StageStep | undefined {
  const { stage } = lifecycle;
  if (stage !== 'POST_SCALE_UP') {
    const actions: Action[] = [{ type: 'enter-stage', stage: 'POST_SCALE_UP', step: 0 }];
    return { actions, next: now, cleaning: false };
  }
  const verdict = assessHooks(lifecycle.hooks, stage, now);
  if (typeof verdict.state === 'object')
    return { ...verdict, failed: { why: 'hook', detail: verdict.state.failed }, cleaning: false };
  return verdict.state === 'passed' && verdict.actions.length === 0
    ? undefined
    : { actions: verdict.actions, next: verdict.next, cleaning: false };
}

function stageAhead(service: ServiceSnapshot, { stage, reconciles }: LifecycleSnapshot): LifecycleStage {
  if (stage === undefined)
    return reconciles || service.activeDeployments.length > 1 ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP';
  return stage === 'RECONCILE_SERVICE' ? 'PRE_SCALE_UP' : 'SCALE_UP';
}
