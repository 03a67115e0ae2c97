import type { RouteTable, Subnet, VpcEndpoint } from '@aws-sdk/client-ec2';

/** How tasks get out of one subnet. */
export interface Exits {
  subnetId: string;
  vpcId: string;
  /** Where the route to everywhere leads. */
  route:
    | { kind: 'internet-gateway' | 'nat' | 'other' | 'black-hole'; target: string }
    | { kind: 'none'; target: undefined };
  /** Whether tasks there get a public address. */
  publicAddress: boolean;
  /** `ecr.api`, `s3`, ...: what an endpoint of the VPC answers for. */
  endpoints: ReadonlySet<string>;
  /** Endpoints that are there, but not for this subnet: why, by service. */
  useless: ReadonlyMap<string, string>;
}

/** @param publicAddress `assignPublicIp` of the service. */
export function exitsOf(
  subnet: Subnet,
  routeTables: readonly RouteTable[],
  endpoints: readonly VpcEndpoint[],
  publicAddress: boolean,
): Exits {
  const table =
    routeTables.find(({ Associations = [] }) =>
      Associations.some(({ SubnetId }) => SubnetId === subnet.SubnetId),
    ) ?? routeTables.find(({ Associations = [] }) => Associations.some(({ Main }) => Main));
  const reachable = new Set<string>();
  const useless = new Map<string, string>();
  for (const endpoint of endpoints) {
    const service = (endpoint.ServiceName ?? '').replace(/^.*?\.amazonaws\.(?:[a-z]{2}-[a-z-]+-\d\.)?/, '');
    const why = whyUseless(endpoint, table);
    if (why === undefined) reachable.add(service);
    else useless.set(service, why);
  }
  return {
    subnetId: subnet.SubnetId ?? '',
    vpcId: subnet.VpcId ?? '',
    route: wayOut(table),
    publicAddress,
    endpoints: reachable,
    useless,
  };
}

/** An interface endpoint answers under the service's own name only with private DNS; a gateway belongs to route tables. */
function whyUseless(
  { VpcEndpointId, VpcEndpointType, State, PrivateDnsEnabled, RouteTableIds = [] }: VpcEndpoint,
  table: RouteTable | undefined,
): string | undefined {
  if (State?.toLowerCase() !== 'available') return `${VpcEndpointId} is ${State}`;
  if (VpcEndpointType === 'Gateway') {
    return RouteTableIds.includes(table?.RouteTableId ?? '')
      ? undefined
      : `${VpcEndpointId} is not in its route table`;
  }
  return PrivateDnsEnabled ? undefined : `${VpcEndpointId} has no private DNS`;
}

function wayOut(table: RouteTable | undefined): Exits['route'] {
  const routes = (table?.Routes ?? []).filter(
    ({ DestinationCidrBlock }) => DestinationCidrBlock === '0.0.0.0/0',
  );
  for (const route of routes) {
    const { State, NatGatewayId, GatewayId, TransitGatewayId, NetworkInterfaceId, InstanceId } = route;
    const target = NatGatewayId ?? GatewayId ?? TransitGatewayId ?? NetworkInterfaceId ?? InstanceId ?? '';
    if (State === 'blackhole') return { kind: 'black-hole', target };
    if (NatGatewayId !== undefined) return { kind: 'nat', target };
    return { kind: GatewayId?.startsWith('igw-') ? 'internet-gateway' : 'other', target };
  }
  return { kind: 'none', target: undefined };
}

export interface Gap {
  sentence: string;
  fix: string;
}

/** What a task in that subnet asks of AWS before its containers start, with awslogs. */
const NEEDED = ['ecr.api', 'ecr.dkr', 's3', 'logs'];

/**
 * Why a task there cannot reach a service: undefined where its routes and endpoints allow it, so that it must be
 * something else.
 * @param service `ecr.api`, or `internet` for a registry that has no endpoint.
 */
export function gapOf(exits: Exits, service: string): Gap | undefined {
  const { subnetId, vpcId, route, publicAddress, endpoints, useless } = exits;
  if (endpoints.has(service)) return undefined;
  const wanted = [...new Set([service, ...NEEDED])].filter((one) => one !== 'internet');
  const missing = wanted.filter((one) => !endpoints.has(one));
  const half = useless.get(service);
  const endpoint =
    service === 'internet'
      ? ''
      : half === undefined
        ? ` and no endpoint for ${service}`
        : `; endpoint ${half}`;
  const orEndpoints =
    service === 'internet'
      ? '; no endpoint leads to a registry outside of AWS'
      : `, or the VPC endpoints that ${vpcId} lacks: ${missing.join(', ')}`;
  switch (route.kind) {
    case 'nat':
    case 'other':
      return undefined;
    case 'internet-gateway':
      if (publicAddress) return undefined;
      return {
        sentence: `subnet ${subnetId} leads to the internet (${route.target}), but its tasks have no public address${endpoint}`,
        fix: `set "assignPublicIp": "ENABLED", or run the tasks in a private subnet with a NAT gateway${orEndpoints}`,
      };
    case 'black-hole':
      return {
        sentence: `the default route of subnet ${subnetId} is a black hole: ${route.target} is gone`,
        fix: `give its route table a route to a NAT gateway that exists (apply the infrastructure again)${orEndpoints}`,
      };
    case 'none':
      return {
        sentence: `subnet ${subnetId} has no route to the internet${endpoint}`,
        fix: `give it a route to a NAT gateway${orEndpoints}`,
      };
  }
}
