import type { Message } from '../../api/operation';
import type { LogStore } from '../log-store';
import { readAction } from '../services/elbv2';
import type { Store } from '../store';
import type { MotoClient } from './client';
import { childOf, members, textOf, type XmlContent } from './parse-xml';

type Copy = (store: Store, moto: MotoClient) => Promise<void>;

const ELB = '2015-12-01';

/** Copies of what ECS and the balancer must know at once, by the service that it is asked of. */
const copies: Readonly<Record<string, Copy>> = {
  async elasticloadbalancing(store, moto) {
    const ask = (operation: string, parameters = {}) =>
      moto.query('elasticloadbalancing', ELB, operation, parameters);
    const balancers = members((await ask('DescribeLoadBalancers')).LoadBalancers);
    const groups = members((await ask('DescribeTargetGroups')).TargetGroups);
    const attributes = await Promise.all(
      groups.map(async (group) =>
        members(
          (await ask('DescribeTargetGroupAttributes', { TargetGroupArn: textOf(group, 'TargetGroupArn') }))
            .Attributes,
        ),
      ),
    );
    const listeners = await Promise.all(
      balancers.map(async (balancer) =>
        members(
          (await ask('DescribeListeners', { LoadBalancerArn: textOf(balancer, 'LoadBalancerArn') }))
            .Listeners,
        ),
      ),
    );
    const rules = await Promise.all(
      listeners.flat().map(async (listener) => {
        const listenerArn = textOf(listener, 'ListenerArn');
        const found = members((await ask('DescribeRules', { ListenerArn: listenerArn })).Rules);
        return found.map((rule) => ({ rule, listenerArn }));
      }),
    );
    replace(store.loadBalancers, balancers.map(loadBalancer));
    replace(
      store.targetGroups,
      groups.map((group, index) => targetGroup(group, attributes[index] ?? [])),
    );
    const ports = new Map([...store.listeners].map(([arn, listener]) => [arn, listener.localPort]));
    replace(
      store.listeners,
      listeners.flat().map((entry) => listener(entry, ports)),
    );
    replace(
      store.rules,
      rules
        .flat()
        .flatMap(({ rule: entry, listenerArn }) =>
          textOf(entry, 'Priority') === 'default' ? [] : [rule(entry, listenerArn)],
        ),
    );
  },

  async iam(store, moto) {
    const roles = members((await moto.query('iam', '2010-05-08', 'ListRoles', { MaxItems: '1000' })).Roles);
    store.roles.clear();
    for (const entry of roles) {
      const name = textOf(entry, 'RoleName');
      store.roles.set(name, {
        name,
        arn: textOf(entry, 'Arn'),
        path: textOf(entry, 'Path'),
        id: textOf(entry, 'RoleId'),
        assumeRolePolicy: decodeURIComponent(textOf(entry, 'AssumeRolePolicyDocument')),
        maxSessionDuration: 3600,
        createdAt: Date.parse(textOf(entry, 'CreateDate')),
        inline: new Map(),
        attached: new Set(),
      });
    }
  },

  async ec2(store, moto) {
    const subnets = members((await moto.query('ec2', '2016-11-15', 'DescribeSubnets')).subnetSet);
    store.subnets.clear();
    for (const entry of subnets) store.subnets.set(textOf(entry, 'subnetId'), entry);
  },

  async logs(store, moto) {
    const groups = await moto.jsonList('logs', 'DescribeLogGroups', 'logGroups');
    store.logGroups.clear();
    for (const entry of groups) {
      const name = String(entry.logGroupName);
      store.logGroups.set(name, {
        name,
        arn: String(entry.arn).replace(/:\*$/, ''),
        retentionInDays: entry.retentionInDays as number | undefined,
        createdAt: Number(entry.creationTime),
      });
    }
  },

  async ssm(store, moto) {
    const parameters = await moto.jsonList('ssm', 'GetParametersByPath', 'Parameters', {
      Path: '/',
      Recursive: true,
      WithDecryption: true,
    });
    store.parameters.clear();
    for (const entry of parameters) {
      const name = String(entry.Name);
      store.parameters.set(name, {
        name,
        arn: String(entry.ARN),
        type: String(entry.Type),
        value: String(entry.Value),
        version: Number(entry.Version),
        lastModified: Number(entry.LastModifiedDate) * 1000,
      });
    }
  },

  async secretsmanager(store, moto) {
    const secrets = await moto.jsonList('secretsmanager', 'ListSecrets', 'SecretList');
    const values = await Promise.all(
      secrets.map((entry) =>
        moto.json('secretsmanager', 'GetSecretValue', { SecretId: entry.ARN }).catch((): Message => ({})),
      ),
    );
    store.secrets.clear();
    for (const [index, entry] of secrets.entries()) {
      const { SecretString, VersionId } = values[index] ?? {};
      const version = {
        id: String(VersionId),
        value: String(SecretString),
        stages: ['AWSCURRENT'],
        createdAt: 0,
      };
      store.secrets.set(String(entry.Name), {
        name: String(entry.Name),
        arn: String(entry.ARN),
        description: undefined,
        versions: SecretString === undefined ? [] : [version],
        createdAt: 0,
      });
    }
  },

  async ecr(store, moto) {
    const repositories = await moto.jsonList('ecr', 'DescribeRepositories', 'repositories');
    store.repositories.clear();
    for (const entry of repositories) {
      const name = String(entry.repositoryName);
      store.repositories.set(name, {
        name,
        arn: String(entry.repositoryArn),
        uri: String(entry.repositoryUri),
        tagMutability: String(entry.imageTagMutability),
        createdAt: Number(entry.createdAt) * 1000,
      });
    }
  },

  async monitoring(store, moto) {
    const answer = await moto.query('monitoring', '2010-08-01', 'DescribeAlarms');
    store.alarms.clear();
    for (const entry of members(answer.MetricAlarms)) {
      const name = textOf(entry, 'AlarmName');
      const state = textOf(entry, 'StateValue');
      store.alarms.set(name, {
        name,
        arn: textOf(entry, 'AlarmArn'),
        state: state === 'OK' || state === 'ALARM' ? state : 'INSUFFICIENT_DATA',
        reason: textOf(entry, 'StateReason'),
        updatedAt: 0,
        details: {},
      });
    }
  },
};

