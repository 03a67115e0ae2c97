import type { ECSClient } from '@aws-sdk/client-ecs';
import type { ServiceName } from '../aws/ecs';
import type { Context } from '../context';
import { taskLook } from './look-at-tasks';
import type { Explanation } from './outcome';
import type { Redact } from './redact';
import type { ServiceDeployments } from './service-deployments';
import type { Started } from './start';
import type { Watched } from './watch';

export interface FollowInput {
  ecs: ECSClient;
  poller: ECSClient;
  context: Context;
  name: ServiceName;
  region: string;
  /** Of the config; for the commands that are said. */
  environment?: string | undefined;
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
  /** Roll back as soon as it is certain that no task will ever start. */
  failFast?: boolean;
  /** Looks at what serves; what it finds wrong rolls the deployment back. */
  whenServing?: (() => Promise<Explanation | undefined>) | undefined;
}

export function watchInput(input: FollowInput, signal: AbortSignal): Watched {
  const { poller, context, name, region, environment, started, stoppedByThisRun = false } = input;
  const { serviceDeployments, timeoutSeconds, until, failFast = false } = input;
  const { deploymentId, taskDefinitionArn, baseline } = started;
  return {
    ecs: poller,
    name,
    serviceDeployments,
    sink: context.sink,
    signal,
    timeoutSeconds,
    until,
    deploymentId,
    taskDefinitionArn,
    baseline,
    stoppedByThisRun,
    failFast,
    whenServing: input.whenServing,
    place: { region, env: context.env },
    continueCommand: ['slipway continue', environment].filter(Boolean).join(' '),
    pollSeconds: pollSeconds(context.env),
    look: context.isTerminal ? taskLook({ poller, name, region, deploymentId, context }) : undefined,
  };
}

/** SLIPWAY_POLL_SECONDS, by default 2. */
export function pollSeconds(env: Context['env']): number {
  const seconds = Number(env.SLIPWAY_POLL_SECONDS);
  return env.SLIPWAY_POLL_SECONDS && Number.isFinite(seconds) && seconds > 0 ? seconds : 2;
}
