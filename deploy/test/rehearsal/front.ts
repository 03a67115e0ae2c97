import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Rehearsal } from '../../rehearsal/rehearsal';
import { clientOf } from './support';

export interface Front {
  targetGroupArn: string;
  loadBalancerArn: string;
  listenerArn: string;
  subnets: string[];
  /** Where the listener is on this machine. */
  url: string;
}

/** Sets up a load balancer in the default VPC as any client would, with one listener that forwards to an `ip` target group. */
export async function createFront(
  rehearsal: Rehearsal,
  options: { name?: string; port?: number; interval?: number; healthPath?: string } = {},
): Promise<Front> {
  const elb = new ElasticLoadBalancingV2Client(clientOf(rehearsal));
  const { name = 'front', port = 3000, interval = 10, healthPath = '/' } = options;
  const answer = await rehearsal.call('ec2', 'DescribeSubnets');
  const found = answer.subnetSet as { subnetId: string; vpcId: string }[];
  const subnets = found.map(({ subnetId }) => subnetId);
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: name, Subnets: subnets }));
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({
      Name: name,
      Port: port,
      Protocol: 'HTTP',
      TargetType: 'ip',
      VpcId: found[0]?.vpcId,
      HealthCheckIntervalSeconds: interval,
      HealthCheckPath: healthPath,
      HealthyThresholdCount: 2,
    }),
  );
  const targetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? '';
  const loadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn ?? '';
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: targetGroupArn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }],
    }),
  );
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    }),
  );
  const listenerArn = Listeners?.[0]?.ListenerArn ?? '';
  const url = rehearsal.listeners().find(({ arn }) => arn === listenerArn)?.url ?? '';
  return { targetGroupArn, loadBalancerArn, listenerArn, subnets, url };
}
