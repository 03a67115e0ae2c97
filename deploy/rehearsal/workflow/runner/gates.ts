import { globExpression } from '../../images/ignore';
import { evaluate, evaluateText, isTruthy, type Scope } from '../language/evaluate';
import { isMap, textAt, type Template } from '../language/template';
import type { DeploymentRecord, JobRecord } from '../report/records';
import type { World } from '../world';
import type { WorkflowRun } from './run';

/**
 * Waits for a place in the group of `concurrency:`.
 * @param cancel is called when another takes the place.
 * @returns what gives the place up; undefined where it was lost while waiting.
 */
export async function enterGroup(
  world: World,
  concurrency: Template | undefined,
  scope: Scope,
  signal: AbortSignal,
  cancel: (reason: string) => void,
): Promise<(() => void) | undefined> {
  if (concurrency === undefined || concurrency === null) return () => undefined;
  const name = evaluateText(isMap(concurrency) ? concurrency.group : concurrency, scope);
  const cancels = isMap(concurrency) ? (concurrency['cancel-in-progress'] ?? false) : false;
  return world.groups.enter(
    {
      name,
      cancelInProgress: isTruthy(evaluate(cancels, scope)),
      queue: textAt(concurrency, 'queue') === 'max' ? 'max' : 'single',
    },
    signal,
    cancel,
  );
}

export type Passage =
  { passed: true } | { passed: false; conclusion: 'failure' | 'cancelled'; reason: string };

/** Whether the rules of an environment let a job run: first its branches, then its reviewers. */
export async function passEnvironment(
  run: WorkflowRun,
  job: JobRecord,
  environment: string,
  deployment: DeploymentRecord | undefined,
  signal: AbortSignal,
): Promise<Passage> {
  const { world } = run;
  const settings = world.environment(environment);
  const branch = run.event.ref.replace(/^refs\/heads\//, '');
  if (settings.branches?.some((pattern) => globExpression(pattern).test(branch)) === false) {
    return {
      passed: false,
      conclusion: 'failure',
      reason: `Branch "${branch}" is not allowed to deploy to ${environment} due to environment protection rules.`,
    };
  }
  if (settings.reviewers.length === 0) return { passed: true };
  if (deployment !== undefined) world.records.setState(deployment, 'waiting');
  job.reason = `waits for the approval of ${environment}`;
  const decision = await run.approval(environment, job, signal);
  delete job.reason;
  if (decision === undefined)
    return { passed: false, conclusion: 'cancelled', reason: `canceled while it waited for ${environment}` };
  if (decision === 'approved') return { passed: true };
  return {
    passed: false,
    conclusion: 'failure',
    reason: `The deployment to ${environment} was rejected by ${settings.reviewers[0]}.`,
  };
}
