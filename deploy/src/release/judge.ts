import type { Deployment, Service, ServiceDeployment } from '@aws-sdk/client-ecs';
import type { Baseline } from './baseline';
import type { RolledBackBy } from './outcome';
import { primaryOf } from './running';

/** What was read at one moment. */
export interface Snapshot {
  /** Undefined where ECS knows no such service. */
  service: Service | undefined;
  /** Ours, where the endpoint has service deployments and lists it already. */
  deployment: ServiceDeployment | undefined;
}

export type Verdict =
  | { kind: 'live'; drained: boolean }
  | { kind: 'rolled-back'; by: RolledBackBy; reason: string; to: string | undefined }
  | { kind: 'superseded'; by: string }
  | { kind: 'failed'; reason: string };

export interface RollingBack {
  by: RolledBackBy;
  reason: string;
}

/** Of a rollback that failed: whether there was nothing to go back to, which is so after a first release. */
export const NO_CANDIDATE = /no rollback candidate/i;

function rollbackFailure(reason = 'ECS gives no reason'): string {
  return NO_CANDIDATE.test(reason)
    ? `no release before it was ever live, so there is nothing to go back to: ${reason}`
    : `the rollback failed: ${reason}`;
}

/** Who had it rolled back, from what ECS says of the deployment. */
export function rolledBackBy(
  deployment: ServiceDeployment | undefined,
  said: readonly string[],
): Exclude<RolledBackBy, 'this-run'> {
  const text = said.join('\n');
  if (/lifecycle hook/i.test(text)) return 'hook';
  if ((deployment?.alarms?.triggeredAlarmNames ?? []).length > 0 || /alarm/i.test(text)) return 'alarm';
  const failed = /circuit breaker|deployment failed: tasks failed/i.test(text);
  return failed || deployment?.deploymentCircuitBreaker?.status === 'TRIGGERED'
    ? 'circuit-breaker'
    : 'person';
}

/** How often an answer must repeat before it is believed: DescribeServices may be behind for a moment. */
const REPEATED = 3;
const PATIENT = 15;

/**
 * Judges one deployment, told apart from all others by its id, from one snapshot after another. No input or output.
 * A rollback re-uses the id of the deployment it goes back to, so what is PRIMARY means nothing without the
 * baseline: a known id is a rollback, an unknown one is somebody else's deployment.
 */
export class Judge {
  /** Set as soon as ECS starts to roll back, long before the verdict. */
  rollingBack: RollingBack | undefined;
  /** The new version takes all traffic. */
  serving = false;
  /** The end is certain, only tasks are still to go. */
  settling: Verdict | undefined;
  /** ECS calls it completed, but not all of its tasks run. */
  completedButDown = false;
  private seen = false;
  private missing = 0;
  private failedReads = 0;
  private elsewhere = 0;

  constructor(
    private readonly id: string,
    private readonly taskDefinitionArn: string,
    private readonly baseline: Baseline,
    /** This run asked for the rollback itself. */
    private readonly stoppedByThisRun = false,
  ) {}

  observe({ service, deployment }: Snapshot): Verdict | undefined {
    if (service === undefined || service.status !== 'ACTIVE') return this.gone(service);
    this.missing = 0;
    const ours = service.deployments?.find(({ id }) => id === this.id);
    const primary = primaryOf(service);
    if (ours !== undefined) this.seen = true;
    this.serving ||= this.takesAllTraffic(service, ours, deployment);

    const unknown =
      primary !== undefined && primary.id !== this.id && !this.baseline.deployments.has(primary.id ?? '');
    if (unknown && !deployment?.status?.startsWith('ROLLBACK_')) {
      return this.serving && this.rollingBack === undefined
        ? { kind: 'live', drained: false }
        : { kind: 'superseded', by: primary.id ?? '' };
    }
    if (primary?.id === this.id && this.completed(service, primary)) {
      this.serving = true;
      return { kind: 'live', drained: true };
    }
    return deployment === undefined
      ? this.byService(service, ours, primary)
      : this.byServiceDeployment(deployment, service, ours, primary);
  }

  private gone(service: Service | undefined): Verdict | undefined {
    this.missing += 1;
    if (service === undefined && this.missing < REPEATED) return undefined;
    const status = service?.status ?? 'MISSING';
    return { kind: 'failed', reason: `the service was deleted while it was deployed (status ${status})` };
  }

  private byServiceDeployment(
    deployment: ServiceDeployment,
    service: Service,
    ours: Deployment | undefined,
    primary: Deployment | undefined,
  ): Verdict | undefined {
    const reason = deployment.statusReason ?? ours?.rolloutStateReason;
    switch (deployment.status) {
      case 'SUCCESSFUL':
        // The old tasks may still drain; `completed` sees their end.
        return undefined;
      case 'ROLLBACK_REQUESTED':
      case 'ROLLBACK_IN_PROGRESS':
        this.rollingBack ??= this.rollback(deployment, service, ours, primary);
        return undefined;
      case 'ROLLBACK_SUCCESSFUL': {
        this.rollingBack ??= this.rollback(deployment, service, ours, primary);
        this.settling = {
          kind: 'rolled-back',
          ...this.rollingBack,
          to: primary?.taskDefinition ?? service.taskDefinition,
        };
        // Until its last task is gone, ECS takes the service for one in deployment, and so would the next deploy.
        return primary?.rolloutState === 'IN_PROGRESS' ? undefined : this.settling;
      }
      case 'ROLLBACK_FAILED':
        return { kind: 'failed', reason: rollbackFailure(reason) };
      case 'STOPPED':
        if (/replaced by a new/i.test(reason ?? '')) return { kind: 'superseded', by: 'a newer deployment' };
        return { kind: 'failed', reason: reason ?? 'ECS stopped the deployment' };
      default:
        this.failedReads = ours?.rolloutState === 'FAILED' ? this.failedReads + 1 : 0;
        return this.failedReads < PATIENT
          ? undefined
          : { kind: 'failed', reason: reason ?? 'ECS gives no reason' };
    }
  }

