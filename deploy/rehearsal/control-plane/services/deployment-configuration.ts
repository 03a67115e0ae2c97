import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { BreakerSettings } from '../../scheduler/circuit-breaker';

const noBreaker = {
  enable: false,
  rollback: false,
  resetOnHealthyTask: true,
  thresholdConfiguration: { type: 'BOUNDED_PERCENT', value: 50 },
} as const;

/** What applies where a service says nothing. Source: DeploymentConfiguration, ECS API reference. */
export function defaultDeploymentConfiguration(
  schedulingStrategy: 'REPLICA' | 'DAEMON',
): DeploymentConfiguration {
  return {
    deploymentCircuitBreaker: { ...noBreaker },
    maximumPercent: schedulingStrategy === 'DAEMON' ? 100 : 200,
    minimumHealthyPercent: schedulingStrategy === 'DAEMON' ? 0 : 100,
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
  };
}

/** Members that are not given keep their value; switching the breaker off switches its rollback off. */
export function mergeDeploymentConfiguration(
  before: DeploymentConfiguration,
  given: DeploymentConfiguration | undefined,
): DeploymentConfiguration {
  if (given === undefined) return before;
  const merged: DeploymentConfiguration = { ...before };
  const entries: [string, unknown][] = Object.entries(given);
  for (const [name, value] of entries) {
    if (value !== undefined && value !== null) Object.assign(merged, { [name]: value });
  }
  if (given.deploymentCircuitBreaker !== undefined) {
    const breaker = { ...noBreaker, ...before.deploymentCircuitBreaker, ...given.deploymentCircuitBreaker };
    if (!breaker.enable) breaker.rollback = false;
    merged.deploymentCircuitBreaker = breaker;
  }
  if (given.alarms !== undefined && !given.alarms.enable)
    merged.alarms = { ...given.alarms, rollback: false };
  return withStrategy(merged);
}

/** Each strategy has its own members: those of another go, those that are missing take their defaults. */
function withStrategy(configuration: DeploymentConfiguration): DeploymentConfiguration {
  const { linearConfiguration, canaryConfiguration, earlySuccessCriteria, ...rest } = configuration;
  switch (configuration.strategy) {
    case 'LINEAR':
      return {
        ...rest,
        linearConfiguration: { stepPercent: 10, stepBakeTimeInMinutes: 6, ...linearConfiguration },
      };
    case 'CANARY':
      return {
        ...rest,
        canaryConfiguration: { canaryPercent: 5, canaryBakeTimeInMinutes: 10, ...canaryConfiguration },
      };
    case 'BLUE_GREEN':
      return rest;
    default:
      return earlySuccessCriteria === undefined ? rest : { ...rest, earlySuccessCriteria };
  }
}

export function breakerSettings(configuration: DeploymentConfiguration): BreakerSettings {
  const breaker = configuration.deploymentCircuitBreaker;
  const threshold = breaker?.thresholdConfiguration;
  return {
    enable: breaker?.enable === true,
    rollback: breaker?.rollback === true,
    resetOnHealthyTask: breaker?.resetOnHealthyTask ?? true,
    threshold: { type: threshold?.type ?? 'BOUNDED_PERCENT', value: threshold?.value ?? 50 },
  };
}
