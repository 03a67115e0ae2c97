import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { ScalableTarget, ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import type { ServiceName } from '../aws/ecs';

/** What Application Auto Scaling has for one service now. */
export interface Scaling {
  /** False where this run may not ask, or the endpoint has no Application Auto Scaling. */
  known: boolean;
  /** Undefined where nothing scales the service. */
  target: ScalableTarget | undefined;
  policies: readonly ScalingPolicy[];
  /** Alarms that start the step policies that slipway made. */
  alarms: readonly MetricAlarm[];
  /** Whether something is scheduled on the target. Only looked at where slipway might take the target away. */
  hasSchedule: boolean;
  /** `app/NAME/ID/targetgroup/NAME/ID`, where requests for each target are tracked. */
  resourceLabel: string | undefined;
}

export const noScaling: Scaling = {
  known: true,
  target: undefined,
  policies: [],
  alarms: [],
  hasSchedule: false,
  resourceLabel: undefined,
};

/** Every policy that slipway makes begins so; what does not is somebody else's, and left alone. */
export const POLICY_PREFIX = 'slipway-';
export const STEP_PREFIX = `${POLICY_PREFIX}step-`;

/** Names of a service's alarms begin so. */
export function alarmPrefix({ cluster, service }: ServiceName): string {
  return `slipway/${cluster}/${service}/`;
}

/** Where Application Auto Scaling files the desired count of a service. */
export function placeOf({ cluster, service }: ServiceName) {
  const name = cluster.slice(cluster.lastIndexOf('/') + 1);
  return {
    ServiceNamespace: 'ecs',
    ResourceId: `service/${name}/${service}`,
    ScalableDimension: 'ecs:service:DesiredCount',
  } as const;
}

/** Whether autoscaling moves the desired count by itself: a target that is suspended both ways does not. */
export function ownsCount({ target }: Scaling): boolean {
  if (target === undefined) return false;
  const { DynamicScalingInSuspended, DynamicScalingOutSuspended } = target.SuspendedState ?? {};
  return DynamicScalingInSuspended !== true || DynamicScalingOutSuspended !== true;
}

export function isSuspended({ target }: Scaling): boolean {
  return target !== undefined && !ownsCount({ target } as Scaling);
}

/** `2 to 10 tasks, suspended`; undefined where nothing scales the service. */
export function boundsText(scaling: Scaling): string | undefined {
  const { target } = scaling;
  if (target === undefined) return undefined;
  const bounds = `${target.MinCapacity ?? 0} to ${target.MaxCapacity ?? 0} tasks`;
  return isSuspended(scaling) ? `${bounds}, suspended` : bounds;
}