/** The store as a copy of what moto holds, brought up to date after every change that passes through. */
export class Mirror {
  private readonly running = new Map<string, Promise<void>>();
  private readonly waiting = new Map<string, Promise<void>>();

  /** @param after runs when a service's copy is new, e.g. to tell the balancer. */
  constructor(
    private readonly store: Store,
    private readonly logStore: LogStore,
    private readonly moto: MotoClient,
    private readonly after: () => Promise<void>,
  ) {}

  covers(service: string): boolean {
    return Object.hasOwn(copies, service);
  }

  async refreshAll(): Promise<void> {
    for (const service of Object.keys(copies)) await this.refresh(service);
  }

  /** Copies one service anew, beginning after this call; calls that come while one waits share it. */
  refresh(service: string): Promise<void> {
    const waiting = this.waiting.get(service);
    if (waiting !== undefined) return waiting;
    const run = (this.running.get(service) ?? Promise.resolve())
      .catch(() => undefined)
      .then(() => {
        this.waiting.delete(service);
        this.running.set(service, run);
        return this.copy(service);
      });
    this.waiting.set(service, run);
    return run;
  }

  private async copy(service: string): Promise<void> {
    const groups = [...this.store.logGroups.keys()];
    await copies[service]?.(this.store, this.moto);
    for (const group of groups) if (!this.store.logGroups.has(group)) this.logStore.removeGroup(group);
    await this.after();
  }
}

function replace<T extends { arn: string }>(table: Map<string, T>, entries: readonly T[]): void {
  const kept = new Set(entries.map(({ arn }) => arn));
  for (const arn of table.keys()) if (!kept.has(arn)) table.delete(arn);
  for (const entry of entries) table.set(entry.arn, entry);
}

type Entry = { [name: string]: XmlContent | XmlContent[] };

function loadBalancer(entry: Entry) {
  return {
    arn: textOf(entry, 'LoadBalancerArn'),
    name: textOf(entry, 'LoadBalancerName'),
    dnsName: textOf(entry, 'DNSName'),
    scheme: textOf(entry, 'Scheme'),
    type: textOf(entry, 'Type'),
    vpcId: textOf(entry, 'VpcId'),
    subnetIds: members(entry.AvailabilityZones).map((zone) => textOf(zone, 'SubnetId')),
    securityGroupIds: [],
  };
}

