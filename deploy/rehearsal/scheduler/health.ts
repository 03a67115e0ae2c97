import type { TaskHealth, UnhealthyCause } from './snapshot';

/** What is known of one task's checks. */
export interface TaskChecks {
  /** When it reached RUNNING. */
  runningSince: number;
  /** Health of its essential containers; undefined where none has a health check. */
  container: 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN' | undefined;
  /** One entry a target group; empty where the service has no load balancer. */
  targets: readonly ('healthy' | 'waiting' | { unhealthy: UnhealthyCause })[];
  /** Until when bad checks are ignored. */
  graceEnds: number;
}

/**
 * Whether a running task counts as healthy, and whether it counts for a steady state.
 * @param withoutCheck how long after RUNNING a task counts that has neither target group nor health check.
 * Source: DeploymentConfiguration.minimumHealthyPercent and healthCheckGracePeriodSeconds, ECS API reference.
 */
export function assessHealth(
  checks: TaskChecks,
  now: number,
  withoutCheck: { healthyAfter: number; readyAfter: number },
): { health: TaskHealth; ready: boolean } {
  const { container, targets } = checks;
  if (container === undefined && targets.length === 0) {
    const running = now - checks.runningSince;
    const health = running >= withoutCheck.healthyAfter ? 'healthy' : 'undecided';
    return { health, ready: running >= withoutCheck.readyAfter };
  }
  const cause = unhealthyCause(checks);
  if (cause !== undefined)
    return { health: now < checks.graceEnds ? 'undecided' : { unhealthy: cause }, ready: false };
  const passed =
    (container === undefined || container === 'HEALTHY') && targets.every((target) => target === 'healthy');
  return { health: passed ? 'healthy' : 'undecided', ready: passed };
}

function unhealthyCause({ container, targets }: TaskChecks): UnhealthyCause | undefined {
  if (container === 'UNHEALTHY') return { kind: 'container' };
  for (const target of targets) if (typeof target === 'object') return target.unhealthy;
  return undefined;
}
