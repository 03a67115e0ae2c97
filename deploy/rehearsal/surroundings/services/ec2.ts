import { ApiError, list, type Message, type ServiceOperations } from '../../api/operation';
import type { Ec2Table, Store } from '../store';

interface Kind {
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

const kinds: readonly Kind[] = [
  {
    operation: 'DescribeVpcs',
    table: (store) => store.vpcs,
    id: 'vpcId',
    ids: 'VpcId',
    set: 'vpcSet',
    missing: 'InvalidVpcID.NotFound',
    noun: 'vpc ID',
    filters: { 'vpc-id': member('vpcId'), cidr: member('cidrBlock'), state: member('state') },
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
      'map-public-ip-on-launch': member('mapPublicIpOnLaunch'),
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
    },
  },
];

/** EC2 as far as a deploy's checks read it: the network. Ids, filters and tags select; everything comes in one page. */
export function ec2(store: Store): ServiceOperations {
  return Object.fromEntries(
    kinds.map((kind) => [kind.operation, (input: Message) => describe(kind, store, input)]),
  );
}

function describe(kind: Kind, store: Store, input: Message): Message {
  const table = kind.table(store);
  const ids = list(input, kind.ids);
  const unknown = ids.find((id) => !table.has(id));
  if (unknown !== undefined) {
    throw new ApiError(kind.missing, `The ${kind.noun} '${unknown}' does not exist`);
  }
  const filters = list<{ Name: string; Value?: string[] }>(input, 'Filter');
  const entries = [...table.values()]
    .filter((entry) => ids.length === 0 || ids.includes(String(entry[kind.id])))
    .filter((entry) => filters.every((filter) => passes(kind, entry, filter.Name, filter.Value ?? [])));
  return { [kind.set]: entries };
}

function passes(kind: Kind, entry: Message, name: string, wanted: readonly string[]): boolean {
  const values = valuesOf(kind, entry, name);
  return wanted.some((pattern) => values.some((value) => like(pattern).test(String(value))));
}

function valuesOf(kind: Kind, entry: Message, name: string): readonly unknown[] {
  const tags = (entry.tagSet as { key: string; value: string }[] | undefined) ?? [];
  if (name.startsWith('tag:'))
    return tags.filter(({ key }) => key === name.slice(4)).map(({ value }) => value);
  if (name === 'tag-key') return tags.map(({ key }) => key);
  const read = Object.hasOwn(kind.filters, name) ? kind.filters[name] : undefined;
  if (read === undefined) throw new ApiError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return read(entry);
}

/** EC2's wildcards: `*` any text, `?` one character. */
function like(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's');
}
