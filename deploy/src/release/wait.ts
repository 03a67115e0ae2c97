import type { ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Context } from '../context';
import { exitCodes, SlipwayError } from '../errors';
import type { Target } from '../target';
import { noService } from './active-service';
import { currentDeployment, deploymentIdOf } from './current-deployment';
import { servingOf } from './follow';
import { joinDeployment, joinedResult, releaseOfDeployment } from './join';
import { NO_CANDIDATE, rolledBackBy } from './judge';
import { openService, type OpenService } from './open-service';
import type { Outcome } from './outcome';
import type { DeploymentResult, DoneResult } from './result';
import { taskDefinitionsOf } from './revisions';
import { primaryOf, readRunning, type Running } from './running';

export interface WaitOptions {
  /** `ecs-svc/...`: this one and no other, even if it has ended. */
  deployment: string | undefined;
  timeoutSeconds: number;
  until: 'serving' | 'drained';
}

/** Follows what is in progress to its end; where nothing is, says what runs and how the last deployment ended. */
export async function wait(
  context: Context,
  target: Target,
  options: WaitOptions,
): Promise<DeploymentResult | DoneResult> {
  const opened = openService(context, target);
  const { ecs, name, place } = opened;
  const running = await readRunning(ecs, name);
  if (running === undefined) throw noService(name);
  const current = await currentDeployment(opened, running);
  const { deployment: wanted } = options;
  if (current !== undefined && (wanted === undefined || wanted === current.deploymentId))
    return joinDeployment(context, target, opened, running, current, { command: 'wait', ...options });
  if (wanted === undefined) return nothingInProgress(opened, running);

  const ended = await find(opened, wanted);
  if (ended === undefined) {
    throw new SlipwayError('USAGE', `service ${name.service} has no deployment ${wanted}`, {
      hint:
        current === undefined
          ? 'nothing is in progress; "slipway history" lists what was'
          : `${current.deploymentId} is in progress`,
    });
  }
  const outcome = await outcomeOf(opened, ended, wanted);
  return joinedResult(place, 'wait', outcome, { serving: servingOf(running.service), seconds: 0 });
}

async function nothingInProgress(opened: OpenService, { service, release }: Running): Promise<DoneResult> {
  const { name, place, serviceDeployments } = opened;
  const [last] = (await serviceDeployments.list(1)) ?? [];
  const status = last?.status ?? primaryOf(service)?.rolloutState ?? 'unknown';
  const how = NO_CANDIDATE.test(last?.statusReason ?? '')
    ? 'failed, and there was nothing to go back to'
    : HOW[status];
  const tasks = `${service.runningCount ?? 0} of ${service.desiredCount ?? 0} tasks run`;
  const before = how === undefined ? '' : `; the last deployment ${how}`;
  return {
    kind: 'done',
    command: 'wait',
    outcome: 'unchanged',
    message: `nothing is in progress: ${name.service} in ${name.cluster} runs ${release.taskDefinition}, ${tasks}${before}`,
    data: { place, release, lastStatus: status },
    exitCode: exitCodes.live,
  };
}

const HOW: Readonly<Record<string, string>> = {
  ROLLBACK_SUCCESSFUL: 'was rolled back',
  ROLLBACK_FAILED: 'failed, and so did its rollback',
  STOPPED: 'was stopped',
  FAILED: 'failed',
};

async function find(
  { serviceDeployments }: OpenService,
  deploymentId: string,
): Promise<ServiceDeployment | undefined> {
  const listed = (await serviceDeployments.list(100)) ?? [];
  const arn = listed.find((each) => deploymentIdOf(each) === deploymentId)?.serviceDeploymentArn;
  return arn === undefined ? undefined : serviceDeployments.describe(arn);
}

/** How a deployment ended, long after: without the tasks and logs that nobody keeps. */
async function outcomeOf(
  { ecs }: OpenService,
  deployment: ServiceDeployment,
  deploymentId: string,
): Promise<Outcome> {
  const target = deployment.targetServiceRevision?.arn ?? '';
  const back = deployment.rollback?.serviceRevisionArn;
  const found = await taskDefinitionsOf(ecs, back === undefined ? [target] : [target, back]);
  const releaseIn = (revision: string, id: string) =>
    releaseOfDeployment(ecs, { taskDefinitionArn: found.get(revision) ?? '', deploymentId: id });
  const release = await releaseIn(target, deploymentId);
  const reason = deployment.statusReason ?? 'ECS gives no reason';
  const explanation = {
    cause: reason,
    fix: undefined,
    stoppedTasks: [],
    certainty: 'certain' as const,
    targetHealth: [],
    events: [],
  };
  switch (deployment.status) {
    case 'SUCCESSFUL': {
      const seconds = secondsOf(deployment);
      return { kind: 'live', release, servingSeconds: seconds, drainedSeconds: seconds };
    }
    case 'ROLLBACK_SUCCESSFUL':
      return {
        kind: 'rolled-back',
        by: rolledBackBy(deployment, [reason, deployment.rollback?.reason ?? '']),
        reason,
        release,
        back: back === undefined ? undefined : await releaseIn(back, ''),
        explanation,
      };
    case 'STOPPED':
      return /replaced by a new/i.test(reason)
        ? { kind: 'superseded', by: 'a newer deployment', release, explanation: undefined }
        : { kind: 'failed', reason, release, explanation };
    default:
      return { kind: 'failed', reason, release, explanation };
  }
}

function secondsOf({ createdAt, finishedAt }: ServiceDeployment): number {
  return createdAt === undefined || finishedAt === undefined ? 0 : (+finishedAt - +createdAt) / 1000;
}
