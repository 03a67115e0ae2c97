import type { Cancel, Clock } from '../clock';
import type {
  HealthCheckSettings,
  Target,
  TargetGroupCounters,
  TargetGroupSettings,
  TargetHealth,
} from './balancer-types';
import { checkOnce, HealthRecord, type CheckResult } from './health-check';
import { createTargetAgent, type TargetAgent } from './target-agent';

/** Milliseconds of the clock from registration to the first check. */
const firstCheck = 1_000;

/** Milliseconds of real time between two checks of a target, at least, however fast the clock. */
const leastRealInterval = 100;

/** Where a target listens on this machine. */
export interface Endpoint {
  host: string;
  port: number;
}

export type Locate = (target: Target, group: TargetGroupSettings) => Endpoint;

export type Probe = (endpoint: Endpoint, path: string) => CheckResult | undefined;

/** A target that requests can go to. */
export interface ChosenTarget {
  endpoint: Endpoint;
  agent: TargetAgent['agent'];
  protocol: 'HTTP' | 'HTTPS';
}

interface Registered {
  target: Target;
  health: HealthRecord;
  connections: TargetAgent;
  draining: boolean;
  /** Ends what is scheduled: the next check, the running one, or the end of draining. */
  cancel: Cancel;
}

/** Targets with their health, and whose turn it is. */
export class TargetGroup {
  readonly counters: TargetGroupCounters = {
    requests: 0,
    target2xx: 0,
    target3xx: 0,
    target4xx: 0,
    target5xx: 0,
    balancer5xx: 0,
    connectionErrors: 0,
    healthChecks: 0,
    failedHealthChecks: 0,
    responseTime: 0,
  };
  private readonly targets = new Map<string, Registered>();
  private inUse = false;
  private turn = 0;

  constructor(
    public settings: TargetGroupSettings,
    private readonly clock: Clock,
    private readonly locate: Locate,
    /** Hears of every change of a target's state. */
    private readonly changed: (arn: string) => void = () => undefined,
    private readonly probe?: Probe,
  ) {}

  /** Targets are checked only while a listener or rule forwards to the group. */
  setInUse(inUse: boolean): void {
    if (this.inUse === inUse) return;
    this.inUse = inUse;
    for (const entry of this.targets.values()) {
      if (entry.draining) continue;
      entry.cancel();
      entry.health.reset();
      if (inUse) this.scheduleCheck(entry, firstCheck);
    }
    if (this.targets.size > 0) this.changed(this.settings.arn);
  }

  modify(change: { healthCheck?: Partial<HealthCheckSettings>; deregistrationDelay?: number }): void {
    const { settings } = this;
    this.settings = {
      ...settings,
      deregistrationDelay: change.deregistrationDelay ?? settings.deregistrationDelay,
      healthCheck: { ...settings.healthCheck, ...change.healthCheck },
    };
  }

  /** Harmless for a target that is registered; one that drains begins anew. */
  register(target: Target): void {
    const key = keyOf(target);
    const present = this.targets.get(key);
    if (present !== undefined && !present.draining) return;
    present?.cancel();
    const entry: Registered = {
      target: { id: target.id, port: target.port },
      health: new HealthRecord(),
      connections: createTargetAgent(this.settings.protocol),
      draining: false,
      cancel: () => undefined,
    };
    this.targets.delete(key);
    this.targets.set(key, entry);
    if (this.inUse) this.scheduleCheck(entry, firstCheck);
  }

  deregister(target: Target): void {
    const key = keyOf(target);
    const entry = this.targets.get(key);
    if (entry === undefined || entry.draining) return;
    entry.cancel();
    entry.draining = true;
    entry.connections.retire();
    this.changed(this.settings.arn);
    const remove = (): void => {
      if (this.targets.get(key) === entry) this.targets.delete(key);
    };
    // ALB shows a target as draining for the whole delay, also when nothing is in flight.
    if (this.settings.deregistrationDelay > 0 && this.inUse) {
      entry.cancel = this.clock.after(this.settings.deregistrationDelay * 1000, remove);
    } else remove();
  }

  health(): TargetHealth[] {
    return [...this.targets.values()].map((entry) => {
      const { target } = entry;
      if (entry.draining) {
        return {
          target,
          state: 'draining' as const,
          reason: 'Target.DeregistrationInProgress',
          description: 'Target deregistration is in progress',
        };
      }
      if (!this.inUse) {
        return {
          target,
          state: 'unused' as const,
          reason: 'Target.NotInUse',
          description: 'Target group is not configured to receive traffic from the load balancer',
        };
      }
      return { target, ...entry.health.current };
    });
  }

  /**
   * Round robin over the healthy targets. Where all that were checked are unhealthy it goes to them nevertheless, as
   * ALB does; undefined where there is none, or all are still in their first checks.
   */
  choose(): ChosenTarget | undefined {
    const present = [...this.targets.values()].filter(({ draining }) => !draining);
    const healthy = present.filter(({ health }) => health.current.state === 'healthy');
    const usable =
      healthy.length > 0 ? healthy : present.filter(({ health }) => health.current.state === 'unhealthy');
    if (usable.length === 0) return undefined;
    this.turn += 1;
    const entry = usable[this.turn % usable.length] as Registered;
    return {
      endpoint: this.locate(entry.target, this.settings),
      agent: entry.connections.agent,
      protocol: this.settings.protocol,
    };
  }

  close(): void {
    for (const { cancel, connections } of this.targets.values()) {
      cancel();
      connections.agent.destroy();
    }
    this.targets.clear();
  }

  private scheduleCheck(entry: Registered, delay: number): void {
    entry.cancel = this.clock.after(delay, () => this.check(entry));
  }

  private check(entry: Registered): void {
    const { healthCheck, protocol } = this.settings;
    const begun = this.clock.now();
    const next = (leastReal = leastRealInterval): void => {
      const interval = Math.max(this.settings.healthCheck.interval * 1000, leastReal * this.clock.speed);
      this.scheduleCheck(entry, Math.max(0, interval - (this.clock.now() - begun)));
    };
    if (!healthCheck.enabled) {
      this.record(entry, { kind: 'code', code: 200 }, { ...healthCheck, matcher: '200' });
      next();
      return;
    }
    const { host, port } = this.locate(entry.target, this.settings);
    const answer = this.probe?.({ host, port }, healthCheck.path);
    if (answer !== undefined) {
      this.record(entry, answer, healthCheck);
      next(0);
      return;
    }
    entry.cancel = checkOnce(
      {
        protocol: (healthCheck.protocol ?? protocol) === 'HTTPS' ? 'HTTPS' : 'HTTP',
        host,
        port: healthCheck.port === 'traffic-port' ? port : Number(healthCheck.port),
        path: healthCheck.path,
        timeout: healthCheck.timeout,
      },
      this.clock,
      (result) => {
        this.record(entry, result, this.settings.healthCheck);
        next();
      },
    );
  }

  private record(entry: Registered, result: CheckResult, settings: HealthCheckSettings): void {
    const before = entry.health.current.state;
    const passed = entry.health.add(result, settings);
    this.counters.healthChecks += 1;
    if (before === 'healthy' && !passed) this.counters.failedHealthChecks += 1;
    if (entry.health.current.state !== before) this.changed(this.settings.arn);
  }
}

function keyOf(target: Target): string {
  return `${target.id} ${target.port}`;
}
