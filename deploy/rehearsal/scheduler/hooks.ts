import type { Action } from './plan';

/** A lifecycle hook that runs at the present stage. All instants are milliseconds of the clock. */
export interface HookSnapshot {
  id: string;
  targetType: 'AWS_LAMBDA' | 'PAUSE';
  /** AWAITING_ACTION is a pause that nobody has ended; IN_PROGRESS a function that has not decided. */
  status: 'AWAITING_ACTION' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** When the function is to be called (again). */
  invokeAt: number;
  /** Whether a call is under way. */
  calling: boolean;
  expiresAt: number;
  timeoutAction: 'CONTINUE' | 'ROLLBACK';
  /** Why it failed, as it stands in the status reason after `Service deployment rolled back because`. */
  failure: string | undefined;
}

export interface HookVerdict {
  state: 'passed' | 'waiting' | { failed: string };
  actions: Action[];
  /** When to look again, if nobody answers before. */
  next: number;
}

/** What the hooks of a stage say: all must pass, and one that fails or is not resolved in time decides. */
export function assessHooks(hooks: readonly HookSnapshot[], stage: string, now: number): HookVerdict {
  const actions: Action[] = [];
  const failures: string[] = [];
  let waiting = false;
  let next = Number.POSITIVE_INFINITY;
  for (const hook of hooks) {
    if (hook.status === 'FAILED') failures.push(hook.failure ?? `${stage} lifecycle hook(s) failed.`);
    if (hook.status !== 'AWAITING_ACTION' && hook.status !== 'IN_PROGRESS') continue;
    if (hook.expiresAt <= now) {
      actions.push({ type: 'expire-hook', hookId: hook.id });
      if (hook.timeoutAction === 'ROLLBACK') failures.push(timedOut(hook, stage));
      continue;
    }
    waiting = true;
    next = Math.min(next, hook.expiresAt);
    if (hook.status !== 'IN_PROGRESS' || hook.calling) continue;
    if (hook.invokeAt <= now) actions.push({ type: 'invoke-hook', hookId: hook.id });
    else next = Math.min(next, hook.invokeAt);
  }
  if (failures.length > 0) return { state: { failed: failures.join(' ') }, actions, next };
  return { state: waiting ? 'waiting' : 'passed', actions, next };
}

function timedOut(hook: HookSnapshot, stage: string): string {
  // Of a function the text is unknown at AWS.
  return hook.targetType === 'PAUSE'
    ? `${stage} pause hook timed out.`
    : `${stage} lifecycle hook(s) failed. The lifecycle hook timed out.`;
}
