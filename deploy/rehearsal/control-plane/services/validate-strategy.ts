import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import { errors } from '../errors';
import type { ControlPlaneSettings } from '../settings';

const { invalidParameter } = errors;
const dayInMinutes = 1440;
const notForPauses = ['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT', 'RECONCILE_SERVICE'];

/**
 * The parts of a deployment configuration that depend on its strategy.
 * @param given what the request itself says; `configuration` is that over what was there before.
 * @throws InvalidParameterException. Ranges are those of the ECS API reference, most of their texts are our own.
 */
export function validateStrategy(
  configuration: DeploymentConfiguration,
  given: DeploymentConfiguration | undefined,
  schedulingStrategy: 'REPLICA' | 'DAEMON',
  settings: ControlPlaneSettings,
): void {
  const { strategy = 'ROLLING', bakeTimeInMinutes = 0 } = configuration;
  if (strategy !== 'ROLLING' && schedulingStrategy === 'DAEMON') {
    throw invalidParameter(
      `The daemon scheduling strategy does not support the ${strategy} deployment strategy.`,
    );
  }
  if (given?.linearConfiguration !== undefined && strategy !== 'LINEAR')
    throw invalidParameter(`linearConfiguration is not valid with the ${strategy} deployment strategy.`);
  if (given?.canaryConfiguration !== undefined && strategy !== 'CANARY')
    throw invalidParameter(`canaryConfiguration is not valid with the ${strategy} deployment strategy.`);
  expectRange('bakeTimeInMinutes', bakeTimeInMinutes, 0, dayInMinutes, 1);
  if (
    settings.blueGreenNeedsBakeTime &&
    given?.strategy === 'BLUE_GREEN' &&
    given.bakeTimeInMinutes === undefined
  ) {
    throw invalidParameter('bakeTimeInMinutes is required with the BLUE_GREEN deployment strategy.');
  }
  const { linearConfiguration: linear, canaryConfiguration: canary } = configuration;
  if (strategy === 'LINEAR') {
    expectRange('stepPercent', linear?.stepPercent ?? 10, 3, 100, 0.1);
    expectRange('stepBakeTimeInMinutes', linear?.stepBakeTimeInMinutes ?? 6, 0, dayInMinutes, 1);
  }
  if (strategy === 'CANARY') {
    expectRange('canaryPercent', canary?.canaryPercent ?? 5, 0.1, 100, 0.1);
    expectRange('canaryBakeTimeInMinutes', canary?.canaryBakeTimeInMinutes ?? 10, 0, dayInMinutes, 1);
  }
  if (given?.earlySuccessCriteria?.enable === true && strategy !== 'ROLLING')
    throw invalidParameter('earlySuccessCriteria is only valid with the ROLLING deployment strategy.');
  validateEarlySuccess(configuration);
  for (const hook of configuration.lifecycleHooks ?? []) validateHook(hook);
}

function validateEarlySuccess(configuration: DeploymentConfiguration): void {
  const { earlySuccessCriteria: criteria, minimumHealthyPercent = 100 } = configuration;
  if (criteria?.enable !== true) return;
  const { healthyPercent, sourceServiceRevisionCleanup } = criteria;
  if (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined) {
    throw invalidParameter(
      'healthyPercent and sourceServiceRevisionCleanup are required when earlySuccessCriteria is enabled.',
    );
  }
  expectRange('healthyPercent', healthyPercent, 0, 100, 1);
  if (healthyPercent < minimumHealthyPercent) {
    throw invalidParameter(
      `healthyPercent ${healthyPercent} must be greater than or equal to minimumHealthyPercent ${minimumHealthyPercent}.`,
    );
  }
}

/** Source of the first and the last text: "Troubleshooting Amazon ECS blue/green deployments", developer guide. */
function validateHook(hook: DeploymentLifecycleHook): void {
  const {
    targetType = 'AWS_LAMBDA',
    hookTargetArn,
    roleArn,
    lifecycleStages = [],
    timeoutConfiguration,
  } = hook;
  if (targetType !== 'AWS_LAMBDA' && targetType !== 'PAUSE')
    throw invalidParameter('Invalid targetType. Valid values are: AWS_LAMBDA, PAUSE');
  if (lifecycleStages.length === 0)
    throw invalidParameter('lifecycleStages must be provided for every lifecycle hook.');
  if (timeoutConfiguration?.timeoutInMinutes !== undefined)
    expectRange('timeoutInMinutes', timeoutConfiguration.timeoutInMinutes, 1, 20_160, 1);
  if (targetType === 'AWS_LAMBDA') {
    if (hookTargetArn === undefined || roleArn === undefined)
      throw invalidParameter('hookTargetArn and roleArn must be provided for AWS_LAMBDA lifecycle hooks.');
    return;
  }
  if (lifecycleStages.some((stage) => notForPauses.includes(stage)))
    throw invalidParameter('Invalid lifecycle stage provided for Pause Hook');
}

function expectRange(name: string, value: number, least: number, most: number, step: number): void {
  // In floating point 0.3 is no multiple of 0.1.
  const steps = value / step;
  if (value >= least && value <= most && Math.abs(steps - Math.round(steps)) < 1e-6) return;
  throw invalidParameter(
    `${name} must be between ${least} and ${most}${step === 1 ? '' : `, in multiples of ${step}`}, but is ${value}.`,
  );
}
