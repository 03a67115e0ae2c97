import type { Message } from '../../api/operation';
import type { Ec2Table, Store } from '../store';
import { blocks, number, optionalText, tagSet, text, texts, type Attributes } from './attributes';
import type { Mapping, Mappings } from './mapping';

/** A resource that is one entry of one of EC2's tables. */
function entry(
  table: (store: Store) => Ec2Table,
  id: string,
  shape: (attributes: Attributes, store: Store) => Message,
): Mapping {
  return {
    put: (attributes, store) =>
      void table(store).set(text(attributes, 'id'), {
        [id]: text(attributes, 'id'),
        ownerId: store.accountId,
        ...shape(attributes, store),
        tagSet: tagSet(attributes),
      }),
    remove: (attributes, store) => void table(store).delete(text(attributes, 'id')),
  };
}

/** Which resource an element came from. A symbol, so that it never reaches a client. */
const madeBy = Symbol('made by');
type Part = Message & { [madeBy]?: string };

/** A resource that adds one element to a list inside another resource's entry. */
function part(
  table: (store: Store) => Ec2Table,
  owner: string,
  list: (attributes: Attributes) => string,
  shape: (attributes: Attributes) => Message,
): Mapping {
  const without = (attributes: Attributes, store: Store) => {
    const parent = table(store).get(text(attributes, owner));
    const elements = ((parent?.[list(attributes)] as Part[] | undefined) ?? []).filter(
      (element) => element[madeBy] !== text(attributes, 'id'),
    );
    return { parent, elements };
  };
  return {
    late: true,
    put(attributes, store) {
      const { parent, elements } = without(attributes, store);
      if (parent)
        parent[list(attributes)] = [...elements, { ...shape(attributes), [madeBy]: text(attributes, 'id') }];
    },
    remove(attributes, store) {
      const { parent, elements } = without(attributes, store);
      if (parent) parent[list(attributes)] = elements;
    },
  };
}

function permission(attributes: Attributes): Message {
  const protocol = optionalText(attributes, 'protocol') ?? optionalText(attributes, 'ip_protocol') ?? '-1';
  const groups = [
    ...texts(attributes, 'security_groups'),
    optionalText(attributes, 'source_security_group_id'),
    optionalText(attributes, 'referenced_security_group_id'),
  ].filter((group) => group !== undefined);
  const ranges = [...texts(attributes, 'cidr_blocks'), optionalText(attributes, 'cidr_ipv4')];
  const description = optionalText(attributes, 'description');
  return {
    ipProtocol: protocol === 'all' ? '-1' : protocol,
    fromPort: protocol === '-1' ? undefined : number(attributes, 'from_port', -1),
    toPort: protocol === '-1' ? undefined : number(attributes, 'to_port', -1),
    ipRanges: ranges.filter((range) => range !== undefined).map((cidrIp) => ({ cidrIp, description })),
    groups: groups.map((groupId) => ({ groupId, description })),
  };
}

function route(attributes: Attributes): Message {
  return {
    destinationCidrBlock:
      optionalText(attributes, 'destination_cidr_block') ?? optionalText(attributes, 'cidr_block'),
    gatewayId: optionalText(attributes, 'gateway_id'),
    natGatewayId: optionalText(attributes, 'nat_gateway_id'),
    state: 'active',
    origin: 'CreateRoute',
  };
}

const addresses = (attributes: Attributes) => [
  { publicIp: optionalText(attributes, 'public_ip'), privateIp: optionalText(attributes, 'private_ip') },
];

/** A route whose NAT gateway is gone leads nowhere. */
function leavingBlackHoles(mapping: Mapping): Mapping {
  return {
    ...mapping,
    remove(attributes, store) {
      mapping.remove(attributes, store);
      for (const table of store.routeTables.values()) {
        for (const route of (table.routeSet ?? []) as Message[])
          if (route.natGatewayId === text(attributes, 'id')) route.state = 'blackhole';
      }
    },
  };
}

const vpcs = (store: Store) => store.vpcs;
const subnets = (store: Store) => store.subnets;
const securityGroups = (store: Store) => store.securityGroups;
const routeTables = (store: Store) => store.routeTables;

