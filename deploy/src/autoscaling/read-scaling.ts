import type {
  ApplicationAutoScalingClient,
  ScalableTarget,
  ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Service } from '@aws-sdk/client-ecs';
import { createClient } from '../aws/clients';
import { failureOf } from '../aws/failures';
import type { Context } from '../context';
import type { RenderedTarget, Target } from '../target';
import type { JsonObject } from '../definition/definitions';
import { textOf } from '../release/differences';
import { alarmPrefix, noScaling, placeOf, POLICY_PREFIX, STEP_PREFIX, type Scaling } from './scaling';

/**
 * What scales the service now: one call where nothing does. A run that may not ask (or an endpoint that has no
 * Application Auto Scaling) gets `known: false`, unless the config wants autoscaling: then it is an error.
 * @param service as ECS describes it, where that is known; it says which target group counts requests.
 */
export async function readScaling(
  context: Context,
  target: Target | RenderedTarget,
  service?: Service,
): Promise<Scaling> {
  const wanted = target.serviceConfig.autoscaling;
  try {
    return await read(context, target, service);
  } catch (error) {
    const failure = failureOf(error);
    if (wanted !== undefined || !['denied', 'unsupported', 'server'].includes(failure)) throw error;
    if (failure === 'denied') {
      const message =
        'this role may not read autoscaling (application-autoscaling:DescribeScalableTargets): taken as if nothing scales the service';
      context.sink({ type: 'note', level: 'info', message });
    }
    return { ...noScaling, known: false };
  }
}

async function read(context: Context, target: Target | RenderedTarget, service?: Service): Promise<Scaling> {
  const { region } = target;
  const wanted = target.serviceConfig.autoscaling;
  const { ApplicationAutoScalingClient } = await import('@aws-sdk/client-application-auto-scaling');
  const client = createClient(ApplicationAutoScalingClient, { region, env: context.env });
  try {
    const resourceLabel = wanted?.targetTracking.some(({ metric }) => metric === 'requests')
      ? await readResourceLabel(context, region, targetGroupOf(target, service))
      : undefined;
    const found = await readTarget(client, target);
    if (found === undefined) return { ...noScaling, resourceLabel };
    const policies = await readPolicies(client, target);
    const steps = policies.some(({ PolicyName = '' }) => PolicyName.startsWith(STEP_PREFIX));
    const own = policies.some(({ PolicyName = '' }) => PolicyName.startsWith(POLICY_PREFIX));
    return {
      known: true,
      target: found,
      policies,
      alarms: steps ? await readAlarms(context, target) : [],
      hasSchedule: own && wanted === undefined ? await hasSchedule(client, target) : false,
      resourceLabel,
    };
  } finally {
    client.destroy();
  }
}

async function readTarget(
  client: ApplicationAutoScalingClient,
  target: Target,
): Promise<ScalableTarget | undefined> {
  const { DescribeScalableTargetsCommand } = await import('@aws-sdk/client-application-auto-scaling');
  const { ServiceNamespace, ResourceId, ScalableDimension } = placeOf(target);
  const { ScalableTargets = [] } = await client.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace, ResourceIds: [ResourceId], ScalableDimension }),
  );
  return ScalableTargets[0];
}

async function readPolicies(client: ApplicationAutoScalingClient, target: Target): Promise<ScalingPolicy[]> {
  const { DescribeScalingPoliciesCommand } = await import('@aws-sdk/client-application-auto-scaling');
  const policies: ScalingPolicy[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeScalingPoliciesCommand({ ...placeOf(target), ...(NextToken ? { NextToken } : {}) }),
    );
    policies.push(...(page.ScalingPolicies ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return policies;
}

async function hasSchedule(client: ApplicationAutoScalingClient, target: Target): Promise<boolean> {
  const { DescribeScheduledActionsCommand } = await import('@aws-sdk/client-application-auto-scaling');
  try {
    const { ScheduledActions = [] } = await client.send(new DescribeScheduledActionsCommand(placeOf(target)));
    return ScheduledActions.length > 0;
  } catch (error) {
    // Who may not look takes it that something is scheduled, and the target stays.
    if (failureOf(error) === 'denied') return true;
    throw error;
  }
}

async function readAlarms(context: Context, target: Target): Promise<MetricAlarm[]> {
  const { CloudWatchClient, DescribeAlarmsCommand } = await import('@aws-sdk/client-cloudwatch');
  const client = createClient(CloudWatchClient, { region: target.region, env: context.env });
  try {
    const { MetricAlarms = [] } = await client.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: alarmPrefix(target), MaxRecords: 100 }),
    );
    return MetricAlarms;
  } finally {
    client.destroy();
  }
}

/** The definition comes before the service: it is what will be. */
function targetGroupOf(target: Target | RenderedTarget, service: Service | undefined): string | undefined {
  const definition = 'definitions' in target ? target.definitions.service?.value : undefined;
  const [written] = (definition?.['loadBalancers'] ?? []) as JsonObject[];
  return (written && textOf(written['targetGroupArn'])) || service?.loadBalancers?.[0]?.targetGroupArn;
}

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html */
async function readResourceLabel(
  context: Context,
  region: string,
  targetGroupArn: string | undefined,
): Promise<string | undefined> {
  if (targetGroupArn === undefined) return undefined;
  const { DescribeTargetGroupsCommand, ElasticLoadBalancingV2Client } =
    await import('@aws-sdk/client-elastic-load-balancing-v2');
  const client = createClient(ElasticLoadBalancingV2Client, { region, env: context.env });
  try {
    const { TargetGroups = [] } = await client.send(
      new DescribeTargetGroupsCommand({ TargetGroupArns: [targetGroupArn] }),
    );
    const balancer = TargetGroups[0]?.LoadBalancerArns?.[0];
    const [, load] = /:loadbalancer\/(.+)$/.exec(balancer ?? '') ?? [];
    const [, group] = /:(targetgroup\/.+)$/.exec(targetGroupArn) ?? [];
    return load && group && `${load}/${group}`;
  } finally {
    client.destroy();
  }
}
