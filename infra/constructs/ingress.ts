import { Lb } from '@cdktf/provider-aws/lib/lb';
import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule';
import { Construct } from 'constructs';
import type { NetworkFacts } from './network';

export interface IngressProps {
  /** Of the load balancer, at most 32 characters. */
  readonly name: string;
  readonly network: NetworkFacts;
  /** CIDRs that may reach the test listener. */
  readonly testSources: readonly string[];
  readonly protect: boolean;
}

export const PRODUCTION_PORT = 80;
export const TEST_PORT = 8080;

/**
 * The load balancer: one listener for everybody, one for a look at what is not released yet, which the world does
 * not reach. Both answer 404 to what no service's rule claims. What it may reach, each service opens for itself.
 */
export class Ingress extends Construct {
  readonly securityGroupId: string;
  readonly dnsName: string;
  readonly arnSuffix: string;
  readonly productionListenerArn: string;
  readonly testListenerArn: string;

  constructor(scope: Construct, id: string, props: IngressProps) {
    super(scope, id);
    const group = new SecurityGroup(this, 'balancer', {
      name: `${props.name}-balancer`,
      description: `Load balancer of ${props.name}`,
      vpcId: props.network.vpcId,
      tags: { Name: `${props.name}-balancer` },
    });
    this.securityGroupId = group.id;
    this.open('production', PRODUCTION_PORT, ['0.0.0.0/0'], 'HTTP from everywhere');
    this.open('test', TEST_PORT, props.testSources, 'Test listener, from known networks');

    const balancer = new Lb(this, 'load-balancer', {
      name: props.name,
      loadBalancerType: 'application',
      internal: false,
      securityGroups: [group.id],
      subnets: [...props.network.publicSubnetIds],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: 'defensive',
      enableDeletionProtection: props.protect,
      idleTimeout: 60,
    });
    this.dnsName = balancer.dnsName;
    this.arnSuffix = balancer.arnSuffix;
    this.productionListenerArn = this.listener('production', balancer, PRODUCTION_PORT);
    this.testListenerArn = this.listener('test', balancer, TEST_PORT);
  }

  private open(id: string, port: number, sources: readonly string[], description: string): void {
    new SecurityGroupRule(this, `${id}-in`, {
      securityGroupId: this.securityGroupId,
      type: 'ingress',
      protocol: 'tcp',
      fromPort: port,
      toPort: port,
      cidrBlocks: [...sources],
      description,
    });
  }

  private listener(id: string, balancer: Lb, port: number): string {
    return new LbListener(this, id, {
      loadBalancerArn: balancer.arn,
      port,
      protocol: 'HTTP',
      defaultAction: [
        {
          type: 'fixed-response',
          fixedResponse: {
            contentType: 'text/plain',
            messageBody: 'no service answers here',
            statusCode: '404',
          },
        },
      ],
    }).arn;
  }
}
