import type { Message } from '../api/operation';

export interface Parameter {
  name: string;
  arn: string;
  type: string;
  value: string;
  version: number;
  lastModified: number;
}

export interface Secret {
  name: string;
  arn: string;
  description: string | undefined;
  versions: { id: string; value: string; stages: string[]; createdAt: number }[];
  createdAt: number;
}

export interface Role {
  name: string;
  arn: string;
  path: string;
  id: string;
  assumeRolePolicy: string;
  maxSessionDuration: number;
  createdAt: number;
  /** Document by the name of the inline policy. */
  inline: Map<string, string>;
  /** ARNs of managed policies. */
  attached: Set<string>;
}

export interface Policy {
  arn: string;
  name: string;
  document: string;
}

export interface Repository {
  name: string;
  arn: string;
  uri: string;
  tagMutability: string;
  createdAt: number;
}

export interface LogGroup {
  name: string;
  arn: string;
  retentionInDays: number | undefined;
  createdAt: number;
}

export interface LoadBalancer {
  arn: string;
  name: string;
  dnsName: string;
  scheme: string;
  type: string;
  vpcId: string;
  subnetIds: readonly string[];
  securityGroupIds: readonly string[];
}

/** Where a listener or a rule sends requests, as ELBv2 writes it. */
export interface Action {
  type: string;
  order: number;
  targetGroups: readonly { arn: string; weight: number }[];
  redirect: Message | undefined;
  fixedResponse: Message | undefined;
}

export interface Listener {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: string;
  certificateArn: string | undefined;
  sslPolicy: string | undefined;
  defaultActions: readonly Action[];
  /** The port on this machine that stands for it, where the apply has chosen one. */
  localPort: number | undefined;
}

export interface Rule {
  arn: string;
  listenerArn: string;
  /** `default`, or its number. */
  priority: string;
  /** As ELBv2 writes them: `{Field: 'path-pattern', Values: [...]}`. */
  conditions: readonly { field: string; values: readonly string[]; header: string | undefined }[];
  actions: readonly Action[];
}

export interface StoredTargetGroup {
  arn: string;
  name: string;
  protocol: string;
  port: number;
  vpcId: string;
  targetType: 'ip' | 'instance';
  healthCheck: {
    enabled: boolean;
    path: string;
    /** A number, or `traffic-port`. */
    port: string;
    protocol: string;
    /** Seconds. */
    interval: number;
    /** Seconds. */
    timeout: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
    /** `200`, `200-299`, `200,301`. */
    matcher: string;
  };
  /** `deregistration_delay.timeout_seconds` and the like. */
  attributes: Readonly<Record<string, string>>;
}

export interface Alarm {
  name: string;
  arn: string;
  state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  reason: string;
  updatedAt: number;
  /** The rest, as CloudWatch writes it. */
  details: Message;
}

export interface StoredObject {
  body: Buffer;
  etag: string;
  contentType: string;
  lastModified: number;
}

/** EC2's resources are kept as EC2 writes them, by their id. */
export type Ec2Table = Map<string, Message>;

/** Everything around ECS that is there: made from applied states, or copied from moto. */
export class Store {
  readonly parameters = new Map<string, Parameter>();
  readonly secrets = new Map<string, Secret>();
  readonly roles = new Map<string, Role>();
  readonly policies = new Map<string, Policy>();
  readonly repositories = new Map<string, Repository>();
  readonly logGroups = new Map<string, LogGroup>();
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly listeners = new Map<string, Listener>();
  readonly rules = new Map<string, Rule>();
  readonly targetGroups = new Map<string, StoredTargetGroup>();
  readonly alarms = new Map<string, Alarm>();
  readonly buckets = new Map<string, Map<string, StoredObject>>();
  readonly vpcs: Ec2Table = new Map();
  readonly subnets: Ec2Table = new Map();
  readonly securityGroups: Ec2Table = new Map();
  readonly routeTables: Ec2Table = new Map();
  readonly vpcEndpoints: Ec2Table = new Map();

  constructor(
    readonly accountId: string,
    readonly region: string,
  ) {}

  /** An ARN of this account and region. IAM's have no region. */
  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${service === 'iam' ? '' : this.region}:${this.accountId}:${resource}`;
  }

  /** Load balancers whose listeners or rules send requests to a target group. */
  loadBalancersOf(targetGroupArn: string): string[] {
    const found = new Set<string>();
    const sends = (actions: readonly Action[]) =>
      actions.some((action) => action.targetGroups.some((target) => target.arn === targetGroupArn));
    for (const listener of this.listeners.values()) {
      if (sends(listener.defaultActions)) found.add(listener.loadBalancerArn);
    }
    for (const rule of this.rules.values()) {
      const listener = this.listeners.get(rule.listenerArn);
      if (listener !== undefined && sends(rule.actions)) found.add(listener.loadBalancerArn);
    }
    return [...found];
  }
}