  private byService(
    service: Service,
    ours: Deployment | undefined,
    primary: Deployment | undefined,
  ): Verdict | undefined {
    if (primary === undefined) return undefined;
    if (primary.id === this.id) return this.byOwnState(service, primary);

    // An id that was there before is PRIMARY: back on it, unless this answer is older than our update.
    this.elsewhere = primary.rolloutState === 'COMPLETED' ? this.elsewhere + 1 : this.elsewhere;
    const certain =
      ours?.rolloutState === 'FAILED' ||
      (primary.rolloutState === 'IN_PROGRESS' &&
        this.baseline.deployments.get(primary.id ?? '') !== 'IN_PROGRESS') ||
      this.newEvents(service).some((message) => message.includes(`rolling back to deployment ${primary.id}`));
    if (!certain && this.rollingBack === undefined && this.elsewhere < (this.seen ? REPEATED : PATIENT))
      return undefined;

    this.rollingBack ??= this.rollback(undefined, service, ours, primary);
    if (primary.rolloutState === 'COMPLETED')
      return { kind: 'rolled-back', ...this.rollingBack, to: primary.taskDefinition };
    if (primary.rolloutState === 'FAILED')
      return { kind: 'failed', reason: `the rollback failed: ${primary.rolloutStateReason ?? ''}` };
    return undefined;
  }

  private byOwnState(service: Service, ours: Deployment): Verdict | undefined {
    if (ours.rolloutState !== 'FAILED') {
      this.failedReads = 0;
      return undefined;
    }
    this.failedReads += 1;
    const patience = this.canRollBack(service) ? PATIENT : 1;
    return this.failedReads < patience
      ? undefined
      : { kind: 'failed', reason: ours.rolloutStateReason ?? 'ECS gives no reason' };
  }

  /** ECS goes back to the last deployment that was completed, if it is told to and there is one. */
  private canRollBack({ deploymentConfiguration }: Service): boolean {
    const { deploymentCircuitBreaker: breaker, alarms } = deploymentConfiguration ?? {};
    const told = (breaker?.enable && breaker.rollback) || (alarms?.enable && alarms.rollback);
    return Boolean(told) && [...this.baseline.deployments.values()].includes('COMPLETED');
  }

  private completed(service: Service, primary: Deployment): boolean {
    if (primary.rolloutState !== 'COMPLETED' || primary.taskDefinition !== this.taskDefinitionArn)
      return false;
    // ECS calls it completed at the first moment that all tasks run; one that crashes right after is not live.
    const { runningCount = 0 } = primary;
    const { desiredCount = 0 } = service;
    const up = runningCount >= desiredCount;
    // Fewer are wanted than run, which takes no new deployment: it is over when the others are gone.
    if (runningCount > desiredCount && this.baseline.deployments.has(this.id)) {
      this.serving = true;
      return false;
    }
    this.completedButDown = !up && !this.baseline.deployments.has(this.id);
    return up;
  }

  private takesAllTraffic(
    service: Service,
    ours: Deployment | undefined,
    deployment: ServiceDeployment | undefined,
  ): boolean {
    if (deployment?.status === 'SUCCESSFUL') return true;
    if (ours === undefined || this.rollingBack !== undefined || this.baseline.deployments.has(this.id))
      return false;
    const { minimumHealthyPercent = 100, strategy = 'ROLLING' } = service.deploymentConfiguration ?? {};
    // At 100 % an old task is stopped only once a new healthy one stands in for it.
    if (!this.baseline.hadTasks || minimumHealthyPercent < 100 || strategy !== 'ROLLING') return false;
    const others = service.deployments?.filter(({ id }) => id !== this.id) ?? [];
    return (
      ours.status === 'PRIMARY' &&
      (ours.runningCount ?? 0) >= (service.desiredCount ?? 0) &&
      others.every(({ runningCount, pendingCount }) => (runningCount ?? 0) + (pendingCount ?? 0) === 0)
    );
  }

  private rollback(
    deployment: ServiceDeployment | undefined,
    service: Service,
    ours: Deployment | undefined,
    primary: Deployment | undefined,
  ): RollingBack {
    const said = [deployment?.rollback?.reason, deployment?.statusReason, ours?.rolloutStateReason]
      .concat(primary?.id === this.id ? [] : [primary?.rolloutStateReason])
      .concat(
        this.newEvents(service).filter(
          (message) => message.includes(this.id) || message.includes('rolling back'),
        ),
      )
      .filter((text): text is string => text !== undefined && text !== '' && !/in progress\.$/.test(text));
    const reason =
      said.find((text) => /circuit breaker|alarm|hook|rolled back|rolling back|failed/i.test(text)) ??
      (this.stoppedByThisRun ? 'this run asked for it' : said[0]);
    return {
      by: this.stoppedByThisRun ? 'this-run' : rolledBackBy(deployment, said),
      reason: reason ?? 'ECS gives no reason',
    };
  }

  private newEvents(service: Service): string[] {
    return (service.events ?? [])
      .filter(({ id }) => !this.baseline.events.has(id ?? ''))
      .map(({ message }) => message ?? '');
  }
}
