import type { HookVerdict } from './hooks';
import type { LifecycleSnapshot, LifecycleStage } from './lifecycle';
import type { Action } from './plan';
import type { StageStep } from './shift';
import { isScaled, liveTasks, maintain, stopAll } from './shift-tasks';
import type { ServiceSnapshot } from './snapshot';

/**
 * One step of a rollback: the traffic is back at once, unless the old revision has to be started again first. Then
 * the hooks of the shifts that had been made run again, and the failed revision goes. What they answer does not stop
 * it; what it does at AWS is unknown.
 */
export function backward(
  service: ServiceSnapshot,
  lifecycle: LifecycleSnapshot,
  verdict: HookVerdict,
  mayStart: boolean,
  now: number,
): StageStep {
  const { stage, stageSince, stageLimit } = lifecycle;
  const { id } = service.primary;
  const actions: Action[] = [...verdict.actions];
  const restored = lifecycle.traffic.production === 100 && lifecycle.traffic.test === 100;
  let entered: LifecycleStage | undefined;
  if (!restored) {
    if (stage !== 'SCALE_UP') entered = 'SCALE_UP';
    else if (isScaled(service, id)) actions.push({ type: 'shift-traffic', production: 100, test: 100 });
    else if (now - stageSince >= stageLimit) {
      const detail = `the ${stage} lifecycle stage timed out.`;
      return { actions, next: now, failed: { why: 'stage-timeout', detail }, cleaning: false };
    }
  } else if (verdict.state !== 'waiting' && stage !== 'CLEAN_UP') entered = stageBack(lifecycle);
  if (entered !== undefined) actions.push({ type: 'enter-stage', stage: entered, step: 0 });

  const others = liveTasks(service, (deploymentId) => deploymentId !== id);
  const going =
    (entered ?? stage) === 'CLEAN_UP' ? others : others.filter(({ phase }) => phase === 'pending');
  actions.push(...maintain(service, id, mayStart), ...stopAll(going));
  const next = Math.min(
    verdict.next,
    stage === 'SCALE_UP' ? stageSince + stageLimit : Number.POSITIVE_INFINITY,
  );
  return { actions, next, cleaning: stage === 'CLEAN_UP' };
}

function stageBack({ stage, undo }: LifecycleSnapshot): LifecycleStage {
  const at = stage === undefined ? -1 : undo.indexOf(stage);
  return undo[at + 1] ?? 'CLEAN_UP';
}
