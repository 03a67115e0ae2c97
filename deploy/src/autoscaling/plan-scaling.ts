import { isDeepStrictEqual } from 'node:util';
import type { ServiceName } from '../aws/ecs';
import type { Change } from '../release/change';
import type { AutoscalingConfig } from './autoscaling-config';
import { alarmPrefix, POLICY_PREFIX, STEP_PREFIX, type Scaling } from './scaling';
import { policyOf, wantedPolicies, type Policy, type Wanted } from './wanted';

/** What a deploy does about autoscaling, as data. Empty lists where nothing is to be written. */
export interface ScalingPlan {
  changes: readonly Change[];
  notes: readonly string[];
  /** Bounds to register; undefined where they stay. */
  register: { min: number; max: number } | undefined;
  put: readonly Wanted[];
  /** Names of policies that slipway made and the config names no more. */
  removePolicies: readonly string[];
  removeAlarms: readonly string[];
  /** The config wants no autoscaling any more, and everything that was on the target was slipway's. */
  deregister: boolean;
}

const nothing: ScalingPlan = {
  changes: [],
  notes: [],
  register: undefined,
  put: [],
  removePolicies: [],
  removeAlarms: [],
  deregister: false,
};

/**
 * Compares what the config wants with what is there. Pure. Policies of others on the same target stay, and so does
 * everything where the config has never had an `autoscaling:`.
 */
export function planScaling(
  wanted: AutoscalingConfig | undefined,
  service: ServiceName,
  scaling: Scaling,
): ScalingPlan {
  const own = scaling.policies.filter(({ PolicyName = '' }) => PolicyName.startsWith(POLICY_PREFIX));
  const alarmOf = (name: string) =>
    scaling.alarms.find(
      ({ AlarmName }) => AlarmName === alarmPrefix(service) + name.slice(STEP_PREFIX.length),
    );
  const live = own.map((policy) => policyOf(policy, alarmOf(policy.PolicyName ?? '')));
  if (wanted === undefined) return live.length === 0 ? nothing : withdraw(live, scaling);

  const policies = wantedPolicies(wanted, service, scaling.resourceLabel);
  const gone = live.filter(({ name }) => !policies.some((one) => one.name === name));
  const put = policies.filter((one) => {
    const now = live.find(({ name }) => name === one.name);
    return now === undefined || !isDeepStrictEqual(now.settings, one.settings) || !isArmed(one, scaling);
  });
  const { MinCapacity: min, MaxCapacity: max } = scaling.target ?? {};
  const alarms = policies.flatMap(({ alarm }) => alarm?.AlarmName ?? []);
  return {
    changes: [
      ...changed('min', min, wanted.min),
      ...changed('max', max, wanted.max),
      ...put.flatMap((one) => policyChanges(live, one)),
      ...gone.flatMap(({ label, settings }) => changed(label, settings, undefined)),
    ],
    notes: notesOf(wanted, scaling),
    register: min === wanted.min && max === wanted.max ? undefined : { min: wanted.min, max: wanted.max },
    put,
    removePolicies: gone.map(({ name }) => name),
    removeAlarms: scaling.alarms.flatMap(({ AlarmName = '' }) =>
      alarms.includes(AlarmName) ? [] : AlarmName,
    ),
    deregister: false,
  };
}

/** What goes with a service that is deleted. @param isOurs the config says how it scales */
export function planRemoval(isOurs: boolean, service: ServiceName, scaling: Scaling): ScalingPlan {
  const plan = planScaling(undefined, service, scaling);
  const own = scaling.policies.every(({ PolicyName = '' }) => PolicyName.startsWith(POLICY_PREFIX));
  if (!isOurs || !own || scaling.target === undefined || plan.deregister) return plan;
  const { MinCapacity: min, MaxCapacity: max } = scaling.target;
  const changes = [...changed('min', min, undefined), ...changed('max', max, undefined), ...plan.changes];
  return { ...plan, changes, deregister: true };
}

/** Whether the alarm of a step policy starts it: after a policy was made anew its ARN is another one. */
function isArmed({ name, alarm }: Wanted, { policies, alarms }: Scaling): boolean {
  if (alarm === undefined) return true;
  const arn = policies.find(({ PolicyName }) => PolicyName === name)?.PolicyARN ?? '';
  const found = alarms.find(({ AlarmName }) => AlarmName === alarm.AlarmName);
  return found?.AlarmActions?.includes(arn) === true && found.ActionsEnabled !== false;
}

function withdraw(live: readonly Policy[], scaling: Scaling): ScalingPlan {
  const deregister = live.length === scaling.policies.length && !scaling.hasSchedule;
  const { MinCapacity: min, MaxCapacity: max } = scaling.target ?? {};
  return {
    ...nothing,
    changes: [
      ...(deregister ? [...changed('min', min, undefined), ...changed('max', max, undefined)] : []),
      ...live.flatMap(({ label, settings }) => changed(label, settings, undefined)),
    ],
    removePolicies: live.map(({ name }) => name),
    removeAlarms: scaling.alarms.flatMap(({ AlarmName }) => AlarmName ?? []),
    deregister,
  };
}

function policyChanges(live: readonly Policy[], { name, label, settings }: Wanted): Change[] {
  const now = live.find((one) => one.name === name);
  if (now === undefined) return changed(label, undefined, settings);
  const keys = [...new Set([...Object.keys(settings), ...Object.keys(now.settings)])];
  const changes = keys.flatMap((key) => changed(`${label}.${key}`, now.settings[key], settings[key]));
  return changes.length > 0 ? changes : changed(`${label}.alarm`, 'does not start it', 'starts it');
}

function changed(path: string, before: Change['before'], after: Change['after']): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  return [{ part: 'autoscaling', path: `autoscaling.${path}`, before, after, position: undefined }];
}

function notesOf({ targetTracking }: AutoscalingConfig, { target, resourceLabel }: Scaling): string[] {
  const notes: string[] = [];
  if (target?.SuspendedState?.DynamicScalingOutSuspended || target?.SuspendedState?.DynamicScalingInSuspended)
    notes.push('autoscaling is suspended; a deploy leaves it so ("slipway scale --resume" ends it)');
  if (targetTracking.some(({ metric }) => metric === 'requests') && resourceLabel === undefined) {
    notes.push(
      'autoscaling by requests needs a target group behind an Application Load Balancer, and the service has none: ECS will refuse the policy',
    );
  }
  return notes;
}

export function isEmpty(plan: ScalingPlan): boolean {
  return plan.changes.length === 0 && plan.removeAlarms.length === 0;
}
