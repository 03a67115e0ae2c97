import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
  type CloudwatchMetricAlarmMetricQuery,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import type { Service } from '../settings/platform';

export interface ObservabilityProps {
  readonly service: Service;
  readonly logGroupName: string;
  readonly retentionDays: number;
  readonly keyArn: string | undefined;
  readonly topicArn: string;
  readonly alarmName: (what: string) => string;
  readonly clusterName: string;
  /** A network balancer counts no answers. */
  readonly http: boolean;
  /** `app/name/id` and `targetgroup/name/id`: CloudWatch's dimensions. */
  readonly loadBalancer: string;
  readonly blue: string;
  readonly green: string;
}

/** Percent of what a task reserves. */
const BUSY = 85;

/** Where a service's containers write, and what is told of them. */
export class Observability extends Construct {
  /** Alarms that may stop a deployment: what users feel, and nothing that a deployment does by itself. */
  readonly deploymentAlarms: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ObservabilityProps,
  ) {
    super(scope, id);
    const { service } = props;
    new CloudwatchLogGroup(this, 'logs', {
      name: props.logGroupName,
      retentionInDays: props.retentionDays,
      ...(props.keyArn === undefined ? {} : { kmsKeyId: props.keyArn }),
    });
    this.deploymentAlarms = props.http ? [this.errors(), this.slow()] : [];
    this.ofBoth(
      'unhealthy',
      'A target does not answer its health checks',
      { metricName: 'UnHealthyHostCount', stat: 'Maximum' },
      'MAX([blue, green])',
      { threshold: 0, evaluationPeriods: 5 },
    );
    for (const [what, metricName] of [
      ['cpu', 'CPUUtilization'],
      ['memory', 'MemoryUtilization'],
    ] as const) {
      this.alarm(what, {
        alarmDescription: `Tasks of ${service.name} use more than ${BUSY} % of their ${what} for ten minutes`,
        namespace: 'AWS/ECS',
        metricName,
        dimensions: { ClusterName: props.clusterName, ServiceName: service.name },
        statistic: 'Average',
        period: 60,
        threshold: BUSY,
        evaluationPeriods: 10,
      });
    }
  }

  private errors(): string {
    const { errorsPerMinute } = this.props.service;
    return this.ofBoth(
      'target-5xx',
      `More than ${errorsPerMinute} answers of 5xx in a minute, two minutes in a row`,
      { metricName: 'HTTPCode_Target_5XX_Count', stat: 'Sum' },
      // FILL: a minute without any error has no data point.
      'FILL(blue, 0) + FILL(green, 0)',
      { threshold: errorsPerMinute, evaluationPeriods: 2 },
    );
  }

  private slow(): string {
    const { slowSeconds } = this.props.service;
    return this.ofBoth(
      'slow',
      `Answers take more than ${slowSeconds} s on average, three minutes in a row`,
      { metricName: 'TargetResponseTime', stat: 'Average' },
      'MAX([blue, green])',
      { threshold: slowSeconds, evaluationPeriods: 3 },
    );
  }

  /** Either target group may be the one that serves. */
  private ofBoth(
    what: string,
    description: string,
    metric: { metricName: string; stat: string },
    expression: string,
    limit: { threshold: number; evaluationPeriods: number },
  ): string {
    const { loadBalancer, http } = this.props;
    const of = (colour: 'blue' | 'green'): CloudwatchMetricAlarmMetricQuery => ({
      id: colour,
      metric: {
        namespace: http ? 'AWS/ApplicationELB' : 'AWS/NetworkELB',
        dimensions: { LoadBalancer: loadBalancer, TargetGroup: this.props[colour] },
        period: 60,
        ...metric,
      },
    });
    return this.alarm(what, {
      alarmDescription: description,
      ...limit,
      metricQuery: [
        of('blue'),
        of('green'),
        { id: 'total', expression, label: description, returnData: true },
      ],
    });
  }

  private alarm(
    what: string,
    config: Omit<CloudwatchMetricAlarmConfig, 'alarmName' | 'comparisonOperator'>,
  ): string {
    const { alarmName, topicArn } = this.props;
    const name = alarmName(what);
    new CloudwatchMetricAlarm(this, what, {
      alarmName: name,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching',
      alarmActions: [topicArn],
      okActions: [topicArn],
      ...config,
    });
    return name;
  }
}
