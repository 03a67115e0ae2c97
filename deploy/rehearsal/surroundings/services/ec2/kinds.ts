import type { Message } from '../../../api/operation';
import type { Ec2Table, Store } from '../../store';

/** One kind of EC2 resource that can be described. */
export interface Kind {
  operation: string;
  table: (store: Store) => Ec2Table;
  /** Member that holds the id in an entry. */
  id: string;
  /** Request member with the wanted ids. */
  ids: string;
  /** Element of the answer that holds the entries. */
  set: string;
  /** Error code for an id that is not there. */
  missing: string;
  /** What the id is called in that error. */
  noun: string;
  filters: Readonly<Record<string, (entry: Message) => readonly unknown[]>>;
}

const member = (name: string) => (entry: Message) => [entry[name]];
const inner = (set: string, name: string) => (entry: Message) =>
  ((entry[set] as Message[] | undefined) ?? []).map((element) => element[name]);

export const kinds: readonly Kind[] = [
  {
    operation: 'DescribeVpcs',
    table: (store) => store.vpcs,
    id: 'vpcId',
    ids: 'VpcId',
    set: 'vpcSet',
    missing: 'InvalidVpcID.NotFound',
    noun: 'vpc ID',
    filters: {
      'vpc-id': member('vpcId'),
      cidr: member('cidrBlock'),
      'cidr-block': member('cidrBlock'),
      state: member('state'),
      isDefault: member('isDefault'),
      'is-default': member('isDefault'),
    },
  },
  {
    operation: 'DescribeSubnets',
    table: (store) => store.subnets,
    id: 'subnetId',
    ids: 'SubnetId',
    set: 'subnetSet',
    missing: 'InvalidSubnetID.NotFound',
    noun: 'subnet ID',
    filters: {
      'subnet-id': member('subnetId'),
      'vpc-id': member('vpcId'),
      'availability-zone': member('availabilityZone'),
      'cidr-block': member('cidrBlock'),
      'default-for-az': member('defaultForAz'),
      'map-public-ip-on-launch': member('mapPublicIpOnLaunch'),
      state: member('state'),
    },
  },
  {
    operation: 'DescribeSecurityGroups',
    table: (store) => store.securityGroups,
    id: 'groupId',
    ids: 'GroupId',
    set: 'securityGroupInfo',
    missing: 'InvalidGroup.NotFound',
    noun: 'security group',
    filters: { 'group-id': member('groupId'), 'group-name': member('groupName'), 'vpc-id': member('vpcId') },
  },
  {
    operation: 'DescribeRouteTables',
    table: (store) => store.routeTables,
    id: 'routeTableId',
    ids: 'RouteTableId',
    set: 'routeTableSet',
    missing: 'InvalidRouteTableID.NotFound',
    noun: 'routeTable ID',
    filters: {
      'route-table-id': member('routeTableId'),
      'vpc-id': member('vpcId'),
      'association.subnet-id': inner('associationSet', 'subnetId'),
      'association.main': inner('associationSet', 'main'),
      'association.route-table-association-id': inner('associationSet', 'routeTableAssociationId'),
      'route.destination-cidr-block': inner('routeSet', 'destinationCidrBlock'),
      'route.nat-gateway-id': inner('routeSet', 'natGatewayId'),
      'route.gateway-id': inner('routeSet', 'gatewayId'),
    },
  },
  {
    operation: 'DescribeVpcEndpoints',
    table: (store) => store.vpcEndpoints,
    id: 'vpcEndpointId',
    ids: 'VpcEndpointId',
    set: 'vpcEndpointSet',
    missing: 'InvalidVpcEndpointId.NotFound',
    noun: 'Vpc Endpoint Id',
    filters: {
      'vpc-endpoint-id': member('vpcEndpointId'),
      'vpc-id': member('vpcId'),
      'service-name': member('serviceName'),
      'vpc-endpoint-state': member('state'),
      'vpc-endpoint-type': member('vpcEndpointType'),
    },
  },
  {
    operation: 'DescribeInternetGateways',
    table: (store) => store.internetGateways,
    id: 'internetGatewayId',
    ids: 'InternetGatewayId',
    set: 'internetGatewaySet',
    missing: 'InvalidInternetGatewayID.NotFound',
    noun: 'internetGateway ID',
    filters: {
      'internet-gateway-id': member('internetGatewayId'),
      'attachment.vpc-id': inner('attachmentSet', 'vpcId'),
    },
  },
  {
    operation: 'DescribeNatGateways',
    table: (store) => store.natGateways,
    id: 'natGatewayId',
    ids: 'NatGatewayId',
    set: 'natGatewaySet',
    missing: 'NatGatewayNotFound',
    noun: 'Nat Gateway',
    filters: {
      'nat-gateway-id': member('natGatewayId'),
      'vpc-id': member('vpcId'),
      'subnet-id': member('subnetId'),
      state: member('state'),
    },
  },
];

/** The interfaces of tasks; the control plane has them, no table does. */
export const networkInterfaces: Omit<Kind, 'table'> = {
  operation: 'DescribeNetworkInterfaces',
  id: 'networkInterfaceId',
  ids: 'NetworkInterfaceId',
  set: 'networkInterfaceSet',
  missing: 'InvalidNetworkInterfaceID.NotFound',
  noun: 'networkInterface ID',
  filters: {
    'network-interface-id': member('networkInterfaceId'),
    'subnet-id': member('subnetId'),
    'vpc-id': member('vpcId'),
    'private-ip-address': member('privateIpAddress'),
    'addresses.private-ip-address': member('privateIpAddress'),
    'group-id': inner('groupSet', 'groupId'),
    description: member('description'),
    status: member('status'),
  },
};
