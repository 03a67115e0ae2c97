import type { Clock } from '../clock';
import {
  BalancerError,
  type Action,
  type Balancer,
  type BalancerErrorCode,
  type HealthCheckSettings,
  type ListenerAddress,
  type ListenerSettings,
  type LoadBalancerSettings,
  type RuleSettings,
  type Target,
  type TargetGroupCounters,
  type TargetGroupSettings,
  type TargetHealth,
} from './balancer-types';
import { Listener } from './listener';
import { forwardsOf } from './rules';
import { TargetGroup, type Locate, type Probe } from './target-group';

export interface BalancerOptions {
  /** Check intervals and draining are measured on it. */
  clock: Clock;
  /** Where listeners listen. Default 127.0.0.1. */
  host?: string;
  /** Where a target is on this machine. Default: an IP target at its address, an instance at 127.0.0.1. */
  locate?: Locate;
  /** Answers a health check in place of a request; undefined where a request is to be made. */
  probe?: Probe;
}

/** Makes a balancer without anything in it. */
export function createBalancer(options: BalancerOptions): Balancer {
  const { clock, host = '127.0.0.1', locate = locateTarget, probe } = options;
  return new LocalBalancer(clock, host, locate, probe);
}

function locateTarget(target: Target, group: TargetGroupSettings): { host: string; port: number } {
  return { host: group.targetType === 'ip' ? target.id : '127.0.0.1', port: target.port };
}

class LocalBalancer implements Balancer {
  private readonly loadBalancers = new Map<string, LoadBalancerSettings>();
  private readonly listening = new Map<string, Listener>();
  private readonly groups = new Map<string, TargetGroup>();
  private readonly healthListeners = new Set<(targetGroupArn: string) => void>();

  constructor(
    private readonly clock: Clock,
    private readonly host: string,
    private readonly locate: Locate,
    private readonly probe: Probe | undefined,
  ) {}

  addLoadBalancer(settings: LoadBalancerSettings): void {
    this.refuseTwice(this.loadBalancers, settings.arn);
    this.loadBalancers.set(settings.arn, settings);
  }

  async removeLoadBalancer(arn: string): Promise<void> {
    if (!this.loadBalancers.delete(arn)) throw notFound('LoadBalancerNotFound', 'load balancer', arn);
    const own = [...this.listening.values()].filter(({ settings }) => settings.loadBalancerArn === arn);
    await Promise.all(own.map(({ settings }) => this.removeListener(settings.arn)));
  }

  async addListener(settings: ListenerSettings): Promise<ListenerAddress> {
    const loadBalancer = this.loadBalancers.get(settings.loadBalancerArn);
    if (loadBalancer === undefined) {
      throw notFound('LoadBalancerNotFound', 'load balancer', settings.loadBalancerArn);
    }
    this.refuseTwice(this.listening, settings.arn);
    this.expectGroups(settings.defaultActions);
    const listener = new Listener(settings, loadBalancer, {
      group: (arn) => this.groups.get(arn),
      localPort: (loadBalancerArn, port) =>
        this.listeners().find((other) => other.loadBalancerArn === loadBalancerArn && other.port === port)
          ?.localPort,
    });
    this.listening.set(settings.arn, listener);
    try {
      const address = await listener.listen(this.host);
      this.updateUse();
      return address;
    } catch (error) {
      this.listening.delete(settings.arn);
      throw error;
    }
  }

  modifyListener(arn: string, defaultActions: readonly Action[]): void {
    this.expectGroups(defaultActions);
    this.listener(arn).rules.setDefault(defaultActions);
    this.updateUse();
  }

  async removeListener(arn: string): Promise<void> {
    const listener = this.listener(arn);
    this.listening.delete(arn);
    this.updateUse();
    await listener.close();
  }

  listeners(): readonly ListenerAddress[] {
    return [...this.listening.values()].map(({ address }) => address);
  }

  addRule(settings: RuleSettings): void {
    const table = this.listener(settings.listenerArn).rules;
    if (table.rules.some(({ arn }) => arn === settings.arn)) throw duplicate(settings.arn);
    this.expectGroups(settings.actions);
    table.put(settings);
    this.updateUse();
  }

  modifyRule(arn: string, change: Partial<Pick<RuleSettings, 'priority' | 'conditions' | 'actions'>>): void {
    const { listener, rule } = this.findRule(arn);
    if (change.actions !== undefined) this.expectGroups(change.actions);
    listener.rules.put({ ...rule, ...change });
    this.updateUse();
  }

  removeRule(arn: string): void {
    this.findRule(arn).listener.rules.remove(arn);
    this.updateUse();
  }

