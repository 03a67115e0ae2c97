import {
  ContinueServiceDeploymentCommand,
  type DeploymentLifecycleHookDetail,
  type ServiceDeployment,
} from '@aws-sdk/client-ecs';
import { isException } from '../aws/ecs';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import type { Target } from '../target';
import { noService } from './active-service';
import { currentDeployment, type CurrentDeployment } from './current-deployment';
import { asRollback } from './go-back';
import { pollSeconds } from './follow';
import { joinDeployment } from './join';
import { openService, type OpenService } from './open-service';
import { exitCodeOf } from './outcome';
import { hookSentence, waitingHooks } from './pause-hooks';
import type { DoneResult, Result } from './result';
import { readRunning, type Running } from './running';
import { noteStop } from './stopped-by';
import { pause } from './watch';

export interface ContinueOptions {
  action: 'CONTINUE' | 'ROLLBACK';
  /** One of several that wait. */
  hook: string | undefined;
  dryRun: boolean;
  detach: boolean;
  timeoutSeconds: number;
  until: 'serving' | 'drained';
}

/** Answers the pause hooks that a deployment waits for, and follows it to its end. */
export async function continueDeployment(
  context: Context,
  target: Target,
  options: ContinueOptions,
): Promise<Result> {
  const opened = openService(context, target);
  const { ecs, name, place } = opened;
  const running = await readRunning(ecs, name);
  if (running === undefined) throw noService(name);
  const { current, deployment, waiting } = await paused(context, opened, running, options.hook);
  const { action } = options;
  for (const hook of waiting)
    context.sink({ type: 'phase', phase: 'continue', message: hookSentence(deployment, hook) });
  const done = (outcome: DoneResult['outcome'], message: string): DoneResult => ({
    kind: 'done',
    command: 'continue',
    outcome,
    message,
    data: { place, deploymentId: current.deploymentId, hooks: waiting.map(({ hookId }) => hookId), action },
    exitCode: 0,
  });
  const what = action === 'CONTINUE' ? 'go on' : 'be rolled back';
  if (options.dryRun) return done('planned', `deployment ${current.deploymentId} would be told to ${what}`);
  if (context.signal.aborted)
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');
  if (action === 'ROLLBACK')
    await noteStop(context, opened.poller, running.service.serviceArn, current.deploymentId, undefined);
  for (const { hookId } of waiting) {
    await answer(opened, current.arn, hookId, action);
    // What is rolled back asks no more.
    if (action === 'ROLLBACK') break;
  }
  const told = `deployment ${current.deploymentId} was told to ${what}`;
  context.sink({ type: 'phase', phase: 'continue', message: told });
  if (options.detach) return done('started', `${told}; this run does not wait for it`);
  const result = await joinDeployment(context, target, opened, running, current, {
    command: 'continue',
    timeoutSeconds: options.timeoutSeconds,
    until: options.until,
    ...(action === 'ROLLBACK' ? { stoppedByThisRun: true } : {}),
  });
  if (action === 'CONTINUE') return result;
  const outcome = asRollback(result.outcome, result.seconds);
  return { ...result, outcome, exitCode: exitCodeOf(outcome) };
}

interface Paused {
  current: CurrentDeployment;
  deployment: ServiceDeployment;
  waiting: readonly DeploymentLifecycleHookDetail[];
}

/** @throws SlipwayError NOTHING_TO_CONTINUE that says what there is instead */
async function paused(
  context: Context,
  opened: OpenService,
  running: Running,
  hook: string | undefined,
): Promise<Paused> {
  const { name, serviceDeployments } = opened;
  let current = await currentDeployment(opened, running);
  // A deployment that has only begun is in DescribeServices a moment before it is listed.
  for (let looks = 0; current !== undefined && current.arn === undefined && looks < 5; looks += 1) {
    if (!serviceDeployments.isAvailable) break;
    await pause(pollSeconds(context.env), context.signal);
    current = await currentDeployment(opened, (await readRunning(opened.ecs, name)) ?? running);
  }
  if (current === undefined)
    throw nothing(
      `nothing is in progress: ${name.service} in ${name.cluster} runs ${running.release.taskDefinition}`,
    );
  const deployment = current.arn === undefined ? undefined : await serviceDeployments.describe(current.arn);
  if (deployment === undefined)
    throw nothing(
      `this endpoint does not say what deployment ${current.deploymentId} waits for: it has no service deployments`,
    );
  const waiting = waitingHooks(deployment);
  const chosen = hook === undefined ? waiting : waiting.filter(({ hookId }) => hookId === hook);
  if (chosen.length > 0) return { current, deployment, waiting: chosen };
  const stage = deployment.lifecycleStage === undefined ? '' : ` at ${deployment.lifecycleStage}`;
  if (hook !== undefined && waiting.length > 0)
    throw nothing(
      `no hook ${hook} waits; there waits ${waiting.map(({ hookId }) => hookId ?? '').join(', ')}`,
    );
  throw nothing(
    `deployment ${current.deploymentId} is in progress (${deployment.status ?? 'unknown'}${stage}) and waits for nobody`,
  );
}

function nothing(message: string): SlipwayError {
  return new SlipwayError('NOTHING_TO_CONTINUE', message, {
    hint: 'only a deployment that a PAUSE lifecycle hook holds can be continued; "slipway status" shows whether one does',
  });
}

async function answer(
  { ecs, name }: OpenService,
  serviceDeploymentArn: string | undefined,
  hookId: string | undefined,
  action: ContinueOptions['action'],
): Promise<void> {
  try {
    await ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action }));
  } catch (error) {
    // Somebody else answered, or its time was over.
    if (!isException(error, 'InvalidParameterException', 'ClientException')) throw error;
    throw new SlipwayError(
      'NOTHING_TO_CONTINUE',
      `ECS took no answer to ${hookId ?? 'the hook'} of ${name.service}: ${error.message}`,
      { hint: '"slipway status" shows what waits now', cause: error },
    );
  }
}
