import {
  NetworkAcl,
  type NetworkAclEgress,
  type NetworkAclIngress,
} from '@cdktf/provider-aws/lib/network-acl';
import { Construct } from 'constructs';
import type { NetworkFacts } from './network';

export interface TierRulesProps {
  readonly name: string;
  readonly network: NetworkFacts;
  readonly outboundPorts: readonly number[];
  readonly inbound: readonly { readonly port: number; readonly sources: readonly string[] }[];
}

interface Rule {
  readonly protocol: 'tcp' | 'udp' | '-1';
  readonly from: number;
  readonly to: number;
  readonly cidr: string;
}

const EVERYWHERE = '0.0.0.0/0';
/** Ports that answers come back to. The range leaves out 3389, which no network may open to the world (EC2.21). */
const EPHEMERAL = [
  [1024, 3388],
  [3390, 65535],
] as const;
const answers = (cidr: string): Rule[] =>
  EPHEMERAL.map(([from, to]): Rule => ({ protocol: 'tcp', from, to, cidr }));
const tcp = (port: number, cidr: string): Rule => ({ protocol: 'tcp', from: port, to: port, cidr });
const all = (cidr: string): Rule => ({ protocol: '-1', from: 0, to: 0, cidr });

/**
 * Network ACLs, one a tier. They know no connections, so that answers have rules of their own. Security groups stay the
 * finer mesh; these hold when one of those is opened by mistake. AWS's own resolver and clock pass all of them.
 */
export class TierRules extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: TierRulesProps,
  ) {
    super(scope, id);
    const { network, inbound, outboundPorts } = props;
    const inside = all(network.cidr);
    const outwards = [...new Set(outboundPorts)].sort((one, other) => one - other);
    this.tier(
      'public',
      network.publicSubnetIds,
      [
        inside,
        ...inbound
          // The answers' own range lets these through already.
          .filter(({ port }) => port < 1024)
          .flatMap(({ port, sources }) => sources.map((source) => tcp(port, source))),
        ...answers(EVERYWHERE),
      ],
      // Out of here go the balancer's answers, and what tasks ask for, through a NAT gateway or by themselves.
      [
        inside,
        ...outwards.filter((port) => port < 1024).map((port) => tcp(port, EVERYWHERE)),
        { protocol: 'tcp', from: 1024, to: 65535, cidr: EVERYWHERE },
      ],
    );
    this.tier(
      'private',
      network.privateSubnetIds,
      [inside, ...answers(EVERYWHERE)],
      [inside, ...outwards.map((port) => tcp(port, EVERYWHERE))],
    );
    if (network.isolatedSubnetIds.length > 0)
      this.tier('isolated', network.isolatedSubnetIds, [inside], [inside]);
  }

  private tier(
    tier: string,
    subnetIds: readonly string[],
    ingress: readonly Rule[],
    egress: readonly Rule[],
  ): void {
    new NetworkAcl(this, tier, {
      vpcId: this.props.network.vpcId,
      subnetIds: [...subnetIds],
      ingress: numbered(ingress),
      egress: numbered(egress),
      tags: { Name: `${this.props.name}-${tier}` },
    });
  }
}

function numbered(rules: readonly Rule[]): (NetworkAclIngress & NetworkAclEgress)[] {
  return rules.map(({ protocol, from, to, cidr }, index) => ({
    ruleNo: (index + 1) * 10,
    action: 'allow',
    protocol,
    fromPort: from,
    toPort: to,
    cidrBlock: cidr,
  }));
}
