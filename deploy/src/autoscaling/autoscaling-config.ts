import type { Target } from '../target';

/** What `autoscaling:` of a service says. */
export interface AutoscalingConfig {
  min: number;
  max: number;
  targetTracking: readonly TrackingConfig[];
  step: readonly StepPolicyConfig[];
}

export interface TrackingConfig {
  metric: 'cpu' | 'memory' | 'requests';
  /** Percent; of `requests` how many a task is to get in a minute. */
  target: number;
  scaleInCooldownSeconds?: number | undefined;
  scaleOutCooldownSeconds?: number | undefined;
}

export interface StepPolicyConfig {
  name: string;
  metric: 'cpu' | 'memory';
  /** `>=`, `>`, `<`, `<=`, or CloudWatch's own word for one of them. */
  comparison: string;
  /** Percent. */
  threshold: number;
  /** `from` and `to` in percent, as `threshold`; `by` tasks more, or fewer. */
  adjustments: readonly { from?: number | undefined; to?: number | undefined; by: number }[];
  cooldownSeconds?: number | undefined;
}

/** What the config says of a target's autoscaling. */
export function autoscalingOf(target: Target): AutoscalingConfig | undefined {
  return target.serviceConfig.autoscaling;
}
