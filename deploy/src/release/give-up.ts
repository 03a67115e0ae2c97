import type { Service } from '@aws-sdk/client-ecs';
import { describeService, revisionName } from '../aws/ecs';
import type { Explanation, Outcome } from './outcome';
import { explanationOf, outcomeOf, releaseNamed } from './outcome-of';
import { primaryOf } from './running';
import { stopRelease, type Stopped } from './stop';
import { watch, type Watch } from './watch';
import { watchInput, type FollowInput } from './watch-input';

export interface GivenUp {
  outcome: Outcome;
  /** The last watch: of the way back, where there was one. */
  watched: Watch;
  /** Of both. */
  seconds: number;
}

/** Ctrl-C: goes back, follows that to its end, and says what became of it. */
export async function interrupted(input: FollowInput, watched: Watch): Promise<GivenUp> {
  const { started, previous } = input;
  const { release } = started;
  if (input.onInterrupt === 'leave') {
    const reason = `interrupted; deployment ${started.deploymentId} goes on in ECS`;
    return { outcome: { kind: 'cancelled', reason, release }, watched, seconds: watched.seconds };
  }
  const { stopped, rest } = await goBack(input, watched);
  const reason = `interrupted; ${cancelledReason(stopped, rest, previous)}`;
  return ended({ kind: 'cancelled', reason, release }, watched, rest);
}

/**
 * No task will ever start, or what serves is unfit: goes back now instead of at the timeout. Where ECS has begun to do something by itself in
 * the meantime, that is followed: there are never two rollbacks.
 */
export async function giveUp(
  input: FollowInput,
  watched: Watch,
  reason: string,
  /** Of a deployment that serves and is unfit; it may be completed already. */
  unfit?: Explanation,
): Promise<GivenUp> {
  const { ecs, name, started, context, previous } = input;
  const { release } = started;
  if (unfit !== undefined && previous === started.taskDefinitionArn) {
    const left = `${reason}; it is the revision that ran before, so there is none to go back to`;
    return ended({ kind: 'failed', reason: left, release, explanation: unfit }, watched, undefined);
  }
  const now = await describeService(ecs, name);
  const primary = now && primaryOf(now);
  const isGoing = unfit !== undefined || primary?.rolloutState === 'IN_PROGRESS';
  if (primary?.id !== started.deploymentId || !isGoing) {
    const again = withSeenEvents({ ...input, failFast: false }, watched.service);
    const rest = await watch({
      ...watchInput(again, context.signal),
      seenTasks: watched.stoppedTasks,
    });
    const together = joined(watched, rest);
    return ended(await outcomeOf(input, together), watched, together);
  }
  const why = unfit === undefined ? `without waiting any longer: ${reason}` : reason;
  context.sink({ type: 'phase', phase: 'rollback', message: why });
  const { stopped, rest } = await goBack(input, watched);
  if (stopped.how === 'nothing') {
    const explanation = unfit ?? (await explanationOf(input, watched, reason));
    const left = `${reason}; ${stopped.reason}${unfit === undefined ? '; until then ECS goes on trying' : ''}`;
    return ended({ kind: 'failed', reason: left, release, explanation }, watched, undefined);
  }
  const together = joined(watched, rest ?? watched);
  const { verdict } = together;
  const isBack =
    verdict.kind === 'rolled-back' || (verdict.kind === 'live' && stopped.how === 'update-service');
  if (!isBack) return ended(await outcomeOf(input, together), watched, together);
  const by = verdict.kind === 'rolled-back' ? verdict.by : 'this-run';
  const to = verdict.kind === 'rolled-back' ? verdict.to : previous;
  const outcome: Outcome = {
    kind: 'rolled-back',
    by,
    reason: by === 'this-run' ? reason : verdict.kind === 'rolled-back' ? verdict.reason : reason,
    release,
    back: await releaseNamed(ecs, to),
    explanation: unfit ?? (await explanationOf(input, watched, reason)),
  };
  return ended(outcome, watched, together);
}

function ended(outcome: Outcome, watched: Watch, rest: Watch | undefined): GivenUp {
  return { outcome, watched: rest ?? watched, seconds: watched.seconds + (rest?.seconds ?? 0) };
}

/** The end of the second watch, with what the first one saw. */
function joined(first: Watch, second: Watch): Watch {
  if (first === second) return first;
  const { stoppedTasks, events, deployment, logs } = first;
  return {
    ...second,
    deployment: deployment ?? second.deployment,
    stoppedTasks: [...stoppedTasks, ...second.stoppedTasks],
    events: [...second.events, ...events],
    logs,
  };
}

async function goBack(
  input: FollowInput,
  watched: Watch,
): Promise<{ stopped: Stopped; rest: Watch | undefined }> {
  const { ecs, name, previous, serviceDeployments, context } = input;
  const stopped = await stopRelease({
    ecs,
    name,
    serviceDeploymentArn: watched.serviceDeploymentArn,
    previous,
    serviceDeployments,
    sink: context.sink,
  });
  return { stopped, rest: await afterStop(withSeenEvents(input, watched.service), watched, stopped) };
}

/** What the first watch has said, the second one does not say again. */
function withSeenEvents(input: FollowInput, service: Service | undefined): FollowInput {
  const { started } = input;
  const events = new Set([...started.baseline.events, ...(service?.events ?? []).map(({ id }) => id ?? '')]);
  return { ...input, started: { ...started, baseline: { ...started.baseline, events } } };
}

async function afterStop(
  given: FollowInput,
  { stoppedTasks: seenTasks }: Watch,
  stopped: Stopped,
): Promise<Watch | undefined> {
  // A signal may be aborted already; what it asked for is done, and the way back is followed to its end.
  const unsignalled = new AbortController().signal;
  const input = { ...given, failFast: false, whenServing: undefined };
  switch (stopped.how) {
    case 'nothing':
      return undefined;
    case 'already':
      return watch({ ...watchInput(input, unsignalled), seenTasks });
    case 'stop-deployment':
      return watch({ ...watchInput(input, unsignalled), seenTasks, stoppedByThisRun: true });
    case 'update-service':
      return watch(watchInput({ ...input, started: { ...input.started, ...stopped } }, unsignalled));
  }
}

function cancelledReason(stopped: Stopped, rest: Watch | undefined, previous: string | undefined): string {
  if (stopped.how === 'nothing') return stopped.reason;
  const verdict = rest?.verdict;
  if (verdict?.kind === 'rolled-back') return `rolled back to ${revisionName(verdict.to ?? previous ?? '')}`;
  if (verdict?.kind === 'live') {
    return stopped.how === 'update-service'
      ? `rolled back to ${revisionName(previous ?? '')}`
      : 'it was live before it could be rolled back';
  }
  return `the rollback to ${revisionName(previous ?? '')} was started and has not finished (${verdict?.kind ?? 'unknown'})`;
}
