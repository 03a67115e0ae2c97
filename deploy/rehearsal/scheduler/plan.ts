import type { LifecycleStage } from './lifecycle';

/** One thing for the control plane to do. They are carried out in the order in which they stand. */
export type Action =
  /** `replacing` of them stand in for unhealthy tasks. Without a deployment: in the primary one. */
  | { type: 'start'; count: number; replacing: number; deploymentId?: string }
  | { type: 'stop'; taskIds: readonly string[] }
  /** Stops tasks because of the unhealthy cause that the snapshot gives for each. */
  | { type: 'stop-unhealthy'; taskIds: readonly string[] }
  | { type: 'stop-pending'; taskIds: readonly string[] }
  | { type: 'register'; taskIds: readonly string[] }
  | { type: 'deregister'; taskIds: readonly string[] }
  /** The primary deployment has failed; `rollbackTo` is the deployment to promote again. */
  | {
      type: 'fail';
      why: FailureReason;
      /** Of `hook`, `network` and `stage-timeout`: what the status reason says of it. */
      detail?: string;
      rollback: boolean;
      rollbackTo: string | undefined;
    }
  /** The next stage, or the next step of the shift; its hooks begin. */
  | { type: 'enter-stage'; stage: LifecycleStage; step: number }
  /** Percent of the traffic that the primary deployment is to have; the source has the rest. */
  | { type: 'shift-traffic'; production?: number; test?: number }
  | { type: 'invoke-hook'; hookId: string }
  | { type: 'expire-hook'; hookId: string }
  /** The new version takes all traffic; what is left of the old one is only draining. */
  | { type: 'serving' }
  | { type: 'bake' }
  | { type: 'complete' }
  /** An ACTIVE deployment has no task left. */
  | { type: 'retire'; deploymentId: string }
  | { type: 'count-failures'; failedTasks: number }
  | { type: 'back-off'; rounds: number; until: number }
  /** Neither a start nor a stop is possible within the limits. */
  | { type: 'stuck' }
  /** More tasks are protected from scale-in than are to run. */
  | { type: 'protected' };

export type FailureReason =
  'circuit-breaker' | 'alarm' | 'requested' | 'aborted' | 'hook' | 'network' | 'stage-timeout';

export interface Plan {
  actions: readonly Action[];
  /** At its desired number of healthy tasks, nothing left to do. */
  steady: boolean;
  /** When to look again: one step from now, at an instant, or only when something changes. */
  next: 'step' | 'change' | number;
}
