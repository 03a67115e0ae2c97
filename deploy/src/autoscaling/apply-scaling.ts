import { createClient } from '../aws/clients';
import { isException } from '../aws/ecs';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { pollSeconds } from '../release/follow';
import { pause } from '../release/watch';
import type { Target } from '../target';
import { isEmpty, type ScalingPlan } from './plan-scaling';
import { placeOf } from './scaling';

type Place = Pick<Target, 'cluster' | 'service' | 'region'>;

/**
 * Carries the autoscaling part of a plan out: bounds, then policies, then their alarms; what goes away goes last. The
 * service has to exist. Calls nothing where nothing changes.
 * @throws SlipwayError AWS_REFUSED, NOT_ALLOWED
 */
export async function applyScaling(
  context: Context,
  place: Place,
  plan: ScalingPlan | undefined,
): Promise<void> {
  if (plan === undefined || isEmpty(plan)) return;
  await patiently(context, () => registerBounds(context, place, plan.register));
  await putPolicies(context, place, plan);
  await removePolicies(context, place, plan.removePolicies);
  await removeAlarms(context, place, plan.removeAlarms);
  if (plan.deregister) await deregister(context, place);
  const said = plan.changes.map(({ path }) => path.replace(/^autoscaling\./, ''));
  context.sink({ type: 'phase', phase: 'scale', message: `autoscaling changed: ${said.join(', ')}` });
}

/** Application Auto Scaling does not see a service in the first moments after it was created. */
async function patiently(context: Context, call: () => Promise<void>): Promise<void> {
  for (let left = ATTEMPTS; ; left -= 1) {
    try {
      return await call();
    } catch (error) {
      const unseen = error instanceof SlipwayError && /service doesn't exist/i.test(error.message);
      if (!unseen || left === 1 || context.signal.aborted) throw error;
      await pause(pollSeconds(context.env), context.signal);
    }
  }
}

const ATTEMPTS = 5;

/** New bounds, a suspension, or both, of a target that need not be there yet. */
export async function registerBounds(
  { env }: Pick<Context, 'env'>,
  place: Place,
  bounds: { min?: number | undefined; max?: number | undefined } | undefined,
  suspended?: boolean,
): Promise<void> {
  if (bounds === undefined && suspended === undefined) return;
  const { ApplicationAutoScalingClient, RegisterScalableTargetCommand } =
    await import('@aws-sdk/client-application-auto-scaling');
  const client = createClient(ApplicationAutoScalingClient, { region: place.region, env });
  const state = suspended === undefined ? undefined : allOf(suspended);
  try {
    await refused('the scalable target', () =>
      client.send(
        new RegisterScalableTargetCommand({
          ...placeOf(place),
          ...(bounds?.min === undefined ? {} : { MinCapacity: bounds.min }),
          ...(bounds?.max === undefined ? {} : { MaxCapacity: bounds.max }),
          ...(state === undefined ? {} : { SuspendedState: state }),
        }),
      ),
    );
  } finally {
    client.destroy();
  }
}

const allOf = (suspended: boolean) => ({
  DynamicScalingInSuspended: suspended,
  DynamicScalingOutSuspended: suspended,
  ScheduledScalingSuspended: suspended,
});

async function putPolicies({ env }: Context, place: Place, { put }: ScalingPlan): Promise<void> {
  if (put.length === 0) return;
  const { region } = place;
  const { ApplicationAutoScalingClient, PutScalingPolicyCommand } =
    await import('@aws-sdk/client-application-auto-scaling');
  const client = createClient(ApplicationAutoScalingClient, { region, env });
  try {
    for (const policy of put) {
      const { PolicyARN = '' } = await refused(`the scaling policy ${policy.name}`, () =>
        client.send(new PutScalingPolicyCommand(policy.put)),
      );
      if (policy.alarm === undefined) continue;
      const { CloudWatchClient, PutMetricAlarmCommand } = await import('@aws-sdk/client-cloudwatch');
      const watch = createClient(CloudWatchClient, { region, env });
      const alarm = new PutMetricAlarmCommand({ ...policy.alarm, AlarmActions: [PolicyARN] });
      await watch.send(alarm).finally(() => watch.destroy());
    }
  } finally {
    client.destroy();
  }
}

async function removePolicies({ env }: Context, place: Place, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { ApplicationAutoScalingClient, DeleteScalingPolicyCommand } =
    await import('@aws-sdk/client-application-auto-scaling');
  const client = createClient(ApplicationAutoScalingClient, { region: place.region, env });
  try {
    for (const PolicyName of names)
      await unlessGone(() => client.send(new DeleteScalingPolicyCommand({ ...placeOf(place), PolicyName })));
  } finally {
    client.destroy();
  }
}

async function removeAlarms({ env }: Context, place: Place, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const { CloudWatchClient, DeleteAlarmsCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = createClient(CloudWatchClient, { region: place.region, env });
  try {
    await unlessGone(() => client.send(new DeleteAlarmsCommand({ AlarmNames: [...names] })));
  } finally {
    client.destroy();
  }
}

async function deregister({ env }: Context, place: Place): Promise<void> {
  const { ApplicationAutoScalingClient, DeregisterScalableTargetCommand } =
    await import('@aws-sdk/client-application-auto-scaling');
  const client = createClient(ApplicationAutoScalingClient, { region: place.region, env });
  try {
    await unlessGone(() => client.send(new DeregisterScalableTargetCommand(placeOf(place))));
  } finally {
    client.destroy();
  }
}

/** What is gone already is as it was wanted. */
async function unlessGone(call: () => Promise<unknown>): Promise<void> {
  await call().catch((error: unknown) => {
    if (!isException(error, 'ObjectNotFoundException', 'ResourceNotFound')) throw error;
  });
}

const REFUSALS = [
  'ValidationException',
  'LimitExceededException',
  'FailedResourceAccessException',
  'ConcurrentUpdateException',
];

async function refused<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isException(error, ...REFUSALS)) throw error;
    throw new SlipwayError(
      'AWS_REFUSED',
      `Application Auto Scaling refused ${what}: ${error.message} (${error.name})`,
      {
        hint: 'change "autoscaling" in the config',
        cause: error,
      },
    );
  }
}
