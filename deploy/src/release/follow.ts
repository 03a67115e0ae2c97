import type { ECSClient, Service, TaskDefinition } from '@aws-sdk/client-ecs';
import { describeTaskDefinition, revisionName, type ServiceName } from '../aws/ecs';
import type { Context } from '../context';
import { explain } from './explain';
import type { Explanation, Outcome, Release } from './outcome';
import { recordOf } from './record';
import type { Redact } from './redact';
import type { Serving } from './result';
import { releaseOf } from './running';
import type { ServiceDeployments } from './service-deployments';
import type { Started } from './start';
import { stopRelease, type Stopped } from './stop';
import { watch, type Watch } from './watch';

export interface FollowInput {
  ecs: ECSClient;
  poller: ECSClient;
  context: Context;
  name: ServiceName;
  region: string;
  started: Started;
  /** ARN of the revision that ran before: where to go back to on Ctrl-C. */
  previous: string | undefined;
  /** What Ctrl-C does: a rollback is left to go on. */
  onInterrupt: 'roll-back' | 'leave';
  serviceDeployments: ServiceDeployments;
  timeoutSeconds: number;
  until: 'serving' | 'drained';
  redact: Redact;
  /** The deployment is one that this run has asked ECS to roll back. */
  stoppedByThisRun?: boolean;
}

export interface Followed {
  outcome: Outcome;
  serving: readonly Serving[];
  seconds: number;
}

/** Follows a deployment to its outcome, with the evidence that belongs to it. Ctrl-C rolls it back first. */
export async function follow(input: FollowInput): Promise<Followed> {
  const { context, timeoutSeconds, until } = input;
  const { sink } = context;
  const back = input.previous === undefined || input.onInterrupt === 'leave' ? '' : '; Ctrl-C rolls it back';
  sink({
    type: 'phase',
    phase: 'watch',
    message: `waiting until it is ${until}, at most ${Math.round(timeoutSeconds)} s${back}`,
  });
  const watched = await watch(watchInput(input, context.signal));
  if (watched.verdict.kind === 'interrupted') return interrupted(input, watched);
  return {
    outcome: await outcomeOf(input, watched),
    serving: servingOf(watched.service),
    seconds: watched.seconds,
  };
}

function watchInput(input: FollowInput, signal: AbortSignal) {
  const {
    poller,
    context,
    name,
    started,
    serviceDeployments,
    timeoutSeconds,
    until,
    stoppedByThisRun = false,
  } = input;
  const { deploymentId, taskDefinitionArn, baseline } = started;
  const common = { ecs: poller, name, serviceDeployments, sink: context.sink, signal, timeoutSeconds, until };
  return {
    ...common,
    deploymentId,
    taskDefinitionArn,
    baseline,
    stoppedByThisRun,
    pollSeconds: pollSeconds(context.env),
  };
}

/** SLIPWAY_POLL_SECONDS, by default 2. */
export function pollSeconds(env: Context['env']): number {
  const seconds = Number(env.SLIPWAY_POLL_SECONDS);
  return env.SLIPWAY_POLL_SECONDS && Number.isFinite(seconds) && seconds > 0 ? seconds : 2;
}

async function outcomeOf(input: FollowInput, watched: Watch): Promise<Outcome> {
  const { release } = input.started;
  const { verdict } = watched;
  switch (verdict.kind) {
    case 'live':
      return {
        kind: 'live',
        release,
        servingSeconds: watched.servingSeconds ?? watched.seconds,
        drainedSeconds: verdict.drained ? watched.seconds : undefined,
      };
    case 'rolled-back':
      return {
        kind: 'rolled-back',
        by: verdict.by,
        reason: verdict.reason,
        release,
        back: await releaseNamed(input.ecs, verdict.to),
        explanation: await evidence(input, watched, verdict.reason),
      };
    case 'superseded':
      return {
        kind: 'superseded',
        by: verdict.by,
        release,
        explanation: watched.stoppedTasks.length === 0 ? undefined : await evidence(input, watched, ''),
      };
    case 'failed':
      return {
        kind: 'failed',
        reason: verdict.reason,
        release,
        explanation: await evidence(input, watched, verdict.reason),
      };
    case 'timeout': {
      const what =
        watched.servingSeconds === undefined
          ? 'not finished'
          : 'it serves all traffic, but old tasks still drain';
      const reason = `${what} after ${Math.round(input.timeoutSeconds)} s`;
      return { kind: 'in-progress', reason, release, explanation: await evidence(input, watched, reason) };
    }
    case 'interrupted':
      return { kind: 'cancelled', reason: 'interrupted', release };
  }
}

