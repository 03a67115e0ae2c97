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
import { subnetCidr, type Tier } from '../settings/cidr';

export interface NetworkProps {
  /** Names the VPC and what is in it. */
  readonly name: string;
  readonly region: string;
  readonly cidr: string;
  readonly subnetPrefix: number;
  /** Letters. */
  readonly zones: readonly string[];
  readonly nat: 'none' | 'single' | 'per-az';
}

const EVERYWHERE = '0.0.0.0/0';

/**
 * A VPC with a public and a private subnet in each zone. Nothing gets a public address by itself, and the default
 * security group lets nothing through.
 */
export class Network extends Construct {
  readonly vpcId: string;
  readonly cidr: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NetworkProps,
  ) {
    super(scope, id);
    this.cidr = props.cidr;
    this.vpcId = new Vpc(this, 'vpc', {
      cidrBlock: props.cidr,
      enableDnsHostnames: true,
      enableDnsSupport: true,
      tags: { Name: props.name },
    }).id;
    new DefaultSecurityGroup(this, 'default', { vpcId: this.vpcId, ingress: [], egress: [] });

    const publicSubnets = props.zones.map((zone) => this.subnet('public', zone));
    const privateSubnets = props.zones.map((zone) => this.subnet('private', zone));
    this.publicSubnetIds = publicSubnets.map((subnet) => subnet.id);
    this.privateSubnetIds = privateSubnets.map((subnet) => subnet.id);

    const internet = new InternetGateway(this, 'internet', { vpcId: this.vpcId, tags: { Name: props.name } });
    const publicRoutes = this.routeTable('public');
    new Route(this, 'public-internet', {
      routeTableId: publicRoutes.id,
      destinationCidrBlock: EVERYWHERE,
      gatewayId: internet.id,
    });
    publicSubnets.forEach((subnet, index) => this.associate('public', index, subnet, publicRoutes));

    const gateways = new Map<string, NatGateway>();
    const natZones = { none: [], single: props.zones.slice(0, 1), 'per-az': props.zones }[props.nat];
    natZones.forEach((zone, index) => {
      gateways.set(zone, this.natGateway(zone, publicSubnets[index], internet));
    });
    // A route table for each zone, so that going from one gateway to one each changes a route and nothing else.
    privateSubnets.forEach((subnet, index) => {
      const zone = props.zones[index] ?? '';
      const routes = this.routeTable(`private-${zone}`);
      const gateway = gateways.get(zone) ?? gateways.get(props.zones[0] ?? '');
      if (gateway) {
        new Route(this, `private-${zone}-nat`, {
          routeTableId: routes.id,
          destinationCidrBlock: EVERYWHERE,
          natGatewayId: gateway.id,
        });
      }
      this.associate('private', index, subnet, routes);
    });
  }

  private subnet(tier: Tier, zone: string): Subnet {
    return new Subnet(this, `${tier}-${zone}`, {
      vpcId: this.vpcId,
      availabilityZone: `${this.props.region}${zone}`,
      cidrBlock: subnetCidr(this.props.cidr, this.props.subnetPrefix, tier, zone),
      mapPublicIpOnLaunch: false,
      tags: { Name: `${this.props.name}-${tier}-${zone}`, Tier: tier },
    });
  }

  private routeTable(name: string): RouteTable {
    return new RouteTable(this, `${name}-routes`, {
      vpcId: this.vpcId,
      tags: { Name: `${this.props.name}-${name}` },
    });
  }

  private associate(tier: Tier, index: number, subnet: Subnet, routes: RouteTable): void {
    new RouteTableAssociation(this, `${tier}-${this.props.zones[index]}-association`, {
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
