import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../../api/operation';
import { freePorts } from '../../../apply/free-ports';
import type { LoadBalancer, Store } from '../../store';
import {
  attributesOf,
  inPages,
  invalid,
  notFound,
  resourceId,
  select,
  writtenAttributes,
  type Elbv2Context,
} from './request';

const missing = () => notFound('LoadBalancerNotFound', 'load balancers');

/** What a new application load balancer has. */
const defaults: Readonly<Record<string, string>> = {
  'access_logs.s3.enabled': 'false',
  'access_logs.s3.bucket': '',
  'access_logs.s3.prefix': '',
  'connection_logs.s3.enabled': 'false',
  'connection_logs.s3.bucket': '',
  'connection_logs.s3.prefix': '',
  'deletion_protection.enabled': 'false',
  'idle_timeout.timeout_seconds': '60',
  'client_keep_alive.seconds': '3600',
  'load_balancing.cross_zone.enabled': 'true',
  'routing.http2.enabled': 'true',
  'routing.http.desync_mitigation_mode': 'defensive',
  'routing.http.drop_invalid_header_fields.enabled': 'false',
  'routing.http.preserve_host_header.enabled': 'false',
  'routing.http.x_amzn_tls_version_and_cipher_suite.enabled': 'false',
  'routing.http.xff_client_port.enabled': 'false',
  'routing.http.xff_header_processing.mode': 'append',
  'waf.fail_open.enabled': 'false',
  'zonal_shift.config.enabled': 'false',
};

/** Load balancers: made, changed and deleted; their listeners go with them. */
export function loadBalancers({ store, now, settle }: Elbv2Context): ServiceOperations {
  const one = (input: Message) => {
    const found = store.loadBalancers.get(requiredString(input, 'LoadBalancerArn'));
    if (found === undefined) throw missing();
    return found;
  };
  return {
    CreateLoadBalancer: async (input) => {
      const name = requiredString(input, 'Name');
      const present = [...store.loadBalancers.values()].find((entry) => entry.name === name);
      const type = optionalString(input, 'Type') ?? 'application';
      const scheme = optionalString(input, 'Scheme') ?? 'internet-facing';
      const subnetIds = subnetsOf(input);
      if (present !== undefined) {
        if (
          present.type === type &&
          present.scheme === scheme &&
          subnetIds.every((id) => present.subnetIds.includes(id))
        ) {
          return { LoadBalancers: [writtenLoadBalancer(present, store)] };
        }
        throw new ApiError(
          'DuplicateLoadBalancerName',
          `A load balancer with the same name '${name}' exists, but with different settings`,
        );
      }
      checkName(name);
      checkSubnets(store, subnetIds, type);
      const id = resourceId(name, now());
      const kind = { application: 'app', network: 'net', gateway: 'gwy' }[type] ?? 'app';
      const entry: LoadBalancer = {
        arn: store.arn('elasticloadbalancing', `loadbalancer/${kind}/${name}/${id}`),
        name,
        // Where its first listener will be: a name of AWS's would lead nowhere.
        dnsName: `127.0.0.1:${(await freePorts(1))[0]}`,
        scheme,
        type,
        vpcId: optionalString(store.subnets.get(subnetIds[0] ?? '') ?? {}, 'vpcId') ?? '',
        subnetIds,
        securityGroupIds: list(input, 'SecurityGroups'),
        createdAt: now(),
      };
      store.loadBalancers.set(entry.arn, entry);
      store.tags.add(entry.arn, input.Tags);
      await settle();
      return { LoadBalancers: [writtenLoadBalancer(entry, store)] };
    },

    DescribeLoadBalancers: (input) => {
      const wanted = { arns: list(input, 'LoadBalancerArns'), names: list(input, 'Names') };
      const found = select(store.loadBalancers, wanted, missing());
      const { entries, next } = inPages(found, input);
      return { LoadBalancers: entries.map((entry) => writtenLoadBalancer(entry, store)), NextMarker: next };
    },

    DeleteLoadBalancer: async (input) => {
      const arn = requiredString(input, 'LoadBalancerArn');
      const entry = store.loadBalancers.get(arn);
      // A second delete succeeds, as at AWS.
      if (entry === undefined) return {};
      if (entry.attributes?.['deletion_protection.enabled'] === 'true') {
        throw new ApiError(
          'OperationNotPermitted',
          `Load balancer '${arn}' cannot be deleted because deletion protection is enabled`,
        );
      }
      for (const listener of store.listeners.values()) {
        if (listener.loadBalancerArn === arn) store.removeListener(listener.arn);
      }
      store.loadBalancers.delete(arn);
      store.tags.drop(arn);
      await settle();
      return {};
    },

    DescribeLoadBalancerAttributes: (input) => ({
      Attributes: writtenAttributes({ ...defaults, ...one(input).attributes }),
    }),

    ModifyLoadBalancerAttributes: (input) => {
      const entry = one(input);
      const attributes = { ...entry.attributes, ...attributesOf(input) };
      store.loadBalancers.set(entry.arn, { ...entry, attributes });
      return { Attributes: writtenAttributes({ ...defaults, ...attributes }) };
    },

    SetSecurityGroups: (input) => {
      const entry = one(input);
      const securityGroupIds = list(input, 'SecurityGroups');
      store.loadBalancers.set(entry.arn, { ...entry, securityGroupIds });
      return { SecurityGroupIds: securityGroupIds };
    },

    SetSubnets: (input) => {
      const entry = one(input);
      const subnetIds = subnetsOf(input);
      checkSubnets(store, subnetIds, entry.type);
      store.loadBalancers.set(entry.arn, { ...entry, subnetIds });
      return { AvailabilityZones: zones(subnetIds, store) };
    },

    SetIpAddressType: (input) => {
      one(input);
      return { IpAddressType: requiredString(input, 'IpAddressType') };
    },

    DescribeCapacityReservation: (input) => {
      one(input);
      return { CapacityReservationState: [] };
    },
  };
}

