import { setTimeout as sleep } from 'node:timers/promises';
import type { ECSClient, Service, Task } from '@aws-sdk/client-ecs';
import { describeService, type ServiceName } from '../aws/ecs';
import { failureOf } from '../aws/failures';
import { SlipwayError } from '../errors';
import type { Sink } from '../events';
import type { Baseline } from './baseline';
import { Judge, type Snapshot, type Verdict } from './judge';
import { ServiceDeployments } from './service-deployments';
import { StoppedTaskCollector } from './stopped-tasks';
import { WatchLog } from './watch-log';

export interface Watched {
  ecs: ECSClient;
  name: ServiceName;
  /** `ecs-svc/...` */
  deploymentId: string;
  taskDefinitionArn: string;
  baseline: Baseline;
  serviceDeployments: ServiceDeployments;
  sink: Sink;
  /** Ends the watch, not the deployment. */
  signal: AbortSignal;
  /** Between two polls, while things move. */
  pollSeconds: number;
  timeoutSeconds: number;
  /** The milestone that ends the watch. */
  until: 'serving' | 'drained';
  /** This run asked ECS to roll this deployment back, and now follows it. */
  stoppedByThisRun?: boolean;
}

export interface Watch {
  verdict: Verdict | { kind: 'timeout' } | { kind: 'interrupted' };
  servingSeconds: number | undefined;
  seconds: number;
  /** As it was read last. */
  service: Service | undefined;
  /** Tasks of this deployment that stopped, but for those that were only not needed any more. */
  stoppedTasks: readonly Task[];
  /** Service events since the deployment began, newest first. */
  events: readonly string[];
  serviceDeploymentArn: string | undefined;
}

/** Polls to go without any answer before giving up: two minutes at the usual pace. */
const UNANSWERED_POLLS = 60;
const LONGEST_POLL_SECONDS = 30;
/** Only draining is left: nothing to hurry for. */
const DRAINING_FACTOR = 2.5;
const HEARTBEAT_SECONDS = 30;
/** So many tasks that ended make a completed deployment a failed one: as many as the circuit breaker's least. */
const CRASHES = 3;

/**
 * Follows one deployment to its end, by its id, without the SDK's waiter: that one takes errors for "not yet", waits up
 * to ten minutes between two looks, and calls a rollback stable.
 * @throws SlipwayError CREDENTIALS_EXPIRED, NOT_ALLOWED at once; UNREACHABLE, AWS_UNAVAILABLE when nothing answers for
 * a while. The message says that the deployment goes on.
 */
export async function watch(watched: Watched): Promise<Watch> {
  return new Watcher(watched).run();
}

class Watcher {
  private readonly startedAt = performance.now();
  private readonly judge: Judge;
  private readonly stopped: StoppedTaskCollector;
  private readonly log: WatchLog;
  private service: Service | undefined;
  private arn: string | undefined;
  private servingSeconds: number | undefined;
  private announcedRollback = false;
  private interval: number;
  private unanswered = 0;

  constructor(private readonly watched: Watched) {
    const { deploymentId, taskDefinitionArn, baseline, stoppedByThisRun, ecs, name, sink, pollSeconds } =
      watched;
    this.judge = new Judge(deploymentId, taskDefinitionArn, baseline, stoppedByThisRun);
    this.stopped = new StoppedTaskCollector(ecs, name, deploymentId, sink);
    this.log = new WatchLog(deploymentId, baseline, sink, HEARTBEAT_SECONDS);
    this.interval = pollSeconds;
  }

  async run(): Promise<Watch> {
    const { signal, timeoutSeconds } = this.watched;
    for (;;) {
      if (signal.aborted) return this.end({ kind: 'interrupted' });
      const snapshot = await this.read();
      const verdict = snapshot && (await this.take(snapshot));
      if (verdict !== undefined) return this.end(verdict);
      const left = timeoutSeconds - this.seconds();
      if (left <= 0) return this.end(this.judge.settling ?? { kind: 'timeout' });
      await pause(Math.min(this.pauseSeconds(), left), signal);
    }
  }

