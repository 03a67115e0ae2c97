import { readAction } from '../services/elbv2/actions';
import type { Action, Listener, LoadBalancer, Store } from '../store';
import { MotoRefusal, type MotoClient } from './client';
import { childOf, members, textOf, type XmlContent } from './parse-xml';

const ELB = '2015-12-01';

/** Load balancers, listeners, rules and target groups as moto holds them. */
export async function copyLoadBalancing(store: Store, moto: MotoClient): Promise<void> {
  // What another client deletes while it is copied is as good as gone.
  const ask = (operation: string, parameters = {}): Promise<Entry> =>
    moto.query('elasticloadbalancing', ELB, operation, parameters).catch((error: unknown) => {
      if (error instanceof MotoRefusal && error.isNotFound) return {};
      throw error;
    });
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
        (await ask('DescribeListeners', { LoadBalancerArn: textOf(balancer, 'LoadBalancerArn') })).Listeners,
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
  const defaults = new Map(
    rules
      .flat()
      .filter(({ rule: entry }) => textOf(entry, 'Priority') === 'default')
      .map(({ rule: entry, listenerArn }) => [listenerArn, textOf(entry, 'RuleArn')]),
  );
  replace(
    store.listeners,
    listeners.flat().map((entry) => listener(entry, ports, defaults)),
  );
  replace(
    store.rules,
    rules
      .flat()
      .flatMap(({ rule: entry, listenerArn }) =>
        textOf(entry, 'Priority') === 'default' ? [] : [rule(entry, listenerArn)],
      ),
  );
}

/** Gives a rule, or a listener by default, these actions in moto. */
export async function writeActions(
  moto: MotoClient,
  change: { arn: string; isListener: boolean; actions: readonly Action[] },
): Promise<void> {
  const list = change.isListener ? 'DefaultActions' : 'Actions';
  const parameters: Record<string, string> = {};
  for (const [index, { type, order, targetGroups }] of change.actions.entries()) {
    const action = `${list}.member.${index + 1}`;
    parameters[`${action}.Type`] = type;
    parameters[`${action}.Order`] = String(order);
    for (const [position, { arn, weight }] of targetGroups.entries()) {
      const group = `${action}.ForwardConfig.TargetGroups.member.${position + 1}`;
      parameters[`${group}.TargetGroupArn`] = arn;
      parameters[`${group}.Weight`] = String(weight);
    }
  }
  const [operation, name] = change.isListener ? ['ModifyListener', 'ListenerArn'] : ['ModifyRule', 'RuleArn'];
  await moto.query('elasticloadbalancing', ELB, operation, { [name]: change.arn, ...parameters });
}

function replace<T extends { arn: string }>(table: Map<string, T>, entries: readonly T[]): void {
  const kept = new Set(entries.map(({ arn }) => arn));
  for (const arn of table.keys()) if (!kept.has(arn)) table.delete(arn);
  for (const entry of entries) table.set(entry.arn, entry);
}

type Entry = { [name: string]: XmlContent | XmlContent[] };

function loadBalancer(entry: Entry): LoadBalancer {
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

function listener(
  entry: Entry,
  ports: ReadonlyMap<string, number | undefined>,
  defaults: ReadonlyMap<string, string>,
): Listener {
  const arn = textOf(entry, 'ListenerArn');
  const defaultRuleArn = defaults.get(arn);
  return {
    ...(defaultRuleArn === undefined ? {} : { defaultRuleArn }),
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
