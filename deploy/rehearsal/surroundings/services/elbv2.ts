import { createHash } from 'node:crypto';
import { ApiError, list, requiredString, type Message, type ServiceOperations } from '../../api/operation';
import type { Balancer } from '../../balancer/balancer-types';
import type { BalancerSync } from '../balancer-sync';
import type { Action, Listener, LoadBalancer, Rule, Store, StoredTargetGroup } from '../store';
import type { Target } from '../surroundings';
import { sortedBy } from './page';

/** ELBv2 over the store and the balancer: what is there is read from the store, targets and their health from the balancer. */
export function elbv2(store: Store, balancer: Balancer, sync: BalancerSync): ServiceOperations {
  const group = (input: Message) => {
    const found = store.targetGroups.get(requiredString(input, 'TargetGroupArn'));
    if (found === undefined) throw missing('TargetGroupNotFound', 'target groups');
    return found;
  };
  return {
    DescribeLoadBalancers: (input) => ({
      LoadBalancers: select(
        store.loadBalancers,
        input,
        'LoadBalancerArns',
        'Names',
        'LoadBalancerNotFound',
        'load balancers',
      ).map((entry) => writtenLoadBalancer(entry, store)),
    }),

    DescribeListeners: (input) => {
      const of = input.LoadBalancerArn;
      if (typeof of === 'string' && !store.loadBalancers.has(of))
        throw missing('LoadBalancerNotFound', 'load balancers');
      const listeners = select(
        store.listeners,
        input,
        'ListenerArns',
        undefined,
        'ListenerNotFound',
        'listeners',
      );
      return {
        Listeners: listeners
          .filter((entry) => of === undefined || entry.loadBalancerArn === of)
          .map(writtenListener),
      };
    },

    DescribeRules: (input) => {
      const arns = list(input, 'RuleArns');
      const of = input.ListenerArn;
      if (typeof of === 'string' && !store.listeners.has(of)) throw missing('ListenerNotFound', 'listeners');
      const rules = allRules(store);
      if (arns.some((arn) => !rules.some((rule) => rule.arn === arn))) throw missing('RuleNotFound', 'rules');
      return {
        Rules: rules
          .filter(
            (rule) =>
              (of === undefined || rule.listenerArn === of) && (arns.length === 0 || arns.includes(rule.arn)),
          )
          .map(writtenRule),
      };
    },

    DescribeTargetGroups: (input) => {
      const of = input.LoadBalancerArn;
      const groups = select(
        store.targetGroups,
        input,
        'TargetGroupArns',
        'Names',
        'TargetGroupNotFound',
        'target groups',
      );
      return {
        TargetGroups: groups
          .map((entry) => ({ entry, balancers: store.loadBalancersOf(entry.arn) }))
          .filter(({ balancers }) => typeof of !== 'string' || balancers.includes(of))
          .map(({ entry, balancers }) => writtenTargetGroup(entry, balancers)),
      };
    },

    DescribeTargetGroupAttributes: (input) => ({
      Attributes: Object.entries(group(input).attributes).map(([Key, Value]) => ({ Key, Value })),
    }),

    DescribeTags: (input) => ({
      TagDescriptions: list(input, 'ResourceArns').map((ResourceArn) => ({ ResourceArn, Tags: [] })),
    }),

    DescribeTargetHealth: (input) => targetHealth(group(input), balancer, targetsOf(input)),

    RegisterTargets: (input) => {
      const { arn, port } = group(input);
      for (const target of targetsOf(input))
        balancer.registerTarget(arn, { id: target.id, port: target.port ?? port });
      return {};
    },

    DeregisterTargets: (input) => {
      const { arn } = group(input);
      for (const target of targetsOf(input)) {
        const registered = balancer.targetHealth(arn).filter((entry) => matches(target, entry.target));
        for (const entry of registered) balancer.deregisterTarget(arn, entry.target);
      }
      return {};
    },

    ModifyRule: (input) => {
      const arn = requiredString(input, 'RuleArn');
      const rule = store.rules.get(arn);
      if (rule === undefined) throw missing('RuleNotFound', 'rules');
      sync.setActions(arn, list<Message>(input, 'Actions').map(readAction));
      return { Rules: [writtenRule(store.rules.get(arn) ?? rule)] };
    },

    ModifyListener: (input) => {
      const arn = requiredString(input, 'ListenerArn');
      const listener = store.listeners.get(arn);
      if (listener === undefined) throw missing('ListenerNotFound', 'listeners');
      sync.setActions(arn, list<Message>(input, 'DefaultActions').map(readAction));
      return { Listeners: [writtenListener(store.listeners.get(arn) ?? listener)] };
    },
  };
}

