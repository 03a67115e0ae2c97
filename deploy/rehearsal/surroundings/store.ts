import { createHash } from 'node:crypto';
import type { Message } from '../api/operation';
import { Tags } from './tags';

export interface Parameter {
  name: string;
  arn: string;
  type: string;
  value: string;
  version: number;
  lastModified: number;
  description?: string | undefined;
  /** `Standard` where it is not set. */
  tier?: string | undefined;
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

/** Somebody else who may vouch for callers, such as GitHub. */
export interface OpenIdProvider {
  arn: string;
  /** Without `https://`. */
  url: string;
  clientIds: readonly string[];
  thumbprints: readonly string[];
  createdAt: number;
}

export interface Repository {
  name: string;
  arn: string;
  uri: string;
  tagMutability: string;
  createdAt: number;
  /** Policy documents, as they were given. */
  policy?: string | undefined;
  lifecyclePolicy?: string | undefined;
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
  /** Those that differ from what a new one has, e.g. `idle_timeout.timeout_seconds`. */
  attributes?: Readonly<Record<string, string>>;
  createdAt?: number;
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
  /** ARN of the rule that stands for the default actions, where it is not the one made up here. */
  defaultRuleArn?: string;
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
  /** `HTTP1`, `HTTP2`, `GRPC`. */
  protocolVersion?: string;
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

export interface Bucket {
  objects: Map<string, StoredObject>;
  createdAt: number;
  /** Documents of its settings by the name of the subresource, e.g. `versioning`; XML, JSON for `policy`. */
  settings: Map<string, string>;
}

/** A resource that is kept as its service writes it, without its tags. */
export type WireTable = Map<string, Message>;

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
  readonly buckets = new Map<string, Bucket>();
  readonly openIdProviders = new Map<string, OpenIdProvider>();
  /** EFS, by id. */
  readonly fileSystems: WireTable = new Map();
  readonly mountTargets: WireTable = new Map();
  readonly accessPoints: WireTable = new Map();
  /** Application Auto Scaling: targets by `resource dimension`, policies by that and their name. */
  readonly scalableTargets: WireTable = new Map();
  readonly scalingPolicies: WireTable = new Map();
  readonly scheduledActions: WireTable = new Map();
  /** Cloud Map namespaces by id. */
  readonly namespaces: WireTable = new Map();
  /** Tags of everything but EC2's resources, by ARN. */
  readonly tags = new Tags();
  readonly vpcs: Ec2Table = new Map();
  readonly subnets: Ec2Table = new Map();
  readonly securityGroups: Ec2Table = new Map();
  readonly routeTables: Ec2Table = new Map();
  readonly vpcEndpoints: Ec2Table = new Map();
  readonly internetGateways: Ec2Table = new Map();
  readonly natGateways: Ec2Table = new Map();

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

  /** Takes a listener out, with its rules. */
  removeListener(arn: string): void {
    for (const rule of this.rules.values()) {
      if (rule.listenerArn !== arn) continue;
      this.rules.delete(rule.arn);
      this.tags.drop(rule.arn);
    }
    this.listeners.delete(arn);
    this.tags.drop(arn);
  }

  /** The listener of this ARN, or the one whose default rule has it. */
  listenerOfDefaultRule(arn: string): Listener | undefined {
    const listener = this.listeners.get(arn);
    if (listener !== undefined) return listener;
    return [...this.listeners.values()].find((one) => defaultRuleArn(one) === arn);
  }
}

/** ARN of the rule that stands for a listener's default actions. */
export function defaultRuleArn(listener: Listener): string {
  if (listener.defaultRuleArn !== undefined) return listener.defaultRuleArn;
  const id = createHash('sha256').update(`default ${listener.arn}`).digest('hex').slice(0, 16);
  return `${listener.arn.replace(':listener/', ':listener-rule/')}/${id}`;
}