function listener(entry: Entry, ports: ReadonlyMap<string, number | undefined>) {
  const arn = textOf(entry, 'ListenerArn');
  return {
    arn,
    loadBalancerArn: textOf(entry, 'LoadBalancerArn'),
    port: Number(textOf(entry, 'Port')),
    protocol: textOf(entry, 'Protocol'),
    certificateArn: undefined,
    sslPolicy: undefined,
    defaultActions: members(entry.DefaultActions).map(action),
    localPort: ports.get(arn),
  };
}

function rule(entry: Entry, listenerArn: string) {
  return {
    arn: textOf(entry, 'RuleArn'),
    listenerArn,
    priority: textOf(entry, 'Priority'),
    conditions: members(entry.Conditions).map(condition),
    actions: members(entry.Actions).map(action),
  };
}

function targetGroup(entry: Entry, attributes: readonly Entry[]) {
  return {
    arn: textOf(entry, 'TargetGroupArn'),
    name: textOf(entry, 'TargetGroupName'),
    protocol: textOf(entry, 'Protocol'),
    port: Number(textOf(entry, 'Port')),
    vpcId: textOf(entry, 'VpcId'),
    targetType: textOf(entry, 'TargetType') === 'ip' ? ('ip' as const) : ('instance' as const),
    healthCheck: {
      enabled: textOf(entry, 'HealthCheckEnabled') !== 'false',
      path: textOf(entry, 'HealthCheckPath') || '/',
      port: textOf(entry, 'HealthCheckPort') || 'traffic-port',
      protocol: textOf(entry, 'HealthCheckProtocol') || 'HTTP',
      interval: Number(textOf(entry, 'HealthCheckIntervalSeconds') || 30),
      timeout: Number(textOf(entry, 'HealthCheckTimeoutSeconds') || 5),
      healthyThreshold: Number(textOf(entry, 'HealthyThresholdCount') || 5),
      unhealthyThreshold: Number(textOf(entry, 'UnhealthyThresholdCount') || 2),
      matcher: textOf(childOf(entry, 'Matcher'), 'HttpCode') || '200',
    },
    attributes: Object.fromEntries(attributes.map((one) => [textOf(one, 'Key'), textOf(one, 'Value')])),
  };
}

/** XML's lists as those of a request, which is how the embedded service reads an action. */
function action(entry: Entry, index: number) {
  const groups = members(childOf(entry, 'ForwardConfig').TargetGroups).map((group) => ({
    TargetGroupArn: textOf(group, 'TargetGroupArn'),
    Weight: textOf(group, 'Weight') || '1',
  }));
  const { Type, Order, TargetGroupArn, RedirectConfig, FixedResponseConfig } = entry;
  const ForwardConfig = { TargetGroups: groups };
  return readAction(
    { Type, Order, TargetGroupArn, RedirectConfig, FixedResponseConfig, ForwardConfig },
    index,
  );
}

function condition(entry: Entry) {
  const field = textOf(entry, 'Field');
  const configs = [
    'PathPatternConfig',
    'HostHeaderConfig',
    'HttpRequestMethodConfig',
    'SourceIpConfig',
    'HttpHeaderConfig',
  ];
  const inConfig = configs.flatMap((name) => strings(childOf(entry, name).Values));
  const queries = members(childOf(entry, 'QueryStringConfig').Values).map((pair) =>
    [textOf(pair, 'Key'), textOf(pair, 'Value')].filter((part) => part !== '').join('='),
  );
  const plain = strings(entry.Values);
  return {
    field,
    values: plain.length > 0 ? plain : inConfig.length > 0 ? inConfig : queries,
    header: textOf(childOf(entry, 'HttpHeaderConfig'), 'HttpHeaderName') || undefined,
  };
}

function strings(content: XmlContent | XmlContent[] | undefined): string[] {
  if (content === undefined || typeof content === 'string' || Array.isArray(content)) return [];
  const inner = content.member;
  return (Array.isArray(inner) ? inner : [inner]).filter((entry) => typeof entry === 'string');
}