export const network: Mappings = {
  aws_vpc: entry(vpcs, 'vpcId', (attributes) => ({
    state: 'available',
    cidrBlock: text(attributes, 'cidr_block'),
    dhcpOptionsId: 'default',
    instanceTenancy: optionalText(attributes, 'instance_tenancy') ?? 'default',
    isDefault: false,
  })),
  aws_subnet: entry(subnets, 'subnetId', (attributes, store) => ({
    subnetArn: text(attributes, 'arn') || store.arn('ec2', `subnet/${text(attributes, 'id')}`),
    state: 'available',
    vpcId: text(attributes, 'vpc_id'),
    cidrBlock: text(attributes, 'cidr_block'),
    availabilityZone: text(attributes, 'availability_zone'),
    availableIpAddressCount: 251,
    defaultForAz: false,
    mapPublicIpOnLaunch: attributes.map_public_ip_on_launch === true,
  })),
  aws_security_group: entry(securityGroups, 'groupId', (attributes) => ({
    groupName: text(attributes, 'name'),
    groupDescription: optionalText(attributes, 'description') ?? 'Managed by Terraform',
    vpcId: text(attributes, 'vpc_id'),
    ipPermissions: blocks(attributes, 'ingress').map(permission),
    ipPermissionsEgress: blocks(attributes, 'egress').map(permission),
  })),
  aws_security_group_rule: part(
    securityGroups,
    'security_group_id',
    (attributes) => (attributes.type === 'egress' ? 'ipPermissionsEgress' : 'ipPermissions'),
    permission,
  ),
  aws_vpc_security_group_ingress_rule: part(
    securityGroups,
    'security_group_id',
    () => 'ipPermissions',
    permission,
  ),
  aws_vpc_security_group_egress_rule: part(
    securityGroups,
    'security_group_id',
    () => 'ipPermissionsEgress',
    permission,
  ),
  aws_route_table: entry(routeTables, 'routeTableId', (attributes) => ({
    vpcId: text(attributes, 'vpc_id'),
    routeSet: blocks(attributes, 'route').map(route),
    associationSet: [],
  })),
  aws_route: part(routeTables, 'route_table_id', () => 'routeSet', route),
  aws_route_table_association: part(
    routeTables,
    'route_table_id',
    () => 'associationSet',
    (attributes) => ({
      routeTableAssociationId: text(attributes, 'id'),
      routeTableId: text(attributes, 'route_table_id'),
      subnetId: optionalText(attributes, 'subnet_id'),
      main: false,
      associationState: { state: 'associated' },
    }),
  ),
  aws_internet_gateway: entry(
    (store) => store.internetGateways,
    'internetGatewayId',
    (attributes) => ({
      attachmentSet: [{ vpcId: text(attributes, 'vpc_id'), state: 'available' }],
    }),
  ),
  aws_nat_gateway: leavingBlackHoles(
    entry(
      (store) => store.natGateways,
      'natGatewayId',
      (attributes, store) => ({
        subnetId: text(attributes, 'subnet_id'),
        vpcId: store.subnets.get(text(attributes, 'subnet_id'))?.vpcId,
        state: 'available',
        connectivityType: optionalText(attributes, 'connectivity_type') ?? 'public',
        natGatewayAddressSet: addresses(attributes),
      }),
    ),
  ),
  aws_vpc_endpoint: entry(
    (store) => store.vpcEndpoints,
    'vpcEndpointId',
    (attributes) => ({
      vpcEndpointType: optionalText(attributes, 'vpc_endpoint_type') ?? 'Gateway',
      vpcId: text(attributes, 'vpc_id'),
      serviceName: text(attributes, 'service_name'),
      state: 'available',
      privateDnsEnabled: attributes.private_dns_enabled === true,
      routeTableIdSet: texts(attributes, 'route_table_ids'),
      subnetIdSet: texts(attributes, 'subnet_ids'),
      groupSet: texts(attributes, 'security_group_ids').map((groupId) => ({ groupId, groupName: groupId })),
    }),
  ),
};