function subnetsOf(input: Message): string[] {
  const mapped = list<{ SubnetId?: string }>(input, 'SubnetMappings').map(({ SubnetId }) => SubnetId ?? '');
  return [...list(input, 'Subnets'), ...mapped];
}

function checkName(name: string): void {
  if (name.length > 32) {
    throw invalid(`The load balancer name '${name}' cannot be longer than '32' characters`);
  }
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name)) {
    throw invalid(
      `The load balancer name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`,
    );
  }
}

function checkSubnets(store: Store, ids: readonly string[], type: string): void {
  const unknown = ids.find((id) => store.subnets.size > 0 && !store.subnets.has(id));
  if (unknown !== undefined) {
    throw new ApiError('SubnetNotFound', `The subnet ID '${unknown}' is not valid`);
  }
  const different = new Set(ids.map((id) => store.subnets.get(id)?.availabilityZone ?? id));
  if (type === 'application' && different.size < 2) {
    throw invalid('At least two subnets in two different Availability Zones must be specified');
  }
}

const zones = (subnetIds: readonly string[], store: Store) =>
  subnetIds.map((SubnetId) => ({ SubnetId, ZoneName: store.subnets.get(SubnetId)?.availabilityZone }));

function writtenLoadBalancer(entry: LoadBalancer, store: Store): Message {
  return {
    LoadBalancerArn: entry.arn,
    DNSName: entry.dnsName,
    CanonicalHostedZoneId: 'Z14GRHDCWA56QT',
    CreatedTime: new Date(entry.createdAt ?? 0).toISOString(),
    LoadBalancerName: entry.name,
    Scheme: entry.scheme,
    VpcId: entry.vpcId,
    State: { Code: 'active' },
    Type: entry.type,
    AvailabilityZones: zones(entry.subnetIds, store),
    SecurityGroups: entry.securityGroupIds,
    IpAddressType: 'ipv4',
  };
}