async function evidence(input: FollowInput, watched: Watch, reason: string): Promise<Explanation> {
  input.context.sink({
    type: 'phase',
    phase: 'explain',
    message: 'reading stopped tasks, logs and target health',
  });
  const described = await describeTaskDefinition(input.ecs, input.started.taskDefinitionArn).catch(
    () => undefined,
  );
  const taskDefinition: TaskDefinition | undefined = described?.taskDefinition;
  const { service, stoppedTasks, events } = watched;
  const { redact, region, context } = input;
  return explain({ env: context.env, region, service, taskDefinition, stoppedTasks, events, reason, redact });
}

/** Ctrl-C: goes back, follows that to its end, and says what became of it. */
async function interrupted(input: FollowInput, watched: Watch): Promise<Followed> {
  const { ecs, name, started, previous, serviceDeployments, context } = input;
  const { release } = started;
  if (input.onInterrupt === 'leave') {
    const reason = `interrupted; deployment ${started.deploymentId} goes on in ECS`;
    return {
      outcome: { kind: 'cancelled', reason, release },
      serving: servingOf(watched.service),
      seconds: watched.seconds,
    };
  }
  const arn = watched.serviceDeploymentArn;
  const stopped = await stopRelease({
    ecs,
    name,
    serviceDeploymentArn: arn,
    previous,
    serviceDeployments,
    sink: context.sink,
  });
  const rest = await afterStop(withSeenEvents(input, watched.service), stopped);
  const outcome: Outcome = {
    kind: 'cancelled',
    reason: `interrupted; ${cancelledReason(stopped, rest, previous)}`,
    release,
  };
  return {
    outcome,
    serving: servingOf(rest?.service ?? watched.service),
    seconds: watched.seconds + (rest?.seconds ?? 0),
  };
}

/** What the first watch has said, the second one does not say again. */
function withSeenEvents(input: FollowInput, service: Service | undefined): FollowInput {
  const { started } = input;
  const events = new Set([...started.baseline.events, ...(service?.events ?? []).map(({ id }) => id ?? '')]);
  return { ...input, started: { ...started, baseline: { ...started.baseline, events } } };
}

async function afterStop(input: FollowInput, stopped: Stopped): Promise<Watch | undefined> {
  // The signal is aborted already; what it asked for is done, and the way back is followed to its end.
  const unsignalled = new AbortController().signal;
  if (stopped.how === 'nothing') return undefined;
  if (stopped.how === 'stop-deployment')
    return watch({ ...watchInput(input, unsignalled), stoppedByThisRun: true });
  return watch({ ...watchInput({ ...input, started: { ...input.started, ...stopped } }, unsignalled) });
}

function cancelledReason(stopped: Stopped, rest: Watch | undefined, previous: string | undefined): string {
  if (stopped.how === 'nothing') return stopped.reason;
  const verdict = rest?.verdict;
  if (verdict?.kind === 'rolled-back' && stopped.how === 'stop-deployment') {
    return `rolled back to ${revisionName(verdict.to ?? previous ?? '')}`;
  }
  if (verdict?.kind === 'live') {
    return stopped.how === 'update-service'
      ? `rolled back to ${revisionName(previous ?? '')}`
      : 'it was live before it could be rolled back';
  }
  return `the rollback to ${revisionName(previous ?? '')} was started and has not finished (${verdict?.kind ?? 'unknown'})`;
}

async function releaseNamed(ecs: ECSClient, arn: string | undefined): Promise<Release | undefined> {
  if (arn === undefined) return undefined;
  const described = await describeTaskDefinition(ecs, arn).catch(() => undefined);
  return described && releaseOf(described.taskDefinition, recordOf(described.tags));
}

/** What has running tasks, most first. */
export function servingOf(service: Service | undefined): Serving[] {
  const counts = new Map<string, number>();
  for (const { taskDefinition = '', runningCount = 0 } of service?.deployments ?? []) {
    const name = revisionName(taskDefinition);
    if (runningCount > 0) counts.set(name, (counts.get(name) ?? 0) + runningCount);
  }
  return [...counts]
    .map(([taskDefinition, runningCount]) => ({ taskDefinition, runningCount }))
    .sort((one, other) => other.runningCount - one.runningCount);
}