  /** Undefined where AWS did not answer this time. */
  private async read(): Promise<Snapshot | undefined> {
    const { ecs, name, deploymentId, baseline, serviceDeployments } = this.watched;
    try {
      const service = await describeService(ecs, name);
      this.arn ??= await serviceDeployments.find(deploymentId, baseline.serviceDeployments);
      const deployment = this.arn === undefined ? undefined : await serviceDeployments.describe(this.arn);
      this.unanswered = 0;
      this.interval = Math.max(this.watched.pollSeconds, this.interval / 2);
      return { service, deployment };
    } catch (error) {
      this.afterFailure(error);
      return undefined;
    }
  }

  private afterFailure(error: unknown): void {
    const failure = failureOf(error);
    const { deploymentId, sink } = this.watched;
    const goesOn = `deployment ${deploymentId} goes on in ECS; "slipway status" shows how it ends`;
    if (failure === 'throttled') {
      this.interval = Math.min(LONGEST_POLL_SECONDS, this.interval * 2);
      return;
    }
    if (failure !== 'network' && failure !== 'server') {
      if (!(error instanceof SlipwayError)) throw error;
      const { code, message, hint, exitCode } = error;
      throw new SlipwayError(code, `${message}; ${goesOn}`, {
        cause: error,
        exitCode,
        ...(hint === undefined ? {} : { hint }),
      });
    }
    const message = error instanceof Error ? error.message : String(error);
    this.unanswered += 1;
    if (this.unanswered === 1) {
      sink({
        type: 'note',
        level: 'warning',
        message: `no answer from AWS (${message}); asking again, the deployment goes on`,
      });
    }
    if (this.unanswered < UNANSWERED_POLLS) return;
    const code = failure === 'network' ? 'UNREACHABLE' : 'AWS_UNAVAILABLE';
    throw new SlipwayError(code, `AWS did not answer for ${this.unanswered} polls (${message}); ${goesOn}`, {
      cause: error,
    });
  }

  private async take(snapshot: Snapshot): Promise<Verdict | undefined> {
    const { sink, until } = this.watched;
    this.service = snapshot.service;
    const verdict = this.judge.observe(snapshot);
    if (this.log.take(snapshot, this.seconds())) await this.stopped.collect();
    if (this.judge.serving && this.servingSeconds === undefined) {
      this.servingSeconds = this.seconds();
      sink({ type: 'milestone', milestone: 'serving', seconds: this.servingSeconds });
    }
    if (this.judge.rollingBack !== undefined && !this.announcedRollback) {
      this.announcedRollback = true;
      sink({ type: 'phase', phase: 'rollback', message: `ECS rolls back: ${this.judge.rollingBack.reason}` });
    }
    if (verdict?.kind === 'live' && verdict.drained && this.watched.baseline.hadTasks) {
      sink({ type: 'milestone', milestone: 'drained', seconds: this.seconds() });
    }
    if (this.judge.completedButDown && this.stopped.tasks.size >= CRASHES) {
      return { kind: 'failed', reason: 'ECS calls it completed, but its tasks do not stay up' };
    }
    if (verdict === undefined && this.judge.serving && until === 'serving')
      return { kind: 'live', drained: false };
    return verdict;
  }

  private async end(verdict: Watch['verdict']): Promise<Watch> {
    if (verdict.kind !== 'live') await this.stopped.collect();
    return {
      verdict,
      servingSeconds: this.servingSeconds,
      seconds: this.seconds(),
      service: this.service,
      stoppedTasks: [...this.stopped.tasks.values()],
      events: this.log.events,
      serviceDeploymentArn: this.arn,
    };
  }

  private pauseSeconds(): number {
    return this.judge.serving
      ? Math.min(LONGEST_POLL_SECONDS, this.interval * DRAINING_FACTOR)
      : this.interval;
  }

  private seconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }
}

/** Ends early, without an error, when the signal is aborted. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
}
