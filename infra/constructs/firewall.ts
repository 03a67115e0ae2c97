import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule';
import { Construct } from 'constructs';
import type { NetworkFacts } from './network';

export interface FirewallProps {
  readonly name: string;
  readonly network: NetworkFacts;
  readonly balancerSecurityGroupId: string;
  /** Port of the container. */
  readonly port: number;
  /** Ports that tasks may reach outside of the VPC. */
  readonly outboundPorts: readonly number[];
}

/** The chain balancer -> service: tasks are reached by the load balancer alone, on their port alone. */
export class Firewall extends Construct {
  readonly securityGroupId: string;

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    const { port } = props;
    const tasks = new SecurityGroup(this, 'tasks', {
      name: props.name,
      description: `Tasks of ${props.name}`,
      vpcId: props.network.vpcId,
      tags: { Name: props.name },
    });
    this.securityGroupId = tasks.id;
    const tcp = (fromPort: number, toPort = fromPort) => ({ protocol: 'tcp', fromPort, toPort });
    new SecurityGroupRule(this, 'balancer-out', {
      securityGroupId: props.balancerSecurityGroupId,
      type: 'egress',
      ...tcp(port),
      sourceSecurityGroupId: tasks.id,
      description: `To the tasks of ${props.name}`,
    });
    new SecurityGroupRule(this, 'balancer-in', {
      securityGroupId: tasks.id,
      type: 'ingress',
      ...tcp(port),
      sourceSecurityGroupId: props.balancerSecurityGroupId,
      description: 'From the load balancer',
    });
    new SecurityGroupRule(this, 'vpc-out', {
      securityGroupId: tasks.id,
      type: 'egress',
      ...tcp(0, 65535),
      cidrBlocks: [props.network.cidr],
      description: 'To databases and other services in the VPC',
    });
    for (const outbound of props.outboundPorts) {
      new SecurityGroupRule(this, `internet-out-${outbound}`, {
        securityGroupId: tasks.id,
        type: 'egress',
        ...tcp(outbound),
        cidrBlocks: ['0.0.0.0/0'],
        description: `To port ${outbound} outside of the VPC, such as the APIs of AWS`,
      });
    }
  }
}
