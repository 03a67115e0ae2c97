import { AutoscalingPolicy } from '@cdktf/provider-aws/lib/autoscaling-policy';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';

export interface InstanceScalingProps {
  readonly name: string;
  readonly groupName: string;
  readonly clusterName: string;
  readonly topicArn: string;
}

/** Percent of what all instances have together that tasks reserve. */
const HIGH = 75;
const LOW = 30;

/** One instance more where either CPU or memory is mostly reserved, one less where both are mostly free. */
export class InstanceScaling extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: InstanceScalingProps,
  ) {
    super(scope, id);
    const more = this.step('more', 1);
    const less = this.step('less', -1);
    for (const [what, metricName] of [
      ['cpu', 'CPUReservation'],
      ['memory', 'MemoryReservation'],
    ] as const) {
      this.alarm(`${what}-high`, metricName, 'GreaterThanThreshold', HIGH, [more, props.topicArn]);
    }
    // The smaller of the two: one that is needed must not go because the other is not.
    new CloudwatchMetricAlarm(this, 'both-low', {
      alarmName: `${props.name}-reservation-low`,
      alarmDescription: `Tasks reserve less than ${LOW} % of CPU and of memory`,
      comparisonOperator: 'LessThanThreshold',
      threshold: LOW,
      evaluationPeriods: 10,
      treatMissingData: 'notBreaching',
      alarmActions: [less],
      metricQuery: [
        ...(['CPUReservation', 'MemoryReservation'] as const).map((metricName) => ({
          id: metricName === 'CPUReservation' ? 'cpu' : 'memory',
          metric: {
            namespace: 'AWS/ECS',
            metricName,
            dimensions: { ClusterName: props.clusterName },
            period: 60,
            stat: 'Average',
          },
        })),
        { id: 'both', expression: 'MAX([cpu, memory])', label: 'the larger reservation', returnData: true },
      ],
    });
  }

  private step(id: string, adjustment: number): string {
    return new AutoscalingPolicy(this, id, {
      name: `${this.props.name}-${id}`,
      autoscalingGroupName: this.props.groupName,
      policyType: 'SimpleScaling',
      adjustmentType: 'ChangeInCapacity',
      scalingAdjustment: adjustment,
      cooldown: 300,
    }).arn;
  }

  private alarm(
    id: string,
    metricName: string,
    comparisonOperator: string,
    threshold: number,
    alarmActions: string[],
  ): void {
    new CloudwatchMetricAlarm(this, id, {
      alarmName: `${this.props.name}-${id}`,
      alarmDescription: `${metricName} of the cluster is above ${threshold} %`,
      namespace: 'AWS/ECS',
      metricName,
      dimensions: { ClusterName: this.props.clusterName },
      statistic: 'Average',
      period: 60,
      evaluationPeriods: 2,
      comparisonOperator,
      threshold,
      treatMissingData: 'notBreaching',
      alarmActions,
    });
  }
}
