import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  type Action,
  type LoadBalancer,
  type TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { isException } from '../../aws/ecs';
import type { World } from '../world';

/** Undefined where there is none. */
export function readTargetGroup(world: World, arn: string): Promise<TargetGroup | undefined> {
  return world.read('elasticloadbalancing:DescribeTargetGroups', arn, async () => {
    const { TargetGroups } = await found(
      world
        .client(ElasticLoadBalancingV2Client)
        .send(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] })),
    );
    return TargetGroups?.[0];
  });
}

export function readLoadBalancer(world: World, arn: string): Promise<LoadBalancer | undefined> {
  return world.read('elasticloadbalancing:DescribeLoadBalancers', arn, async () => {
    const { LoadBalancers } = await found(
      world
        .client(ElasticLoadBalancingV2Client)
        .send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] })),
    );
    return LoadBalancers?.[0];
  });
}

/** Where a rule, or a listener of a network load balancer, sends what it takes; undefined where there is none. */
export function readRuleActions(world: World, arn: string): Promise<Action[] | undefined> {
  const client = () => world.client(ElasticLoadBalancingV2Client);
  if (!arn.includes(':listener-rule/')) {
    return world.read('elasticloadbalancing:DescribeListeners', arn, async () => {
      const { Listeners } = await found(client().send(new DescribeListenersCommand({ ListenerArns: [arn] })));
      return Listeners?.[0] && (Listeners[0].DefaultActions ?? []);
    });
  }
  return world.read('elasticloadbalancing:DescribeRules', arn, async () => {
    const { Rules } = await found(client().send(new DescribeRulesCommand({ RuleArns: [arn] })));
    return Rules?.[0] && (Rules[0].Actions ?? []);
  });
}

/** "Not found", and an ARN that is none, are answers. */
async function found<T extends object>(answer: Promise<T>): Promise<Partial<T>> {
  try {
    return await answer;
  } catch (error) {
    const { name = '' } = error as Error;
    const missing = /^(TargetGroup|LoadBalancer|Listener|Rule)NotFound(Exception)?$/.test(name);
    if (missing || isException(error, 'ValidationError')) return {};
    throw error;
  }
}
