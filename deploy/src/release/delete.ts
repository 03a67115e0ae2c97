import { DeleteServiceCommand, type ECSClient, type Service } from '@aws-sdk/client-ecs';
import { applyScaling } from '../autoscaling/apply-scaling';
import { planRemoval } from '../autoscaling/plan-scaling';
import { readScaling } from '../autoscaling/read-scaling';
import { boundsText, type Scaling } from '../autoscaling/scaling';
import { describeService, isException, type ServiceName } from '../aws/ecs';
import { failureOf } from '../aws/failures';
import type { Context } from '../context';
import { exitCodes, SlipwayError, type ExitCode } from '../errors';
import type { Sink } from '../events';
import type { Target } from '../target';
import { pollSeconds } from './follow';
import { openService } from './open-service';
import type { DeleteResult } from './result';
import { pause } from './watch';

const EXIT: Readonly<Record<DeleteResult['outcome'], ExitCode>> = {
  deleted: exitCodes.live,
  unchanged: exitCodes.live,
  planned: exitCodes.live,
  'in-progress': exitCodes.timedOut,
  cancelled: exitCodes.interrupted,
};

/** A service that may be deleted. */
export interface There {
  service: Service | undefined;
  /** `service web in shop-staging (eu-west-1) and its 2 running tasks` */
  sentence: string;
  /** Where there is nothing to delete. */
  result: DeleteResult | undefined;
}

/** Looks before anything is asked or done. */
export async function whatIsThere(context: Context, target: Target): Promise<There> {
  const { ecs, name, place } = openService(context, target);
  const service = await describeService(ecs, name);
  const full = fullName(target);
  const there = service !== undefined && service.status !== 'INACTIVE';
  const count = service?.runningCount ?? 0;
  return {
    service,
    sentence: `${full} and its ${count} running task${count === 1 ? '' : 's'}`,
    result: there
      ? undefined
      : { kind: 'delete', place, outcome: 'unchanged', message: `${full} does not exist`, exitCode: 0 },
  };
}

/** Deletes one service and what scales it, as far as slipway made that. */
export async function removeService(
  context: Context,
  target: Target,
  { service, sentence }: There,
  { dryRun, timeoutSeconds }: { dryRun: boolean; timeoutSeconds: number },
): Promise<DeleteResult> {
  const { ecs, name, place } = openService(context, target);
  const finish = (outcome: DeleteResult['outcome'], message: string): DeleteResult => ({
    kind: 'delete',
    place,
    outcome,
    message,
    exitCode: EXIT[outcome],
  });
  const full = fullName(target);
  const scaling = await readScaling(context, target, service);
  const removal = planRemoval(target.serviceConfig.autoscaling !== undefined, target, scaling);
  const scaled = scaling.target === undefined ? '' : scalingSentence(scaling, removal.deregister);
  if (dryRun) return finish('planned', `${sentence} would be deleted${scaled}`);

  context.sink({ type: 'phase', phase: 'delete', message: full });
  const input = { ecs, name, sink: context.sink, signal: context.signal, timeoutSeconds };
  const outcome = await deleteService({ ...input, pollSeconds: pollSeconds(context.env) });
  await applyScaling(context, target, removal).catch((error: unknown) => {
    if (!(error instanceof SlipwayError)) throw error;
    const message = `what scaled ${name.service} is still there: ${error.message}`;
    context.sink({ type: 'note', level: 'warning', message });
  });
  const messages = {
    deleted: `${full} is deleted${scaled}`,
    'in-progress': `${full} is still being deleted; ECS goes on with it`,
    cancelled: `interrupted; ${full} is still being deleted, ECS goes on with it`,
  };
  return finish(outcome, messages[outcome]);
}

function fullName({ service, cluster, region }: Target): string {
  return `service ${service} in ${cluster} (${region})`;
}

function scalingSentence(scaling: Scaling, goes: boolean): string {
  return goes
    ? ', with its autoscaling'
    : `; its autoscaling (${boundsText(scaling) ?? ''}) was not made by slipway and stays`;
}

export interface DeleteInput {
  ecs: ECSClient;
  name: ServiceName;
  sink: Sink;
  signal: AbortSignal;
  pollSeconds: number;
  timeoutSeconds: number;
}

/**
 * Deletes a service with its tasks and waits until it is INACTIVE: only then can what it stands on be destroyed.
 * With `force` ECS scales it to none by itself.
 */
export async function deleteService(input: DeleteInput): Promise<'deleted' | 'in-progress' | 'cancelled'> {
  const { ecs, name, sink, signal, pollSeconds, timeoutSeconds } = input;
  try {
    await ecs.send(new DeleteServiceCommand({ ...name, force: true }));
  } catch (error) {
    // Deleted by somebody else in the meantime; the wait below sees it.
    if (!isException(error, 'ServiceNotFoundException', 'ServiceNotActiveException')) throw error;
  }
  const deadline = performance.now() + timeoutSeconds * 1000;
  let last = '';
  for (;;) {
    const service = await describeService(ecs, name).catch((error: unknown) => {
      if (['throttled', 'server', 'network'].includes(failureOf(error)) && performance.now() < deadline)
        return 'unanswered' as const;
      throw error;
    });
    if (service === undefined || (service !== 'unanswered' && service.status === 'INACTIVE'))
      return 'deleted';
    const left =
      service === 'unanswered' ? last : `${service.status}, ${service.runningCount ?? 0} tasks left`;
    if (left !== last) sink({ type: 'phase', phase: 'delete', message: left });
    last = left;
    if (performance.now() >= deadline) return 'in-progress';
    if (signal.aborted) return 'cancelled';
    await pause(pollSeconds, signal);
  }
}
