import { LbListener } from '@cdktf/provider-aws/lib/lb-listener';
import { LbListenerRule, type LbListenerRuleCondition } from '@cdktf/provider-aws/lib/lb-listener-rule';
import { LbTargetGroup } from '@cdktf/provider-aws/lib/lb-target-group';
import { Construct } from 'constructs';
import type { Service } from '../settings/platform';
import type { Ingress } from './ingress';

export interface RoutingProps {
  readonly vpcId: string;
  readonly ingress: Ingress;
  readonly service: Service;
  readonly targetGroupName: (colour: 'blue' | 'green') => string;
}

/**
 * From the listeners to the tasks: a pair of target groups and a rule on each listener. Blue serves until a deploy
 * shifts traffic; from then on ECS owns the weights, and Terraform leaves them as they are.
 */
export class Routing extends Construct {
  readonly blue: LbTargetGroup;
  readonly green: LbTargetGroup;
  /** Of a network balancer, which has no rules, its listener: ECS takes either. */
  readonly productionRuleArn: string;
  readonly testRuleArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RoutingProps,
  ) {
    super(scope, id);
    this.blue = this.targetGroup('blue');
    this.green = this.targetGroup('green');
    const { listeners } = props.ingress;
    this.productionRuleArn = listeners
      ? this.rule('production', listeners.production)
      : this.listener('production');
    this.testRuleArn = listeners ? this.rule('test', listeners.test) : this.listener('test');
  }

  private targetGroup(colour: 'blue' | 'green'): LbTargetGroup {
    const { healthCheck, port, deregistrationDelay, networkMode } = this.props.service;
    return new LbTargetGroup(this, colour, {
      name: this.props.targetGroupName(colour),
      vpcId: this.props.vpcId,
      targetType: networkMode === 'bridge' ? 'instance' : 'ip',
      port,
      protocol: this.props.ingress.listeners ? 'HTTP' : 'TCP',
      deregistrationDelay: String(deregistrationDelay),
      healthCheck: {
        enabled: true,
        path: healthCheck.path,
        port: 'traffic-port',
        protocol: 'HTTP',
        matcher: healthCheck.matcher,
        interval: healthCheck.interval,
        timeout: healthCheck.timeout,
        healthyThreshold: healthCheck.healthyCount,
        unhealthyThreshold: healthCheck.unhealthyCount,
      },
    });
  }

  private rule(id: string, listenerArn: string): string {
    return new LbListenerRule(this, id, {
      listenerArn,
      priority: this.props.service.priority,
      condition: this.conditions(),
      action: [
        {
          type: 'forward',
          forward: {
            targetGroup: [
              { arn: this.blue.arn, weight: 100 },
              { arn: this.green.arn, weight: 0 },
            ],
          },
        },
      ],
      lifecycle: { ignoreChanges: ['action'] },
    }).arn;
  }

  private listener(id: 'production' | 'test'): string {
    const { ingress } = this.props;
    return new LbListener(this, `${id}-listener`, {
      loadBalancerArn: ingress.arn,
      port: ingress.port(id),
      ...ingress.protocol(),
      defaultAction: [{ type: 'forward', targetGroupArn: this.blue.arn }],
      lifecycle: { ignoreChanges: ['default_action'] },
    }).arn;
  }

  private conditions(): LbListenerRuleCondition[] {
    const { hosts, paths } = this.props.service;
    return [
      ...(hosts.length > 0 ? [{ hostHeader: { values: [...hosts] } }] : []),
      { pathPattern: { values: [...paths] } },
    ];
  }
}
