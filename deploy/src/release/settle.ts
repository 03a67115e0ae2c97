import type { ECSClient, Service } from '@aws-sdk/client-ecs';
import { describeService, type ServiceName } from '../aws/ecs';
import { Patience } from '../aws/patience';
import type { Sink } from '../events';
import { primaryOf } from './running';
import { StoppedTaskCollector } from './stopped-tasks';
import { pause } from './watch';

export interface SettleInput {
  ecs: ECSClient;
  name: ServiceName;
  sink: Sink;
  /** Ends the wait, not what is waited for. */
  signal: AbortSignal;
  pollSeconds: number;
  timeoutSeconds: number;
}

export interface Settled {
  outcome: 'steady' | 'timeout' | 'interrupted';
  /** As it was read last. */
  service: Service | undefined;
}

/** A task that ends right after its start counts as running for a moment. */
const STEADY_READS = 2;
/** Polls from one look at stopped tasks to the next, while no count changes. */
const LOOK_EVERY = 5;

/**
 * Waits until as many tasks run as the service wants, by DescribeServices; says when counts change and which tasks
 * stop. Throttling and trouble of AWS or of the network are waited out.
 * @throws SlipwayError CREDENTIALS_EXPIRED, NOT_ALLOWED at once: what was started goes on without this run
 */
export async function settle(input: SettleInput): Promise<Settled> {
  const { ecs, name, sink, signal, pollSeconds, timeoutSeconds } = input;
  const deadline = performance.now() + timeoutSeconds * 1000;
  const patience = new Patience(pollSeconds, sink, 'scaling goes on in ECS');
  /** Undefined where AWS did not answer this time. */
  const read = async () => {
    try {
      const found = await describeService(ecs, name);
      patience.answered();
      return found;
    } catch (error) {
      patience.failed(error);
      return undefined;
    }
  };
  let service: Service | undefined;
  let said = '';
  let steady = 0;
  let collector: StoppedTaskCollector | undefined;
  for (let poll = 0; ; poll += 1) {
    if (signal.aborted) return { outcome: 'interrupted', service };
    const answer = await read();
    if (answer !== undefined) {
      service = answer;
      const counts = `${service.runningCount ?? 0} of ${service.desiredCount ?? 0} running, ${service.pendingCount ?? 0} starting`;
      const moved = counts !== said;
      if (moved) sink({ type: 'phase', phase: 'scale', message: counts });
      said = counts;
      steady = isSteady(service) ? steady + 1 : 0;
      if (steady === STEADY_READS) return { outcome: 'steady', service };
      const id = primaryOf(service)?.id;
      if (id !== undefined) collector ??= new StoppedTaskCollector(ecs, name, id, sink);
      if (moved || poll % LOOK_EVERY === 0) await collector?.collect();
    }
    const left = (deadline - performance.now()) / 1000;
    if (left <= 0) {
      await collector?.collect();
      return { outcome: 'timeout', service };
    }
    await pause(Math.min(patience.interval, left), signal);
  }
}

/** As many tasks run as are wanted, all of them of the release that is to run. */
function isSteady(service: Service): boolean {
  const wanted = service.desiredCount ?? 0;
  const ofPrimary = primaryOf(service)?.runningCount ?? wanted;
  return (service.runningCount ?? 0) === wanted && ofPrimary === wanted && (service.pendingCount ?? 0) === 0;
}
