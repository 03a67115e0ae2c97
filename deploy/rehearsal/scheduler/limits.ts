/**
 * How many tasks must stay healthy: rounded up.
 * Source: DeploymentConfiguration.minimumHealthyPercent, ECS API reference.
 */
export function lowerLimit(desiredCount: number, minimumHealthyPercent: number): number {
  return Math.ceil((desiredCount * minimumHealthyPercent) / 100);
}

/**
 * How many tasks may be RUNNING, PENDING or STOPPING together: rounded down.
 * Source: DeploymentConfiguration.maximumPercent, ECS API reference.
 */
export function upperLimit(desiredCount: number, maximumPercent: number): number {
  return Math.floor((desiredCount * maximumPercent) / 100);
}
