import type {
  Action as BalancerAction,
  Balancer,
  Condition,
  ListenerSettings,
} from '../balancer/balancer-types';
import type { Action, Listener, Rule, Store, StoredTargetGroup } from './store';

/**
 * Keeps the balancer as the store says: what is new is added, what changed is modified, what is gone is removed.
 * The two are the same after `sync`; rules alone can be brought over at once.
 */
export class BalancerSync {
  /** What was last told to the balancer, by ARN. */
  private readonly told = new Map<string, string>();
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Store,
    private readonly balancer: Balancer,
  ) {}

  /**
   * Calls that overlap follow one another.
   * @throws Error where the local port of a listener is taken.
   */
  sync(): Promise<void> {
    const run = this.last.then(() => this.syncNow());
    this.last = run.catch(() => undefined);
    return run;
  }

  /** What no longer is sends nothing on; only then can its target groups go. */
  private async syncNow(): Promise<void> {
    const { store, balancer } = this;
    for (const arn of this.gone(':listener-rule/', store.rules)) balancer.removeRule(arn);
    for (const arn of this.gone(':listener/', store.listeners)) await balancer.removeListener(arn);
    for (const arn of this.gone(':loadbalancer/', store.loadBalancers))
      await balancer.removeLoadBalancer(arn);
    for (const group of store.targetGroups.values()) this.targetGroup(group);
    for (const { arn, name, dnsName } of store.loadBalancers.values()) {
      if (this.isNews(arn, { name })) balancer.addLoadBalancer({ arn, name, dnsName });
      this.tell(arn, { name });
    }
    for (const listener of [...store.listeners.values()]) await this.listener(listener);
    for (const rule of store.rules.values()) this.makeRoom(rule);
    for (const rule of store.rules.values()) this.rule(rule);
    for (const arn of this.gone(':targetgroup/', store.targetGroups)) balancer.removeTargetGroup(arn);
    for (const { arn, localPort } of balancer.listeners()) {
      const listener = store.listeners.get(arn);
      if (listener !== undefined) store.listeners.set(arn, { ...listener, localPort });
    }
  }

  /** Changes where a rule of the store, or a listener by default, sends requests; the next request goes there. */
  setActions(arn: string, actions: readonly Action[]): void {
    const rule = this.store.rules.get(arn);
    const listener = this.store.listeners.get(arn);
    if (rule !== undefined) {
      this.store.rules.set(arn, { ...rule, actions });
      this.rule({ ...rule, actions });
    } else if (listener !== undefined) {
      this.store.listeners.set(arn, { ...listener, defaultActions: actions });
      if (!this.told.has(arn)) return;
      this.balancer.modifyListener(arn, actions.map(balancerAction));
      this.tell(arn, { port: listener.port, protocol: listener.protocol, actions });
    }
  }

  private targetGroup({
    arn,
    name,
    port,
    protocol,
    targetType,
    healthCheck,
    attributes,
  }: StoredTargetGroup): void {
    const deregistrationDelay = Number(attributes['deregistration_delay.timeout_seconds'] ?? 300);
    const known = this.told.has(arn);
    if (!this.isNews(arn, { healthCheck, deregistrationDelay })) return;
    if (known) this.balancer.modifyTargetGroup(arn, { healthCheck, deregistrationDelay });
    else {
      this.balancer.addTargetGroup({
        arn,
        name,
        port,
        protocol: protocol === 'HTTPS' ? 'HTTPS' : 'HTTP',
        targetType,
        healthCheck,
        deregistrationDelay,
      });
    }
    this.tell(arn, { healthCheck, deregistrationDelay });
  }

  private async listener(listener: Listener): Promise<void> {
    const { arn, loadBalancerArn, port, protocol, defaultActions, localPort } = listener;
    // Network load balancers are no HTTP balancers; their listeners exist in answers only.
    if (protocol !== 'HTTP' && protocol !== 'HTTPS') return;
    const told = { port, protocol, actions: defaultActions };
    if (!this.isNews(arn, told)) return;
    const actions = defaultActions.map(balancerAction);
    const settings: ListenerSettings = { arn, loadBalancerArn, port, protocol, defaultActions: actions };
    const before = this.balancer.listeners().find((address) => address.arn === arn);
    if (before?.port === port && this.told.get(arn)?.includes(`"protocol":"${protocol}"`)) {
      this.balancer.modifyListener(arn, actions);
    } else {
      if (before !== undefined) await this.stopListening(arn);
      await this.listen(localPort === undefined ? settings : { ...settings, localPort });
    }
    this.tell(arn, told);
  }

  /** Its rules go with it, and are told anew. */
  private async stopListening(arn: string): Promise<void> {
    await this.balancer.removeListener(arn);
    for (const rule of this.store.rules.values()) if (rule.listenerArn === arn) this.told.delete(rule.arn);
  }

  private async listen(settings: ListenerSettings): Promise<void> {
    try {
      await this.balancer.addListener(settings);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      throw new Error(
        `port ${settings.localPort} of this machine, which stands for the listener ${settings.arn}, is taken: ` +
          'end what listens there, or delete the old state so that the apply chooses another',
        { cause: error },
      );
    }
  }

  private rule({ arn, listenerArn, priority, conditions, actions }: Rule): void {
    if (priority === 'default' || !this.told.has(listenerArn)) return;
    const told = { priority, conditions, actions };
    if (!this.isNews(arn, told)) return;
    const settings = {
      priority: Number(priority),
      conditions: conditions.map(balancerCondition),
      actions: actions.map(balancerAction),
    };
    if (this.told.has(arn)) this.balancer.modifyRule(arn, settings);
    else this.balancer.addRule({ arn, listenerArn, ...settings });
    this.tell(arn, told);
  }

  /** Two rules may have changed places: one that moves lets go of its priority first. */
  private makeRoom({ arn, priority }: Rule): void {
    const told = this.told.get(arn);
    if (told === undefined || told.startsWith(`{"priority":"${priority}",`)) return;
    this.balancer.removeRule(arn);
    this.told.delete(arn);
  }

  private gone(kind: string, table: ReadonlyMap<string, unknown>): string[] {
    const gone = [...this.told.keys()].filter((arn) => arn.includes(kind) && !table.has(arn));
    for (const arn of gone) this.told.delete(arn);
    return gone;
  }

  private isNews(arn: string, value: unknown): boolean {
    return this.told.get(arn) !== JSON.stringify(value);
  }

  private tell(arn: string, value: unknown): void {
    this.told.set(arn, JSON.stringify(value));
  }
}

