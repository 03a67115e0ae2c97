import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment, ECSClient, Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs';
import type { ClientOptions } from '../aws/clients';
import { describeService, revisionName, type ServiceName } from '../aws/ecs';
import { LONGEST_POLL_SECONDS, Patience } from '../aws/patience';
import { breakerWill, ENOUGH, hopelessOf } from '../causes/hopeless';
import { LogCapture } from '../causes/log-capture';
import type { Sink } from '../events';
import type { Baseline } from './baseline';
import { Judge, type RollingBack, type Snapshot, type Verdict } from './judge';
import type { Explanation } from './outcome';
import { primaryOf } from './running';
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
  /** Where logs are read from. */
  place: ClientOptions;
  /** Ends the watch when the deployment is hopeless, so that it can be rolled back. */
  failFast?: boolean;
  /** Looks at what serves, once; what it finds wrong ends the watch, so that it can be rolled back. */
  whenServing?: (() => Promise<Explanation | undefined>) | undefined;
  /** Tasks whose end an earlier watch of this deployment has told. */
  seenTasks?: readonly Task[];
  /** What a person says to a deployment that a hook holds: `slipway continue staging`. */
  continueCommand?: string;
  /** Reads what only a terminal shows. */
  look?: ((snapshot: Snapshot) => Promise<void>) | undefined;
}

