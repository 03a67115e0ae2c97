import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SecurityGroupRule } from '@cdktf/provider-aws/lib/security-group-rule';
import { VpcEndpoint } from '@cdktf/provider-aws/lib/vpc-endpoint';
import { Construct } from 'constructs';
import type { NetworkPlan } from '../settings/platform';
import type { NetworkFacts } from './network';

export interface EndpointsProps {
  readonly name: string;
  readonly region: string;
  readonly network: NetworkFacts;
  readonly plan: NetworkPlan;
  /** Whether instances carry the tasks, whose agent has endpoints of its own. */
  readonly instances: boolean;
  readonly routeTableIds: readonly string[];
}

/**
 * What a Fargate task in a private subnet without NAT asks: ECR for the image (its layers lie in S3), Logs, secrets,
 * parameters, exec, keys, and STS for the app's own credentials.
 */
export const TASK_ENDPOINTS = [
  'ecr.api',
  'ecr.dkr',
  'logs',
  'secretsmanager',
  'ssm',
  'ssmmessages',
  'kms',
  'sts',
] as const;

/** What an instance asks beside: ECS for its orders, Systems Manager to be entered. */
export const INSTANCE_ENDPOINTS = ['ecs', 'ecs-agent', 'ecs-telemetry', 'ec2messages'] as const;

/** Ways to AWS's APIs that do not leave the VPC. The gateway to S3 is free; each other costs by zone and hour. */
export class Endpoints extends Construct {
  constructor(scope: Construct, id: string, props: EndpointsProps) {
    super(scope, id);
    const { name, network, plan, region } = props;
    if (plan.endpoints !== 'none') {
      new VpcEndpoint(this, 's3', {
        vpcId: network.vpcId,
        serviceName: `com.amazonaws.${region}.s3`,
        vpcEndpointType: 'Gateway',
        routeTableIds: [...props.routeTableIds],
        tags: { Name: `${name}-s3` },
      });
    }
    const services = new Set<string>([
      ...(plan.endpoints === 'tasks' ? TASK_ENDPOINTS : []),
      ...(plan.endpoints === 'tasks' && props.instances ? INSTANCE_ENDPOINTS : []),
      ...plan.moreEndpoints,
    ]);
    if (services.size === 0) return;
    const group = new SecurityGroup(this, 'interfaces', {
      name: `${name}-endpoints`,
      description: `Interface endpoints of ${name}`,
      vpcId: network.vpcId,
      tags: { Name: `${name}-endpoints` },
    });
    new SecurityGroupRule(this, 'vpc-in', {
      securityGroupId: group.id,
      type: 'ingress',
      protocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      cidrBlocks: [network.cidr],
      description: 'HTTPS from the VPC',
    });
    for (const service of services) {
      new VpcEndpoint(this, service.replaceAll('.', '-'), {
        vpcId: network.vpcId,
        serviceName: `com.amazonaws.${region}.${service}`,
        vpcEndpointType: 'Interface',
        subnetIds: [...network.privateSubnetIds],
        securityGroupIds: [group.id],
        privateDnsEnabled: true,
        tags: { Name: `${name}-${service}` },
      });
    }
  }
}
