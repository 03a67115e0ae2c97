import type { Target, TargetHealth } from '../surroundings/surroundings';

export type { Target, TargetHealth };

export interface LoadBalancerSettings {
  arn: string;
  name: string;
  /** What AWS would call it; requests for it in a redirect go to the local port. */
  dnsName: string;
  /** Seconds without a byte after which a request is answered with 504; real time. Default 60. */
  idleTimeout?: number;
}

export interface ListenerSettings {
  arn: string;
  loadBalancerArn: string;
  /** The port at AWS, e.g. 80. It is told to targets in X-Forwarded-Port. */
  port: number;
  /** TLS ends at the balancer at AWS; here both are plain HTTP, and X-Forwarded-Proto tells them apart. */
  protocol: 'HTTP' | 'HTTPS';
  defaultActions: readonly Action[];
  /** The port of this machine; 0 or absent takes a free one. It never changes while the listener lives. */
  localPort?: number;
}

export interface RuleSettings {
  arn: string;
  listenerArn: string;
  /** 1 is looked at first. Unique in its listener. */
  priority: number;
  /** All must hold. */
  conditions: readonly Condition[];
  actions: readonly Action[];
}

export type Action = ForwardAction | FixedResponseAction | RedirectAction;

export interface ForwardAction {
  type: 'forward';
  /** A weight of 0 takes nothing; weights are shares of their sum. */
  targetGroups: readonly { arn: string; weight: number }[];
}

export interface FixedResponseAction {
  type: 'fixed-response';
  statusCode: number;
  contentType?: string;
  messageBody?: string;
}

/** Members may hold `#{protocol}`, `#{host}`, `#{port}`, `#{path}` (without its first slash) and `#{query}`. */
export interface RedirectAction {
  type: 'redirect';
  statusCode: 301 | 302;
  protocol?: string;
  host?: string;
  port?: string;
  path?: string;
  query?: string;
}

/** `*` stands for any number of characters and `?` for one, in all but source-ip and http-request-method. */
export type Condition =
  | { field: 'path-pattern' | 'host-header' | 'http-request-method' | 'source-ip'; values: readonly string[] }
  | { field: 'http-header'; name: string; values: readonly string[] }
  | { field: 'query-string'; values: readonly { key?: string; value: string }[] };

export interface TargetGroupSettings {
  arn: string;
  name: string;
  port: number;
  protocol: 'HTTP' | 'HTTPS';
  targetType: 'ip' | 'instance';
  healthCheck: HealthCheckSettings;
  /** Seconds of the clock. */
  deregistrationDelay: number;
}

export interface HealthCheckSettings {
  enabled: boolean;
  /** HTTP or HTTPS; default the target group's. */
  protocol?: string;
  path: string;
  /** A number, or `traffic-port`. */
  port: string;
  /** Status codes that count as healthy, e.g. `200`, `200-299,301`. */
  matcher: string;
  /** Seconds of the clock between the starts of two checks. */
  interval: number;
  /** Seconds of real time. */
  timeout: number;
  healthyThreshold: number;
  unhealthyThreshold: number;
}

export interface ListenerAddress {
  arn: string;
  loadBalancerArn: string;
  /** The port at AWS. */
  port: number;
  localPort: number;
  /** `http://127.0.0.1:PORT` */
  url: string;
}

/** What CloudWatch would count for a target group, since it was made. */
export interface TargetGroupCounters {
  /** Requests answered by a target, or that one failed to answer. */
  requests: number;
  target2xx: number;
  target3xx: number;
  target4xx: number;
  target5xx: number;
  /** 502, 503 and 504 that the balancer itself answered for this group. */
  balancer5xx: number;
  /** Connections that a target refused or that failed before it answered. */
  connectionErrors: number;
  /** Health checks that were made. */
  healthChecks: number;
  /** Those that a target failed which was healthy until then. */
  failedHealthChecks: number;
  /** Sum over all answers, from the last byte sent to the first received; milliseconds of real time. */
  responseTime: number;
}

export type BalancerErrorCode =
  | 'LoadBalancerNotFound'
  | 'ListenerNotFound'
  | 'RuleNotFound'
  | 'TargetGroupNotFound'
  | 'PriorityInUse'
  | 'ResourceInUse'
  | 'DuplicateArn'
  | 'InvalidConfiguration';

/** A setting that cannot be; `code` is the code of the ELBv2 API where that has one. */
export class BalancerError extends Error {
  constructor(
    readonly code: BalancerErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'BalancerError';
  }
}

/** A load balancer as ALB behaves, with one port of this machine for each listener. */
export interface Balancer {
  addLoadBalancer(settings: LoadBalancerSettings): void;
  /** Also removes its listeners and their rules. */
  removeLoadBalancer(arn: string): Promise<void>;
  /** Resolves once requests are taken. Throws `BalancerError`, or the system's error where `localPort` is taken. */
  addListener(settings: ListenerSettings): Promise<ListenerAddress>;
  modifyListener(arn: string, defaultActions: readonly Action[]): void;
  removeListener(arn: string): Promise<void>;
  listeners(): readonly ListenerAddress[];
  addRule(settings: RuleSettings): void;
  /** Takes effect with the next request. */
  modifyRule(arn: string, change: Partial<Pick<RuleSettings, 'priority' | 'conditions' | 'actions'>>): void;
  removeRule(arn: string): void;
  /** In the order in which they are looked at. */
  rules(listenerArn: string): readonly RuleSettings[];
  /** The actions of a rule, or the default actions of a listener. */
  actionsOf(ruleOrListenerArn: string): readonly Action[] | undefined;
  addTargetGroup(settings: TargetGroupSettings): void;
  modifyTargetGroup(
    arn: string,
    change: { healthCheck?: Partial<HealthCheckSettings>; deregistrationDelay?: number },
  ): void;
  /** Throws `ResourceInUse` while a listener or rule forwards to it. */
  removeTargetGroup(arn: string): void;
  targetGroup(arn: string): TargetGroupSettings | undefined;
  /** Load balancers with a listener or rule that names the group, whatever the weight. */
  loadBalancersOf(targetGroupArn: string): readonly string[];
  registerTarget(targetGroupArn: string, target: Target): void;
  /** No new request from here on; requests in flight finish. Harmless for a target that is not registered. */
  deregisterTarget(targetGroupArn: string, target: Target): void;
  targetHealth(targetGroupArn: string): readonly TargetHealth[];
  /** Calls `changed` whenever the health of a target of a group changes, until the returned function is called. */
  onHealthChange(changed: (targetGroupArn: string) => void): () => void;
  counters(targetGroupArn: string): TargetGroupCounters;
  /** Ends every listener, socket and check. */
  close(): Promise<void>;
}
