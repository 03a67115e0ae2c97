import { DefaultNetworkAcl } from '@cdktf/provider-aws/lib/default-network-acl';
import { DefaultRouteTable } from '@cdktf/provider-aws/lib/default-route-table';
import { DefaultSecurityGroup } from '@cdktf/provider-aws/lib/default-security-group';
import { Eip } from '@cdktf/provider-aws/lib/eip';
import { InternetGateway } from '@cdktf/provider-aws/lib/internet-gateway';
import { NatGateway } from '@cdktf/provider-aws/lib/nat-gateway';
import { Route } from '@cdktf/provider-aws/lib/route';
import { RouteTable } from '@cdktf/provider-aws/lib/route-table';
import { RouteTableAssociation } from '@cdktf/provider-aws/lib/route-table-association';
import { Subnet } from '@cdktf/provider-aws/lib/subnet';
import { Vpc } from '@cdktf/provider-aws/lib/vpc';
import { Construct } from 'constructs';
import { subnetCidr, tiersOf, type Tier } from '../settings/cidr';
import type { NetworkPlan } from '../settings/platform';
import type { ExistingNetworkSettings } from '../settings/settings';
import { Endpoints } from './endpoints';
import { TierRules } from './tier-rules';

/** A network as the rest of an environment sees it, whoever made it. */
export interface NetworkFacts {
  readonly vpcId: string;
  readonly cidr: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  /** Empty where there is no such tier. */
  readonly isolatedSubnetIds: readonly string[];
}

export interface NetworkProps {
  /** Names the VPC and what is in it. */
  readonly name: string;
  readonly region: string;
  readonly plan: NetworkPlan;
  /** Whether instances carry the tasks. */
  readonly instances: boolean;
  /** TCP ports that tasks reach outside of the VPC. */
  readonly outboundPorts: readonly number[];
  /** TCP ports on which the balancer listens, and from which CIDRs. */
  readonly inbound: readonly { readonly port: number; readonly sources: readonly string[] }[];
}

const EVERYWHERE = '0.0.0.0/0';

/**
 * A VPC with a subnet of each tier in each zone. Nothing gets a public address by itself; each tier has rules of its own,
 * and the security group, the rules and the routes that AWS gives by default let nothing through.
 */
export class Network extends Construct implements NetworkFacts {
  readonly vpcId: string;
  readonly cidr: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
  readonly isolatedSubnetIds: readonly string[];

