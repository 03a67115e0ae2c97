import type { ECSClient } from '@aws-sdk/client-ecs';
import { describeTaskDefinition, revisionName } from '../aws/ecs';
import { explain } from './explain';
import type { Explanation, Outcome, Release, RolledBackBy, Successor } from './outcome';
import { recordOf } from './record';
import { revisionNumber } from './revisions';
import { releaseOf } from './running';
import { readStoppedBy } from './stopped-by';
import type { Watch } from './watch';
import type { FollowInput } from './watch-input';

/** What a watch has come to, with the evidence that belongs to it. */
export async function outcomeOf(input: FollowInput, watched: Watch): Promise<Outcome> {
  const { release } = input.started;
  const { verdict } = watched;
  switch (verdict.kind) {
    case 'live':
      return {
        kind: 'live',
        release,
        servingSeconds: watched.servingSeconds ?? watched.seconds,
        drainedSeconds: verdict.drained ? watched.seconds : undefined,
        ...(watched.service?.desiredCount === 0 ? { scaledToZero: true } : {}),
      };
    case 'rolled-back':
      return {
        kind: 'rolled-back',
        by: verdict.by,
        ...(verdict.by === 'person'
          ? { person: await readStoppedBy(input.ecs, input.name, input.started.deploymentId) }
          : {}),
        reason: verdict.reason,
        release,
        back: await releaseNamed(input.ecs, verdict.to),
        explanation: await explanationOf(input, watched, verdict.reason, verdict.by),
      };
    case 'superseded':
      return {
        kind: 'superseded',
        by: verdict.by,
        successor: await successorOf(input, watched, verdict.by),
        release,
        explanation: watched.stoppedTasks.length === 0 ? undefined : await explanationOf(input, watched, ''),
      };
    case 'unfit':
      return { kind: 'failed', reason: verdict.explanation.cause, release, explanation: verdict.explanation };
    case 'hopeless':
    case 'failed':
      return {
        kind: 'failed',
        reason: verdict.reason,
        release,
        explanation: await explanationOf(input, watched, verdict.reason),
      };
    case 'timeout': {
      const reason = `${stateAtTimeout(watched)} after ${Math.round(input.timeoutSeconds)} s`;
      const why = watched.rollingBack?.reason ?? reason;
      const explanation = await explanationOf(input, watched, why, watched.rollingBack?.by);
      return { kind: 'in-progress', reason, release, explanation };
    }
    case 'interrupted':
      return { kind: 'cancelled', reason: 'interrupted', release };
  }
}

function stateAtTimeout({ servingSeconds, rollingBack }: Watch): string {
  if (rollingBack !== undefined) return `ECS rolls it back (${rollingBack.reason}), and has not finished`;
  return servingSeconds === undefined ? 'not finished' : 'it serves all traffic, but old tasks still drain';
}

/** Why it went as it went, from what was seen and what can be looked up. */
export async function explanationOf(
  { context, region, redact }: FollowInput,
  watched: Watch,
  reason: string,
  rolledBackBy?: RolledBackBy,
): Promise<Explanation> {
  context.sink({
    type: 'phase',
    phase: 'explain',
    message: 'reading stopped tasks, logs and target health',
  });
  const { service, deployment, serviceDeployment, stoppedTasks, logs, events } = watched;
  return explain({
    place: { region, env: context.env },
    service,
    deployment,
    serviceDeployment,
    stoppedTasks,
    logs,
    events,
    reason,
    redact,
    ...(rolledBackBy === undefined ? {} : { rolledBackBy }),
  });
}

export async function releaseNamed(ecs: ECSClient, arn: string | undefined): Promise<Release | undefined> {
  if (arn === undefined) return undefined;
  const described = await describeTaskDefinition(ecs, arn).catch(() => undefined);
  return described && releaseOf(described.taskDefinition, recordOf(described.tags));
}

/**
 * What the deployment brings that took our place. Its revision's record says who released it: who superseded us, unless
 * it goes back to a revision that was there before ours. Then it is who wrote down that they went back.
 */
async function successorOf(
  { ecs, name, started }: FollowInput,
  { service }: Watch,
  id: string,
): Promise<Successor | undefined> {
  const arn = service?.deployments?.find((deployment) => deployment.id === id)?.taskDefinition;
  if (arn === undefined) return undefined;
  const described = await describeTaskDefinition(ecs, arn).catch(() => undefined);
  const record = recordOf(described?.tags ?? []);
  const isNewer = revisionNumber(arn) > revisionNumber(started.taskDefinitionArn);
  const who = isNewer ? record : await readStoppedBy(ecs, name, started.deploymentId);
  return {
    taskDefinition: revisionName(arn),
    gitSha: record.gitSha,
    actor: who?.actor,
    runUrl: who?.runUrl,
  };
}
