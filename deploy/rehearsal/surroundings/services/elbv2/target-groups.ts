import {
  ApiError,
  list,
  optionalString,
  optionalText,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../../api/operation';
import type { StoredTargetGroup } from '../../store';
import {
  attributesOf,
  inPages,
  invalid,
  notFound,
  optionalBoolean,
  optionalNumber,
  resourceId,
  select,
  writtenAttributes,
  type Elbv2Context,
} from './request';

type HealthCheck = StoredTargetGroup['healthCheck'];

const missing = () => notFound('TargetGroupNotFound', 'target groups');

/** What a new target group of an application load balancer has. */
const defaults: Readonly<Record<string, string>> = {
  'deregistration_delay.timeout_seconds': '300',
  'load_balancing.algorithm.anomaly_mitigation': 'off',
  'load_balancing.algorithm.type': 'round_robin',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
  'slow_start.duration_seconds': '0',
  'stickiness.app_cookie.cookie_name': '',
  'stickiness.app_cookie.duration_seconds': '86400',
  'stickiness.enabled': 'false',
  'stickiness.lb_cookie.duration_seconds': '86400',
  'stickiness.type': 'lb_cookie',
  'target_group_health.dns_failover.minimum_healthy_targets.count': '1',
  'target_group_health.dns_failover.minimum_healthy_targets.percentage': 'off',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '1',
  'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': 'off',
};

/** Target groups of kind `ip` and `instance`, with the health check that the balancer really makes. */
export function targetGroups({ store, now, settle }: Elbv2Context): ServiceOperations {
  const one = (input: Message) => {
    const found = store.targetGroups.get(requiredString(input, 'TargetGroupArn'));
    if (found === undefined) throw missing();
    return found;
  };
  const written = (entry: StoredTargetGroup) => writtenTargetGroup(entry, store.loadBalancersOf(entry.arn));
  return {
    CreateTargetGroup: async (input) => {
      const name = requiredString(input, 'Name');
      checkName(name);
      if ([...store.targetGroups.values()].some((entry) => entry.name === name)) {
        throw new ApiError(
          'DuplicateTargetGroupName',
          `A target group with the same name '${name}' exists, but with different settings`,
        );
      }
      const targetType = optionalString(input, 'TargetType') ?? 'instance';
      if (targetType !== 'ip' && targetType !== 'instance') {
        throw invalid(`The rehearsal has target groups of the types ip and instance, not '${targetType}'`);
      }
      const protocol = optionalString(input, 'Protocol') ?? 'HTTP';
      const port = optionalNumber(input, 'Port');
      if (port === undefined) throw invalid('A port must be specified');
      const entry: StoredTargetGroup = {
        arn: store.arn('elasticloadbalancing', `targetgroup/${name}/${resourceId(name, now())}`),
        name,
        protocol,
        port,
        vpcId: optionalString(input, 'VpcId') ?? '',
        targetType,
        healthCheck: healthCheckOf(input, {
          enabled: true,
          path: '/',
          port: 'traffic-port',
          protocol,
          interval: 30,
          timeout: 5,
          healthyThreshold: 5,
          unhealthyThreshold: 2,
          matcher: '200',
        }),
        attributes: {},
        protocolVersion: optionalString(input, 'ProtocolVersion') ?? 'HTTP1',
      };
      store.targetGroups.set(entry.arn, entry);
      store.tags.add(entry.arn, input.Tags);
      await settle();
      return { TargetGroups: [written(entry)] };
    },

    DescribeTargetGroups: (input) => {
      const of = input.LoadBalancerArn;
      const wanted = { arns: list(input, 'TargetGroupArns'), names: list(input, 'Names') };
      const found = select(store.targetGroups, wanted, missing()).filter(
        ({ arn }) => typeof of !== 'string' || store.loadBalancersOf(arn).includes(of),
      );
      const { entries, next } = inPages(found, input);
      return { TargetGroups: entries.map(written), NextMarker: next };
    },

    ModifyTargetGroup: async (input) => {
      const entry = one(input);
      const changed = { ...entry, healthCheck: healthCheckOf(input, entry.healthCheck) };
      store.targetGroups.set(entry.arn, changed);
      await settle();
      return { TargetGroups: [written(changed)] };
    },

    DeleteTargetGroup: async (input) => {
      const arn = requiredString(input, 'TargetGroupArn');
      if (store.loadBalancersOf(arn).length > 0) {
        throw new ApiError(
          'ResourceInUse',
          `Target group '${arn}' is currently in use by a listener or a rule`,
        );
      }
      store.targetGroups.delete(arn);
      store.tags.drop(arn);
      await settle();
      return {};
    },

    DescribeTargetGroupAttributes: (input) => ({
      Attributes: writtenAttributes({ ...defaults, ...one(input).attributes }),
    }),

    ModifyTargetGroupAttributes: async (input) => {
      const entry = one(input);
      const given = attributesOf(input);
      const delay = Number(given['deregistration_delay.timeout_seconds'] ?? 0);
      if (!Number.isInteger(delay) || delay < 0 || delay > 3600) {
        throw invalid(
          `deregistration_delay.timeout_seconds must be from 0 to 3600 seconds, not '${given['deregistration_delay.timeout_seconds']}'`,
        );
      }
      const attributes = { ...entry.attributes, ...given };
      store.targetGroups.set(entry.arn, { ...entry, attributes });
      await settle();
      return { Attributes: writtenAttributes({ ...defaults, ...attributes }) };
    },
  };
}

function checkName(name: string): void {
  if (name.length <= 32 && /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name)) return;
  throw invalid(
    `Target group name '${name}' can only contain up to 32 characters that are alphanumeric characters and hyphens(-)`,
  );
}

/** The health check of a request; what it does not say stays as it was. */
function healthCheckOf(input: Message, before: HealthCheck): HealthCheck {
  const matcher = (input.Matcher ?? {}) as { HttpCode?: string; GrpcCode?: string };
  const check = {
    enabled: optionalBoolean(input, 'HealthCheckEnabled') ?? before.enabled,
    path: optionalString(input, 'HealthCheckPath') ?? before.path,
    port: optionalText(input, 'HealthCheckPort') ?? before.port,
    protocol: optionalString(input, 'HealthCheckProtocol') ?? before.protocol,
    interval: optionalNumber(input, 'HealthCheckIntervalSeconds') ?? before.interval,
    timeout: optionalNumber(input, 'HealthCheckTimeoutSeconds') ?? before.timeout,
    healthyThreshold: optionalNumber(input, 'HealthyThresholdCount') ?? before.healthyThreshold,
    unhealthyThreshold: optionalNumber(input, 'UnhealthyThresholdCount') ?? before.unhealthyThreshold,
    matcher: matcher.HttpCode ?? matcher.GrpcCode ?? before.matcher,
  };
  if (check.interval < 5 || check.interval > 300) {
    throw invalid(`Health check interval must be from 5 to 300 seconds, not '${check.interval}'`);
  }
  if (check.timeout >= check.interval) {
    throw invalid(`Health check interval must be greater than the timeout.`);
  }
  return check;
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
    ProtocolVersion: entry.protocolVersion ?? 'HTTP1',
    IpAddressType: 'ipv4',
  };
}
