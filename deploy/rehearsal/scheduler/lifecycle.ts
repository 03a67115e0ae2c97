import type { HookSnapshot } from './hooks';

/**
 * The stages of a service deployment, in their order. DescribeServiceDeployments has no
 * PRE_PRODUCTION_TRAFFIC_SHIFT: only hooks know it.
 * Source: "Amazon ECS blue/green service deployments workflow", developer guide.
 */
export const lifecycleStages = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const;

export type LifecycleStage = (typeof lifecycleStages)[number];

/** Where a deployment with stages is. Times are milliseconds. */
export interface LifecycleSnapshot {
  /** `rolling`: a rolling update that has hooks; it has no traffic to shift. */
  kind: 'shift' | 'rolling';
  /** `back`: the primary deployment is the old one again, and the failed one is its source. */
  direction: 'forward' | 'back';
  /** Undefined before the first. */
  stage: LifecycleStage | undefined;
  stageSince: number;
  /** Which of the steps PRODUCTION_TRAFFIC_SHIFT is at. */
  step: number;
  /** Percent of the production traffic that the primary deployment has after each step; the last is 100. */
  steps: readonly number[];
  /** How long a step but the last is watched. */
  stepBake: number;
  /** How long both revisions run after the shift. */
  bake: number;
  /** How long stages that come before or with a shift last at least, for the sake of network load balancers. */
  networkDelay: number;
  /** How long a stage may last before the deployment fails. */
  stageLimit: number;
  /** Until when the deployment must have ended. */
  deadline: number;
  /** The deployment that has the traffic before the shift; the failed one on the way back. */
  source: string | undefined;
  /** Percent of the traffic that the primary deployment has now. */
  traffic: { production: number; test: number };
  /** Of a rolling update: it has replaced one that was shifting traffic, which has to be undone first. */
  reconciles: boolean;
  /** The most percent of production or test traffic that a deployment has which is neither the primary nor the source. */
  trafficElsewhere: number;
  /** Back: stages that had been reached, and whose hooks run again. */
  undo: readonly LifecycleStage[];
  /** Stages for which there are hooks. */
  hookStages: readonly LifecycleStage[];
  /** The hooks of this stage. */
  hooks: readonly HookSnapshot[];
  /** Alarms are to be asked at every step. */
  watchesAlarms: boolean;
  /** Why the load balancers cannot be used as they are; looked at before the first task starts. */
  networkProblem: string | undefined;
  /** Why traffic could not be moved. */
  trafficProblem: string | undefined;
}

/** Percent of the production traffic after each step. Source: LinearConfiguration and CanaryConfiguration, ECS API. */
export function trafficSteps(
  shape: { strategy: 'BLUE_GREEN' } | { strategy: 'LINEAR' | 'CANARY'; percent: number },
): number[] {
  if (shape.strategy === 'BLUE_GREEN' || shape.percent >= 100) return [100];
  if (shape.strategy === 'CANARY') return [shape.percent, 100];
  // Counted in tenths, because 3 * 33.3 is not 99.9 in floating point.
  const tenths = Math.round(shape.percent * 10);
  const steps: number[] = [];
  for (let reached = tenths; reached < 1000; reached += tenths) steps.push(reached / 10);
  return [...steps, 100];
}

/** What comes after a stage of a deployment that shifts traffic; undefined after the last. */
export function stageAfter(
  lifecycle: LifecycleSnapshot,
  reconcile: boolean,
): { stage: LifecycleStage; step: number } | undefined {
  const { stage, step, steps } = lifecycle;
  if (stage === undefined) return { stage: reconcile ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP', step: 0 };
  if (stage === 'POST_TEST_TRAFFIC_SHIFT') return productionStep(lifecycle, 0);
  if (stage === 'PRODUCTION_TRAFFIC_SHIFT' && step < steps.length - 1)
    return productionStep(lifecycle, step + 1);
  const next = lifecycleStages[lifecycleStages.indexOf(stage) + 1];
  return next && { stage: next, step };
}

/** Without a hook nothing happens before a step. */
function productionStep(
  { hookStages }: LifecycleSnapshot,
  step: number,
): { stage: LifecycleStage; step: number } {
  const before = 'PRE_PRODUCTION_TRAFFIC_SHIFT';
  return { stage: hookStages.includes(before) ? before : 'PRODUCTION_TRAFFIC_SHIFT', step };
}

export function isBefore(stage: LifecycleStage | undefined, other: LifecycleStage): boolean {
  return stage === undefined || lifecycleStages.indexOf(stage) < lifecycleStages.indexOf(other);
}