  rules(listenerArn: string): readonly RuleSettings[] {
    return this.listener(listenerArn).rules.rules;
  }

  actionsOf(arn: string): readonly Action[] | undefined {
    const listener = this.listening.get(arn);
    if (listener !== undefined) return listener.rules.defaultActions;
    return [...this.listening.values()].flatMap(({ rules }) => rules.rules).find((rule) => rule.arn === arn)
      ?.actions;
  }

  addTargetGroup(settings: TargetGroupSettings): void {
    this.refuseTwice(this.groups, settings.arn);
    this.groups.set(
      settings.arn,
      new TargetGroup(settings, this.clock, this.locate, this.healthChanged, this.probe),
    );
  }

  modifyTargetGroup(
    arn: string,
    change: { healthCheck?: Partial<HealthCheckSettings>; deregistrationDelay?: number },
  ): void {
    this.group(arn).modify(change);
  }

  removeTargetGroup(arn: string): void {
    const group = this.group(arn);
    const user = this.loadBalancersOf(arn)[0];
    if (user !== undefined) {
      throw new BalancerError(
        'ResourceInUse',
        `Target group '${arn}' is currently in use by a listener or a rule of ${user}`,
      );
    }
    group.close();
    this.groups.delete(arn);
    this.healthChanged(arn);
  }

  targetGroup(arn: string): TargetGroupSettings | undefined {
    return this.groups.get(arn)?.settings;
  }

  loadBalancersOf(targetGroupArn: string): readonly string[] {
    const users = [...this.listening.values()].filter((listener) =>
      forwardsByListener(listener).some(({ arn }) => arn === targetGroupArn),
    );
    return [...new Set(users.map(({ settings }) => settings.loadBalancerArn))];
  }

  registerTarget(targetGroupArn: string, target: Target): void {
    this.group(targetGroupArn).register(target);
  }

  deregisterTarget(targetGroupArn: string, target: Target): void {
    this.group(targetGroupArn).deregister(target);
  }

  targetHealth(targetGroupArn: string): readonly TargetHealth[] {
    return this.group(targetGroupArn).health();
  }

  onHealthChange(changed: (targetGroupArn: string) => void): () => void {
    const listener = (arn: string) => changed(arn);
    this.healthListeners.add(listener);
    return () => void this.healthListeners.delete(listener);
  }

  counters(targetGroupArn: string): TargetGroupCounters {
    return { ...this.group(targetGroupArn).counters };
  }

  async close(): Promise<void> {
    const listeners = [...this.listening.values()];
    this.listening.clear();
    await Promise.all(listeners.map((listener) => listener.close()));
    for (const group of this.groups.values()) group.close();
    this.groups.clear();
    this.loadBalancers.clear();
  }

  private readonly healthChanged = (targetGroupArn: string): void => {
    for (const listener of this.healthListeners) listener(targetGroupArn);
  };

  private listener(arn: string): Listener {
    const listener = this.listening.get(arn);
    if (listener === undefined) throw notFound('ListenerNotFound', 'listener', arn);
    return listener;
  }

  private group(arn: string): TargetGroup {
    const group = this.groups.get(arn);
    if (group === undefined) throw notFound('TargetGroupNotFound', 'target group', arn);
    return group;
  }

  private findRule(arn: string): { listener: Listener; rule: RuleSettings } {
    for (const listener of this.listening.values()) {
      const rule = listener.rules.rules.find((candidate) => candidate.arn === arn);
      if (rule !== undefined) return { listener, rule };
    }
    throw notFound('RuleNotFound', 'listener rule', arn);
  }

  private expectGroups(actions: readonly Action[]): void {
    for (const { arn } of forwardsOf(actions)) this.group(arn);
  }

  private refuseTwice(present: ReadonlyMap<string, unknown>, arn: string): void {
    if (present.has(arn)) throw duplicate(arn);
  }

  /** Checks run for the groups that something forwards to, whatever the weight. */
  private updateUse(): void {
    const used = new Set([...this.listening.values()].flatMap(forwardsByListener).map(({ arn }) => arn));
    for (const [arn, group] of this.groups) group.setInUse(used.has(arn));
  }
}

function forwardsByListener({ rules }: Listener): ReturnType<typeof forwardsOf> {
  return [rules.defaultActions, ...rules.rules.map(({ actions }) => actions)].flatMap(forwardsOf);
}

function notFound(code: BalancerErrorCode, what: string, arn: string): BalancerError {
  return new BalancerError(code, `There is no ${what} '${arn}'.`);
}

function duplicate(arn: string): BalancerError {
  return new BalancerError('DuplicateArn', `There is something with the ARN '${arn}' already.`);
}
