import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type RouteTable,
  type Subnet,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { createClient, type ClientOptions } from './clients';

export interface Network {
  subnets: Subnet[];
  /** Of the VPCs of these subnets. */
  routeTables: RouteTable[];
  endpoints: VpcEndpoint[];
}

/** Subnets with the routes and endpoints of their VPCs. @throws where they may not be read. */
export async function readNetwork(options: ClientOptions, subnetIds: readonly string[]): Promise<Network> {
  const client = createClient(EC2Client, options);
  try {
    // By a filter: an id that is gone is then no error.
    const { Subnets: subnets = [] } = await client.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: [...subnetIds] }] }),
    );
    const vpcs = [...new Set(subnets.flatMap(({ VpcId }) => VpcId ?? []))];
    if (vpcs.length === 0) return { subnets, routeTables: [], endpoints: [] };
    const Filters = [{ Name: 'vpc-id', Values: vpcs }];
    const [{ RouteTables = [] }, { VpcEndpoints = [] }] = await Promise.all([
      client.send(new DescribeRouteTablesCommand({ Filters })),
      client.send(new DescribeVpcEndpointsCommand({ Filters })),
    ]);
    return { subnets, routeTables: RouteTables, endpoints: VpcEndpoints };
  } finally {
    client.destroy();
  }
}
