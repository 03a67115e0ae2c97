import { DeleteServiceCommand, type ECSClient } from '@aws-sdk/client-ecs';
import { describeService, isException, type ServiceName } from '../aws/ecs';
import { failureOf } from '../aws/failures';
import type { Sink } from '../events';
import { pause } from './watch';

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
