import type { Service } from '@aws-sdk/client-ecs';
import type { Sink } from '../events';
import type { Baseline } from './baseline';
import type { Snapshot } from './judge';
import { RolloutLog } from './rollout-log';

/** Says what changed from one poll to the next, and never what did not; a heartbeat where nothing does for long. */
export class WatchLog {
  /** Messages of service events since the deployment began, newest first. */
  readonly events: string[] = [];
  private readonly seen: Set<string>;
  private lastProgress = '';
  private lastSaid = 0;
  private polls = 0;
  private readonly rollout: RolloutLog;

  constructor(
    private readonly deploymentId: string,
    baseline: Baseline,
    private readonly sink: Sink,
    private readonly heartbeatSeconds: number,
    continueCommand: string,
  ) {
    this.seen = new Set(baseline.events);
    this.rollout = new RolloutLog(sink, continueCommand);
  }

  /** Returns whether something moved, so that it is worth asking for stopped tasks. */
  take({ service, deployment }: Snapshot, seconds: number): boolean {
    this.polls += 1;
    if (service === undefined) return false;
    const progress = this.progressOf(service);
    const status = deployment?.status ?? progress.status;
    const text = JSON.stringify(progress) + status;
    const fresh = this.freshEvents(service);
    const at = deployment === undefined ? watchesAlarms(service, progress) : this.rollout.take(deployment);
    const moved = fresh || text !== this.lastProgress;
    if (text !== this.lastProgress) {
      this.lastProgress = text;
      this.sink({ ...progress, status });
    } else if (!moved && seconds - this.lastSaid >= this.heartbeatSeconds) {
      this.sink({
        type: 'heartbeat',
        seconds,
        message: `${progress.running} of ${progress.desired} running, ${progress.pending} starting${at === undefined ? '' : `; ${at}`}`,
      });
      this.lastSaid = seconds;
    }
    if (moved) this.lastSaid = seconds;
    return moved || this.polls % 5 === 0;
  }

  private progressOf(service: Service) {
    const ours = service.deployments?.find(({ id }) => id === this.deploymentId);
    const others = service.deployments?.filter(({ id }) => id !== this.deploymentId) ?? [];
    return {
      type: 'progress',
      deployment: this.deploymentId,
      status: ours?.rolloutState ?? 'GONE',
      running: ours?.runningCount ?? 0,
      pending: ours?.pendingCount ?? 0,
      desired: service.desiredCount ?? 0,
      previousRunning: others.reduce((sum, { runningCount }) => sum + (runningCount ?? 0), 0),
      failed: ours?.failedTasks ?? 0,
    } as const;
  }

  private freshEvents(service: Service): boolean {
    const fresh = (service.events ?? []).filter(({ id }) => !this.seen.has(id ?? '')).reverse();
    for (const { id, createdAt, message } of fresh) {
      this.seen.add(id ?? '');
      this.events.unshift(message ?? '');
      this.sink({ type: 'service-event', at: createdAt ?? new Date(), message: message ?? '' });
    }
    return fresh.length > 0;
  }
}

/** Without service deployments nobody says that a deployment bakes; that nothing is left to do but to watch shows it. */
function watchesAlarms(
  { deploymentConfiguration, desiredCount = 0 }: Service,
  { running, previousRunning, status }: { running: number; previousRunning: number; status: string },
): string | undefined {
  const { alarms } = deploymentConfiguration ?? {};
  const isDone = running >= desiredCount && previousRunning === 0 && status === 'IN_PROGRESS';
  return isDone && alarms?.enable ? `ECS watches ${(alarms.alarmNames ?? []).join(', ')}` : undefined;
}
