import type { PutScalingPolicyRequest, ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import type { ComparisonOperator, MetricAlarm, PutMetricAlarmInput } from '@aws-sdk/client-cloudwatch';
import type { ServiceName } from '../aws/ecs';
import type { JsonObject } from '../definition/definitions';
import type { AutoscalingConfig, StepPolicyConfig, TrackingConfig } from './autoscaling-config';
import { alarmPrefix, placeOf, POLICY_PREFIX, STEP_PREFIX } from './scaling';

/** One policy that the config wants, or that is there: as a person would write it, so that the two can be compared. */
export interface Policy {
  /** As Application Auto Scaling knows it. */
  name: string;
  /** As the config knows it: `target_tracking[cpu]`, `step[busy]`. */
  label: string;
  settings: JsonObject;
}

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html */
const TRACKED = {
  cpu: 'ECSServiceAverageCPUUtilization',
  memory: 'ECSServiceAverageMemoryUtilization',
  requests: 'ALBRequestCountPerTarget',
} as const satisfies Record<TrackingConfig['metric'], string>;

const MEASURED = { cpu: 'CPUUtilization', memory: 'MemoryUtilization' } as const;

const COMPARISONS: Readonly<Record<string, ComparisonOperator>> = {
  '>=': 'GreaterThanOrEqualToThreshold',
  '>': 'GreaterThanThreshold',
  '<': 'LessThanThreshold',
  '<=': 'LessThanOrEqualToThreshold',
};

/** Seconds that Application Auto Scaling waits between two activities of a service, where a policy says nothing. */
const COOLDOWN = 300;
const PERIOD = 60;

export interface Wanted extends Policy {
  put: PutScalingPolicyRequest;
  /** Of a step policy; the policy's ARN becomes its action. */
  alarm: PutMetricAlarmInput | undefined;
}

/** @param resourceLabel where requests are counted; needed for `requests` alone. */
export function wantedPolicies(
  { targetTracking, step }: AutoscalingConfig,
  service: ServiceName,
  resourceLabel: string | undefined,
): Wanted[] {
  return [
    ...targetTracking.map((one) => tracking(one, service, resourceLabel)),
    ...step.map((one) => stepping(one, service)),
  ];
}

function tracking(one: TrackingConfig, service: ServiceName, resourceLabel: string | undefined): Wanted {
  const { metric, target, scaleInCooldownSeconds: scaleIn, scaleOutCooldownSeconds: scaleOut } = one;
  const put: PutScalingPolicyRequest = {
    ...placeOf(service),
    PolicyName: POLICY_PREFIX + metric,
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: target,
      PredefinedMetricSpecification: {
        PredefinedMetricType: TRACKED[metric],
        ...(metric === 'requests' && resourceLabel !== undefined ? { ResourceLabel: resourceLabel } : {}),
      },
      ScaleInCooldown: scaleIn ?? COOLDOWN,
      ScaleOutCooldown: scaleOut ?? COOLDOWN,
    },
  };
  return { ...policyOf(put, undefined), put, alarm: undefined };
}

function stepping(one: StepPolicyConfig, service: ServiceName): Wanted {
  const { name, metric, comparison, threshold, adjustments, cooldownSeconds } = one;
  const put: PutScalingPolicyRequest = {
    ...placeOf(service),
    PolicyName: STEP_PREFIX + name,
    PolicyType: 'StepScaling',
    StepScalingPolicyConfiguration: {
      AdjustmentType: 'ChangeInCapacity',
      MetricAggregationType: 'Average',
      Cooldown: cooldownSeconds ?? COOLDOWN,
      // AWS counts from the threshold.
      StepAdjustments: adjustments.map(({ from, to, by }) => ({
        ...(from === undefined ? {} : { MetricIntervalLowerBound: from - threshold }),
        ...(to === undefined ? {} : { MetricIntervalUpperBound: to - threshold }),
        ScalingAdjustment: by,
      })),
    },
  };
  const alarm: PutMetricAlarmInput = {
    AlarmName: alarmPrefix(service) + name,
    AlarmDescription: `Scales service ${service.service} of ${service.cluster}; made by slipway`,
    Namespace: 'AWS/ECS',
    MetricName: MEASURED[metric],
    Dimensions: [
      { Name: 'ClusterName', Value: service.cluster.slice(service.cluster.lastIndexOf('/') + 1) },
      { Name: 'ServiceName', Value: service.service },
    ],
    Statistic: 'Average',
    Period: PERIOD,
    EvaluationPeriods: 1,
    Threshold: threshold,
    ComparisonOperator: COMPARISONS[comparison] ?? (comparison as ComparisonOperator),
  };
  return { ...policyOf(put, alarm), put, alarm };
}

/** A policy in the config's words, from what AWS takes or answers. */
export function policyOf(
  policy: Pick<
    ScalingPolicy,
    'PolicyName' | 'TargetTrackingScalingPolicyConfiguration' | 'StepScalingPolicyConfiguration'
  >,
  alarm: MetricAlarm | PutMetricAlarmInput | undefined,
): Policy {
  const { PolicyName: name = '', TargetTrackingScalingPolicyConfiguration: tracked } = policy;
  if (tracked !== undefined) {
    const { PredefinedMetricType: type, ResourceLabel: label } = tracked.PredefinedMetricSpecification ?? {};
    const metric = Object.entries(TRACKED).find(([, known]) => known === type)?.[0] ?? type ?? 'custom';
    return {
      name,
      label: `target_tracking[${metric}]`,
      settings: {
        target: tracked.TargetValue ?? 0,
        scale_in_cooldown: seconds(tracked.ScaleInCooldown),
        scale_out_cooldown: seconds(tracked.ScaleOutCooldown),
        ...(label === undefined ? {} : { counts: label }),
        ...(tracked.DisableScaleIn === true ? { disable_scale_in: true } : {}),
      },
    };
  }
  const steps = policy.StepScalingPolicyConfiguration;
  const threshold = alarm?.Threshold ?? 0;
  const edge = (bound: number | undefined) => (bound === undefined ? undefined : bound + threshold);
  return {
    name,
    label: `step[${name.startsWith(STEP_PREFIX) ? name.slice(STEP_PREFIX.length) : name}]`,
    settings: JSON.parse(
      JSON.stringify({
        metric: Object.entries(MEASURED).find(([, known]) => known === alarm?.MetricName)?.[0],
        comparison:
          Object.entries(COMPARISONS).find(([, known]) => known === alarm?.ComparisonOperator)?.[0] ??
          alarm?.ComparisonOperator,
        threshold: alarm?.Threshold,
        adjustments: steps?.StepAdjustments?.map((step) => ({
          from: edge(step.MetricIntervalLowerBound),
          to: edge(step.MetricIntervalUpperBound),
          by: step.ScalingAdjustment,
        })),
        cooldown: seconds(steps?.Cooldown),
      }),
    ) as JsonObject,
  };
}

function seconds(cooldown: number | undefined): string {
  return `${cooldown ?? COOLDOWN}s`;
}
