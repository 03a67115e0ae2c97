import type { Observations } from './snapshot';

export interface BreakerSettings {
  enable: boolean;
  rollback: boolean;
  resetOnHealthyTask: boolean;
  threshold: { type: 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT' | 'COUNT'; value: number };
}

const bounds = { least: 3, most: 200 };

/**
 * How many failed tasks fail a deployment.
 * Source: "How the deployment circuit breaker works", ECS developer guide; API_ThresholdConfiguration.
 */
export function failureThreshold(breaker: BreakerSettings, desiredCount: number): number {
  const { type, value } = breaker.threshold;
  if (type === 'COUNT') return value;
  const share = Math.ceil((desiredCount * value) / 100);
  // Zero failures would fail every deployment of an empty service.
  if (type === 'UNBOUNDED_PERCENT') return Math.max(1, share);
  return Math.min(bounds.most, Math.max(bounds.least, share));
}

/** The number of failed tasks after a step: each task counts once, a task that becomes healthy starts anew. */
export function countFailures(
  before: number,
  observed: Observations,
  unhealthy: number,
  resetOnHealthyTask: boolean,
): number {
  const start = resetOnHealthyTask && observed.becameHealthy > 0 ? 0 : before;
  return start + observed.launchFailures + observed.exits + unhealthy;
}
