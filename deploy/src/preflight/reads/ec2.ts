import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type RouteTable,
  type SecurityGroup,
  type Subnet,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import type { World } from '../world';

/** By a filter, not by id: one that is missing is then no error of the whole request. */
export function readSubnets(world: World, ids: readonly string[]): Promise<Map<string, Subnet>> {
  const wanted = [...new Set(ids)].sort();
  return world.read('ec2:DescribeSubnets', wanted.join(), async () => {
    const { Subnets = [] } = await world
      .client(EC2Client)
      .send(new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: wanted }] }));
    return new Map(Subnets.map((subnet) => [subnet.SubnetId ?? '', subnet]));
  });
}

export function readSecurityGroups(
  world: World,
  ids: readonly string[],
): Promise<Map<string, SecurityGroup>> {
  const wanted = [...new Set(ids)].sort();
  return world.read('ec2:DescribeSecurityGroups', wanted.join(), async () => {
    const { SecurityGroups = [] } = await world
      .client(EC2Client)
      .send(new DescribeSecurityGroupsCommand({ Filters: [{ Name: 'group-id', Values: wanted }] }));
    return new Map(SecurityGroups.map((group) => [group.GroupId ?? '', group]));
  });
}

export function readRouteTables(world: World, vpc: string): Promise<RouteTable[]> {
  return world.read('ec2:DescribeRouteTables', vpc, async () => {
    const { RouteTables = [] } = await world
      .client(EC2Client)
      .send(new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] }));
    return RouteTables;
  });
}

export function readEndpoints(world: World, vpc: string): Promise<VpcEndpoint[]> {
  return world.read('ec2:DescribeVpcEndpoints', vpc, async () => {
    const { VpcEndpoints = [] } = await world
      .client(EC2Client)
      .send(new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] }));
    return VpcEndpoints;
  });
}