interface WantedTarget {
  id: string;
  port: number | undefined;
}

function missing(code: string, what: string): ApiError {
  return new ApiError(code, `One or more ${what} not found`);
}

function select<T extends { arn: string; name?: string }>(
  table: ReadonlyMap<string, T>,
  input: Message,
  byArn: string,
  byName: string | undefined,
  code: string,
  what: string,
): T[] {
  const arns = list(input, byArn);
  const names = byName === undefined ? [] : list(input, byName);
  const entries = [...table.values()];
  const known = (wanted: readonly string[], value: (entry: T) => string | undefined) =>
    wanted.every((name) => entries.some((entry) => value(entry) === name));
  if (!known(arns, (entry) => entry.arn) || !known(names, (entry) => entry.name)) throw missing(code, what);
  return entries.filter(
    (entry) =>
      (arns.length === 0 || arns.includes(entry.arn)) &&
      (names.length === 0 || names.includes(entry.name ?? '')),
  );
}

function targetsOf(input: Message): WantedTarget[] {
  return list<{ Id?: string; Port?: string | number }>(input, 'Targets').map(({ Id, Port }) => ({
    id: String(Id ?? ''),
    port: Port === undefined ? undefined : Number(Port),
  }));
}

function matches(wanted: WantedTarget, target: Target): boolean {
  return wanted.id === target.id && (wanted.port === undefined || wanted.port === target.port);
}

/** DescribeTargetHealth's answer; a target that was asked for and is not registered is `unused`. */
export function targetHealth(
  group: StoredTargetGroup,
  balancer: Balancer,
  wanted: readonly WantedTarget[],
): Message {
  const all = balancer.targetHealth(group.arn);
  const shown = all.filter(
    (entry) => wanted.length === 0 || wanted.some((target) => matches(target, entry.target)),
  );
  const absent = wanted.filter((target) => !all.some((entry) => matches(target, entry.target)));
  return {
    TargetHealthDescriptions: [
      ...shown.map(({ target, state, reason, description }) => ({
        Target: { Id: target.id, Port: target.port },
        HealthCheckPort:
          group.healthCheck.port === 'traffic-port' ? String(target.port) : group.healthCheck.port,
        TargetHealth: { State: state, Reason: reason, Description: description },
      })),
      ...absent.map(({ id, port }) => ({
        Target: { Id: id, Port: port ?? group.port },
        TargetHealth: {
          State: 'unused',
          Reason: 'Target.NotRegistered',
          Description: 'Target is not registered to the target group',
        },
      })),
    ],
  };
}

function writtenLoadBalancer(entry: LoadBalancer, store: Store): Message {
  const zone = (SubnetId: string) => ({ SubnetId, ZoneName: store.subnets.get(SubnetId)?.availabilityZone });
  return {
    LoadBalancerArn: entry.arn,
    DNSName: entry.dnsName,
    CanonicalHostedZoneId: 'Z14GRHDCWA56QT',
    LoadBalancerName: entry.name,
    Scheme: entry.scheme,
    VpcId: entry.vpcId,
    State: { Code: 'active' },
    Type: entry.type,
    AvailabilityZones: entry.subnetIds.map(zone),
    SecurityGroups: entry.securityGroupIds,
    IpAddressType: 'ipv4',
  };
}

function writtenListener(entry: Listener): Message {
  return {
    ListenerArn: entry.arn,
    LoadBalancerArn: entry.loadBalancerArn,
    Port: entry.port,
    Protocol: entry.protocol,
    Certificates: entry.certificateArn === undefined ? undefined : [{ CertificateArn: entry.certificateArn }],
    SslPolicy: entry.sslPolicy,
    DefaultActions: entry.defaultActions.map(writtenAction),
  };
}

