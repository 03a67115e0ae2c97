import { describeTaskDefinition } from '../aws/ecs';
import type { Context } from '../context';
import type { Target } from '../target';
import type { CurrentDeployment } from './current-deployment';
import { follow } from './follow';
import { waitCommand } from './next-command';
import type { OpenService } from './open-service';
import { exitCodeOf, type Outcome, type Release } from './outcome';
import { recordOf } from './record';
import { redactor } from './redact';
import type { DeploymentResult } from './result';
import { releaseOf, settledTaskDefinition, type Running } from './running';

export interface JoinOptions {
  command: 'wait' | 'continue';
  timeoutSeconds: number;
  until: 'serving' | 'drained';
  /** This run has asked for the rollback that is to be seen. */
  stoppedByThisRun?: boolean;
}

/** Follows a deployment that somebody else started. Ctrl-C ends the watching, not the deployment. */
export async function joinDeployment(
  context: Context,
  target: Target,
  { ecs, poller, name, place, serviceDeployments }: OpenService,
  running: Running,
  current: CurrentDeployment,
  options: JoinOptions,
): Promise<DeploymentResult> {
  const release = await releaseOfDeployment(ecs, current);
  const settled = settledTaskDefinition(running.service);
  const { outcome, serving, seconds } = await follow({
    ecs,
    poller,
    context,
    name,
    region: target.region,
    started: { ...current, release },
    previous: settled,
    onInterrupt: 'leave',
    serviceDeployments,
    timeoutSeconds: options.timeoutSeconds,
    until: options.until,
    environment: place.environment,
    redact: redactor(target.outputs),
    ...(options.stoppedByThisRun === undefined ? {} : { stoppedByThisRun: options.stoppedByThisRun }),
  });
  const result = joinedResult(place, options.command, outcome, { serving, seconds });
  if (outcome.kind !== 'in-progress') return result;
  return { ...result, follow: waitCommand(context, target, current.deploymentId) };
}

export function joinedResult(
  place: OpenService['place'],
  command: JoinOptions['command'],
  outcome: Outcome,
  { serving, seconds }: Pick<DeploymentResult, 'serving' | 'seconds'>,
): DeploymentResult {
  const exitCode = exitCodeOf(outcome);
  return {
    kind: 'deployment',
    command,
    place,
    outcome,
    exitCode,
    replaced: undefined,
    serving,
    changes: [],
    seconds,
    goBack: undefined,
  };
}

/** What a deployment brings. */
export async function releaseOfDeployment(
  ecs: OpenService['ecs'],
  { taskDefinitionArn, deploymentId }: Pick<CurrentDeployment, 'taskDefinitionArn' | 'deploymentId'>,
): Promise<Release> {
  const described = await describeTaskDefinition(ecs, taskDefinitionArn);
  const release =
    described === undefined
      ? releaseOf({ taskDefinitionArn }, undefined)
      : releaseOf(described.taskDefinition, recordOf(described.tags));
  return { ...release, deploymentId };
}