function balancerAction(action: Action): BalancerAction {
  if (action.type === 'forward') return { type: 'forward', targetGroups: action.targetGroups };
  if (action.redirect !== undefined) {
    const { Protocol, Host, Port, Path, Query, StatusCode } = action.redirect as Record<string, string>;
    return {
      type: 'redirect',
      statusCode: StatusCode === 'HTTP_302' ? 302 : 301,
      ...(Protocol ? { protocol: Protocol } : {}),
      ...(Host ? { host: Host } : {}),
      ...(Port ? { port: Port } : {}),
      ...(Path ? { path: Path } : {}),
      ...(Query ? { query: Query } : {}),
    };
  }
  const { StatusCode, ContentType, MessageBody } = (action.fixedResponse ?? {}) as Record<string, string>;
  return {
    type: 'fixed-response',
    // An action of a kind that has no stand-in here (sign-in, Lambda) says so to whoever calls.
    statusCode: action.fixedResponse === undefined ? 501 : Number(StatusCode),
    ...(ContentType ? { contentType: ContentType } : {}),
    ...(action.fixedResponse === undefined
      ? { messageBody: `the rehearsal's load balancer has no ${action.type} action` }
      : MessageBody
        ? { messageBody: MessageBody }
        : {}),
  };
}

function balancerCondition({ field, values, header }: Rule['conditions'][number]): Condition {
  if (field === 'http-header') return { field, name: header ?? '', values };
  if (field === 'query-string') {
    return {
      field,
      values: values.map((text) => {
        const mark = text.indexOf('=');
        return mark < 0 ? { value: text } : { key: text.slice(0, mark), value: text.slice(mark + 1) };
      }),
    };
  }
  return { field: field as 'path-pattern', values };
}