/** Every listener has a rule of its own for what no other rule takes. */
function allRules(store: Store): Rule[] {
  const defaults = [...store.listeners.values()].map((listener): Rule => ({
    arn: defaultRuleArn(listener.arn),
    listenerArn: listener.arn,
    priority: 'default',
    conditions: [],
    actions: listener.defaultActions,
  }));
  const rank = (rule: Rule) => (rule.priority === 'default' ? '999999' : rule.priority.padStart(6, '0'));
  return sortedBy([...store.rules.values(), ...defaults], rank);
}

function defaultRuleArn(listenerArn: string): string {
  const id = createHash('sha256').update(`default ${listenerArn}`).digest('hex').slice(0, 16);
  return `${listenerArn.replace(':listener/', ':listener-rule/')}/${id}`;
}

function writtenRule(rule: Rule): Message {
  return {
    RuleArn: rule.arn,
    Priority: rule.priority,
    IsDefault: rule.priority === 'default',
    Conditions: rule.conditions.map(({ field, values, header }) => ({
      Field: field,
      ...(field === 'path-pattern' || field === 'host-header' ? { Values: values } : {}),
      ...conditionConfig(field, values, header),
    })),
    Actions: rule.actions.map(writtenAction),
  };
}

function conditionConfig(field: string, values: readonly string[], header: string | undefined): Message {
  switch (field) {
    case 'path-pattern':
      return { PathPatternConfig: { Values: values } };
    case 'host-header':
      return { HostHeaderConfig: { Values: values } };
    case 'http-request-method':
      return { HttpRequestMethodConfig: { Values: values } };
    case 'source-ip':
      return { SourceIpConfig: { Values: values } };
    case 'http-header':
      return { HttpHeaderConfig: { HttpHeaderName: header, Values: values } };
    default: {
      const pairs = values.map((text) => text.split('=', 2));
      const Values = pairs.map(([first, second]) =>
        second === undefined ? { Value: first } : { Key: first, Value: second },
      );
      return { QueryStringConfig: { Values } };
    }
  }
}

function writtenTargetGroup(entry: StoredTargetGroup, loadBalancerArns: readonly string[]): Message {
  const check = entry.healthCheck;
  return {
    TargetGroupArn: entry.arn,
    TargetGroupName: entry.name,
    Protocol: entry.protocol,
    Port: entry.port,
    VpcId: entry.vpcId,
    HealthCheckProtocol: check.protocol,
    HealthCheckPort: check.port,
    HealthCheckEnabled: check.enabled,
    HealthCheckIntervalSeconds: check.interval,
    HealthCheckTimeoutSeconds: check.timeout,
    HealthyThresholdCount: check.healthyThreshold,
    UnhealthyThresholdCount: check.unhealthyThreshold,
    HealthCheckPath: check.path,
    Matcher: { HttpCode: check.matcher },
    LoadBalancerArns: loadBalancerArns,
    TargetType: entry.targetType,
    ProtocolVersion: 'HTTP1',
    IpAddressType: 'ipv4',
  };
}

function writtenAction(action: Action): Message {
  const only = action.targetGroups.length === 1 ? action.targetGroups[0] : undefined;
  return {
    Type: action.type,
    TargetGroupArn: only?.arn,
    Order: action.order,
    RedirectConfig: action.redirect,
    FixedResponseConfig: action.fixedResponse,
    ForwardConfig:
      action.type !== 'forward'
        ? undefined
        : {
            TargetGroups: action.targetGroups.map(({ arn, weight }) => ({
              TargetGroupArn: arn,
              Weight: weight,
            })),
            TargetGroupStickinessConfig: { Enabled: false },
          },
  };
}

/** An action as a client, or moto, writes it. */
export function readAction(action: Message, index: number): Action {
  const forward = action.ForwardConfig as
    { TargetGroups?: { TargetGroupArn: string; Weight?: string }[] } | undefined;
  const groups = (forward?.TargetGroups ?? []).map(({ TargetGroupArn, Weight }) => ({
    arn: TargetGroupArn,
    weight: Number(Weight ?? 1),
  }));
  const single = typeof action.TargetGroupArn === 'string' ? [{ arn: action.TargetGroupArn, weight: 1 }] : [];
  return {
    type: typeof action.Type === 'string' ? action.Type : 'forward',
    order: Number(action.Order ?? index + 1),
    targetGroups: groups.length > 0 ? groups : single,
    redirect: action.RedirectConfig as Message | undefined,
    fixedResponse: action.FixedResponseConfig as Message | undefined,
  };
}