export interface Watch {
  verdict:
    | Verdict
    | { kind: 'timeout' }
    | { kind: 'interrupted' }
    /** Tasks fail again and again for a reason that no further try changes, and ECS would go on trying. */
    | { kind: 'hopeless'; reason: string }
    /** It serves, and what this run looked at then was not as it should be. */
    | { kind: 'unfit'; explanation: Explanation };
  /** ECS rolls it back, or has done so. */
  rollingBack: RollingBack | undefined;
  servingSeconds: number | undefined;
  seconds: number;
  /** As it was read last. */
  service: Service | undefined;
  /** This one, as long as ECS listed it. */
  deployment: Deployment | undefined;
  serviceDeployment: ServiceDeployment | undefined;
  /** What tasks wrote last, read when they stopped. */
  logs: LogCapture;
  /** Tasks of this deployment that stopped, but for those that were only not needed any more. */
  stoppedTasks: readonly Task[];
  /** Service events since the deployment began, newest first. */
  events: readonly string[];
  serviceDeploymentArn: string | undefined;
}

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
  private readonly logs: LogCapture;
  private service: Service | undefined;
  private deployment: Deployment | undefined;
  private serviceDeployment: ServiceDeployment | undefined;
  private arn: string | undefined;
  private servingSeconds: number | undefined;
  private announcedRollback = false;
  private looked = false;
  private lookedSeconds = 0;
  private readonly patience: Patience;

  constructor(private readonly watched: Watched) {
    const {
      deploymentId,
      taskDefinitionArn,
      baseline,
      stoppedByThisRun,
      ecs,
      name,
      sink,
      pollSeconds,
      place,
    } = watched;
    const { continueCommand = 'slipway continue' } = watched;
    this.judge = new Judge(deploymentId, taskDefinitionArn, baseline, stoppedByThisRun);
    this.logs = new LogCapture(
      ecs,
      taskDefinitionArn,
      place,
      () => this.service?.loadBalancers?.[0]?.containerName,
    );
    const family = revisionName(taskDefinitionArn).replace(/:\d+$/, '');
    this.stopped = new StoppedTaskCollector(ecs, name, deploymentId, sink, family, (task) =>
      this.logs.take(task),
    );
    this.stopped.skip(watched.seenTasks ?? []);
    this.log = new WatchLog(deploymentId, baseline, sink, HEARTBEAT_SECONDS, continueCommand);
    const goesOn = `deployment ${deploymentId} goes on in ECS; "slipway status" shows how it ends`;
    this.patience = new Patience(pollSeconds, sink, goesOn);
  }

  async run(): Promise<Watch> {
    const { signal, timeoutSeconds } = this.watched;
    for (;;) {
      if (signal.aborted) return this.end({ kind: 'interrupted' });
      const snapshot = await this.read();
      const verdict = snapshot && (await this.take(snapshot));
      if (verdict !== undefined) return this.end(verdict);
      const left = timeoutSeconds + this.lookedSeconds - this.seconds();
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
      this.patience.answered();
      return { service, deployment };
    } catch (error) {
      this.patience.failed(error);
      return undefined;
    }
  }

  private async take(snapshot: Snapshot): Promise<Watch['verdict'] | undefined> {
    const { sink, until } = this.watched;
    this.see(snapshot);
    const verdict = this.judge.observe(snapshot);
    if (this.log.take(snapshot, this.seconds())) await this.stopped.collect();
    await this.watched.look?.(snapshot);
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
    const looked = await this.lookOnce(verdict);
    if (looked !== undefined) return looked;
    const hopeless = verdict === undefined ? await this.hopeless(snapshot) : undefined;
    if (hopeless !== undefined) return hopeless;
    if (verdict === undefined && this.judge.serving && until === 'serving')
      return { kind: 'live', drained: false };
    return verdict;
  }

  /** Its time is not the deployment's. */
  private async lookOnce(verdict: Verdict | undefined): Promise<Watch['verdict'] | undefined> {
    const { whenServing, signal } = this.watched;
    const serves = verdict?.kind === 'live' || (verdict === undefined && this.judge.serving);
    if (whenServing === undefined || this.looked || !serves || this.judge.rollingBack !== undefined)
      return undefined;
    this.looked = true;
    const from = this.seconds();
    const explanation = await whenServing();
    this.lookedSeconds = this.seconds() - from;
    if (explanation !== undefined) return { kind: 'unfit', explanation };
    return signal.aborted ? { kind: 'interrupted' } : undefined;
  }

  private see({ service, deployment }: Snapshot): void {
    const ours = service?.deployments?.find(({ id }) => id === this.watched.deploymentId);
    if (ours === undefined && this.deployment !== undefined) this.stopped.deploymentVanished();
    this.service = service;
    this.deployment = ours ?? this.deployment;
    this.serviceDeployment = deployment ?? this.serviceDeployment;
  }

  /**
   * Looked at only where this run may roll back, ECS has not begun to, and its circuit breaker is not about to: there
   * are never two rollbacks.
   */
  private async hopeless({ service, deployment }: Snapshot): Promise<Watch['verdict'] | undefined> {
    const { failFast = false, deploymentId } = this.watched;
    const stopped = [...this.stopped.tasks.values()];
    if (!failFast || stopped.length < ENOUGH || service === undefined) return undefined;
    const primary = primaryOf(service);
    const isOurs = primary?.id === deploymentId && primary.rolloutState === 'IN_PROGRESS';
    if (!isOurs || this.judge.rollingBack !== undefined || this.judge.serving) return undefined;
    if (breakerWill(service, deployment, stopped.length)) return undefined;
    const found = hopelessOf(stopped);
    if (found === undefined) return undefined;
    const last = Math.max(...stopped.map(({ stoppedAt }) => stoppedAt?.getTime() ?? 0));
    // Twice as long as the others ran: this one may be well.
    const patience = 2_000 * (found.group.ranSeconds ?? 0);
    const lives = (task: Task) =>
      task.healthStatus === 'HEALTHY' || last - (task.startedAt?.getTime() ?? last) > patience;
    const running = await this.stopped.running().catch(() => undefined);
    if (running === undefined || running.some(lives)) return undefined;
    return { kind: 'hopeless', reason: found.sentence };
  }

  private async end(verdict: Watch['verdict']): Promise<Watch> {
    if (verdict.kind !== 'live') await this.stopped.collect();
    return {
      verdict,
      servingSeconds: this.servingSeconds,
      seconds: this.seconds(),
      service: this.service,
      deployment: this.deployment,
      serviceDeployment: this.serviceDeployment,
      rollingBack: this.judge.rollingBack,
      logs: this.logs,
      stoppedTasks: [...this.stopped.tasks.values()],
      events: this.log.events,
      serviceDeploymentArn: this.arn,
    };
  }

  private pauseSeconds(): number {
    const { interval } = this.patience;
    return this.judge.serving ? Math.min(LONGEST_POLL_SECONDS, interval * DRAINING_FACTOR) : interval;
  }

  private seconds(): number {
    return (performance.now() - this.startedAt) / 1000;
  }
}

/** Ends early, without an error, when the signal is aborted. */
export async function pause(seconds: number, signal: AbortSignal): Promise<void> {
  await sleep(seconds * 1000, undefined, { signal }).catch(() => {});
}