  /** A network that is there already: nothing is made. */
  static fromAttributes({ isolatedSubnetIds = [], ...existing }: ExistingNetworkSettings): NetworkFacts {
    return { ...existing, isolatedSubnetIds };
  }

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkProps,
  ) {
    super(scope, id);
    const { plan, name } = props;
    this.cidr = plan.cidr;
    const vpc = new Vpc(this, 'vpc', {
      cidrBlock: plan.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: name },
    });
    this.vpcId = vpc.id;
    this.lockDefaults(vpc);

    const tiers = new Map(
      tiersOf(plan).map((tier) => [tier, plan.zones.map((zone) => this.subnet(tier, zone))]),
    );
    const subnetsOf = (tier: Tier) => tiers.get(tier) ?? [];
    const ids = (tier: Tier) => subnetsOf(tier).map((subnet) => subnet.id);
    this.publicSubnetIds = ids('public');
    this.privateSubnetIds = ids('private');
    this.isolatedSubnetIds = ids('isolated');

    const publicRoutes = this.publicRoutes(subnetsOf('public'));
    const privateRoutes = this.privateRoutes(
      subnetsOf('private'),
      subnetsOf('public'),
      publicRoutes.internet,
    );
    const isolatedRoutes = this.isolatedRoutes(subnetsOf('isolated'));
    new TierRules(this, 'rules', {
      name,
      network: this,
      outboundPorts: props.outboundPorts,
      inbound: props.inbound,
    });
    new Endpoints(this, 'endpoints', {
      name,
      region: props.region,
      network: this,
      plan,
      instances: props.instances,
      routeTableIds: [publicRoutes.table, ...privateRoutes, ...isolatedRoutes].map((table) => table.id),
    });
  }

  private lockDefaults(vpc: Vpc): void {
    new DefaultSecurityGroup(this, 'default', { vpcId: vpc.id, ingress: [], egress: [] });
    // AWS puts subnets there that are in no other; they are none of this resource's affair.
    new DefaultNetworkAcl(this, 'default-rules', {
      defaultNetworkAclId: vpc.defaultNetworkAclId,
      lifecycle: { ignoreChanges: ['subnet_ids'] },
    });
    new DefaultRouteTable(this, 'default-routes', {
      defaultRouteTableId: vpc.defaultRouteTableId,
      route: [],
    });
  }

  private subnet(tier: Tier, zone: string): Subnet {
    const { name, region, plan } = this.props;
    return new Subnet(this, `${tier}-${zone}`, {
      vpcId: this.vpcId,
      availabilityZone: `${region}${zone}`,
      cidrBlock: subnetCidr(plan.cidr, plan.subnetPrefix, tier, zone),
      mapPublicIpOnLaunch: false,
      tags: { Name: `${name}-${tier}-${zone}`, Tier: tier },
    });
  }

  private publicRoutes(subnets: readonly Subnet[]): { table: RouteTable; internet: InternetGateway } {
    const internet = new InternetGateway(this, 'internet', {
      vpcId: this.vpcId,
      tags: { Name: this.props.name },
    });
    const table = this.routeTable('public');
    new Route(this, 'public-internet', {
      routeTableId: table.id,
      destinationCidrBlock: EVERYWHERE,
      gatewayId: internet.id,
    });
    subnets.forEach((subnet, index) => this.associate('public', index, subnet, table));
    return { table, internet };
  }

  /** A route table for each zone, so that going from one gateway to one each changes a route and nothing else. */
  private privateRoutes(
    subnets: readonly Subnet[],
    publicSubnets: readonly Subnet[],
    internet: InternetGateway,
  ): RouteTable[] {
    const { zones, nat } = this.props.plan;
    const gateways = new Map<string, NatGateway>();
    const natZones = { none: [], single: zones.slice(0, 1), 'per-az': zones }[nat];
    natZones.forEach((zone, index) => {
      gateways.set(zone, this.natGateway(zone, publicSubnets[index], internet));
    });
    return subnets.map((subnet, index) => {
      const zone = zones[index] ?? '';
      const routes = this.routeTable(`private-${zone}`);
      const gateway = gateways.get(zone) ?? gateways.get(zones[0] ?? '');
      if (gateway) {
        new Route(this, `private-${zone}-nat`, {
          routeTableId: routes.id,
          destinationCidrBlock: EVERYWHERE,
          natGatewayId: gateway.id,
        });
      }
      this.associate('private', index, subnet, routes);
      return routes;
    });
  }

  private isolatedRoutes(subnets: readonly Subnet[]): RouteTable[] {
    if (subnets.length === 0) return [];
    const routes = this.routeTable('isolated');
    subnets.forEach((subnet, index) => this.associate('isolated', index, subnet, routes));
    return [routes];
  }

  private routeTable(name: string): RouteTable {
    return new RouteTable(this, `${name}-routes`, {
      vpcId: this.vpcId,
      tags: { Name: `${this.props.name}-${name}` },
    });
  }

  private associate(tier: Tier, index: number, subnet: Subnet, routes: RouteTable): void {
    new RouteTableAssociation(this, `${tier}-${this.props.plan.zones[index]}-association`, {
      subnetId: subnet.id,
      routeTableId: routes.id,
    });
  }

  private natGateway(zone: string, subnet: Subnet | undefined, internet: InternetGateway): NatGateway {
    const name = `${this.props.name}-nat-${zone}`;
    const address = new Eip(this, `nat-${zone}-address`, {
      domain: 'vpc',
      tags: { Name: name },
      dependsOn: [internet],
    });
    return new NatGateway(this, `nat-${zone}`, {
      subnetId: subnet?.id ?? '',
      allocationId: address.id,
      tags: { Name: name },
      dependsOn: [internet],
    });
  }
}
