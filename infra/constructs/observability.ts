import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmMetricQuery,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';

export interface ObservabilityProps {
  readonly logGroupName: string;
  readonly retentionDays: number;
  readonly alarmName: string;
  /** `app/name/id` and `targetgroup/name/id`: CloudWatch's dimensions. */
  readonly loadBalancer: string;
  readonly blue: string;
  readonly green: string;
  readonly errorsPerMinute: number;
}

/** Where a service's containers write, and the alarm that may stop its deployment. */
export class Observability extends Construct {
  constructor(scope: Construct, id: string, props: ObservabilityProps) {
    super(scope, id);
    new CloudwatchLogGroup(this, 'logs', { name: props.logGroupName, retentionInDays: props.retentionDays });
    const errorsOf = (colour: 'blue' | 'green'): CloudwatchMetricAlarmMetricQuery => ({
      id: colour,
      metric: {
        namespace: 'AWS/ApplicationELB',
        metricName: 'HTTPCode_Target_5XX_Count',
        dimensions: { LoadBalancer: props.loadBalancer, TargetGroup: props[colour] },
        period: 60,
        stat: 'Sum',
      },
    });
    // Either target group may be the one that serves. FILL: a minute without any error has no data point.
    new CloudwatchMetricAlarm(this, 'target-5xx', {
      alarmName: props.alarmName,
      alarmDescription: `More than ${props.errorsPerMinute} answers of 5xx in a minute, two minutes in a row`,
      comparisonOperator: 'GreaterThanThreshold',
      threshold: props.errorsPerMinute,
      evaluationPeriods: 2,
      treatMissingData: 'notBreaching',
      metricQuery: [
        errorsOf('blue'),
        errorsOf('green'),
        {
          id: 'total',
          expression: 'FILL(blue, 0) + FILL(green, 0)',
          label: 'Answers of 5xx',
          returnData: true,
        },
      ],
    });
  }
}
