import type { LoadBalancer } from '@aws-sdk/client-ecs';
import type { ListenerRule, WeightedTargetGroup } from '../../surroundings/surroundings';
import type { ControlPlane } from '../control-plane';

/**
 * Why traffic cannot be shifted with the load balancers as they are, as it stands in a status reason after
 * `Service deployment rolled back because of`; undefined where nothing is wrong. Unlike what the API refuses, AWS
 * finds this out when the deployment has begun.
 * Source: "Troubleshooting Amazon ECS blue/green deployments", developer guide.
 */
export function networkProblem(
  plane: ControlPlane,
  loadBalancers: readonly LoadBalancer[],
): string | undefined {
  for (const loadBalancer of loadBalancers) {
    const problem = problemOf(plane, loadBalancer);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export const invalidNetwork = 'invalid networking configuration';
export const rulesNotFound = `${invalidNetwork}. One or more rules not found`;

function problemOf(plane: ControlPlane, loadBalancer: LoadBalancer): string | undefined {
  const { targetGroupArn = '', advancedConfiguration: advanced } = loadBalancer;
  if (advanced === undefined) return undefined;
  const { alternateTargetGroupArn = '', productionListenerRule, testListenerRule, roleArn } = advanced;
  const { surroundings } = plane;
  if (roleArn !== undefined && !surroundings.roleExists(roleArn)) {
    return `${invalidNetwork}. ECS was unable to manage the ELB resources due to missing permissions on ECS Infrastructure Role '${roleArn}'.`;
  }
  const groups = [targetGroupArn, alternateTargetGroupArn];
  const missing = groups.find((arn) => surroundings.targetGroup(arn) === undefined);
  if (missing !== undefined) return `${invalidNetwork}. The target group ${missing} does not exist.`;
  const arns = [productionListenerRule, testListenerRule].filter((arn) => arn !== undefined);
  const rules = arns.flatMap((arn) => surroundings.listenerRule?.(arn) ?? []);
  const [production] = rules;
  if (production === undefined || rules.length < arns.length) return rulesNotFound;
  const unassociated = groups.find((arn) => !rules.some((rule) => forwardsTo(rule, arn)));
  if (unassociated !== undefined) {
    return `${invalidNetwork}: Target group ${unassociated} is not associated with either productionListenerRule or testListenerRule.`;
  }
  const serving = servingGroups(production);
  const stranger = serving.find((arn) => !groups.includes(arn));
  if (stranger !== undefined) {
    return `${invalidNetwork}. Production listener rule is forwarding traffic to unexpected target group ${stranger}. Expected traffic to be forwarded to either targetGroupArn: ${targetGroupArn} or alternateTargetGroupArn: ${alternateTargetGroupArn}`;
  }
  if (serving.length > 1) {
    return `${invalidNetwork}. productionListenerRule ${production.arn} should have exactly one target group serving traffic but found ${serving.length} target groups which are serving traffic`;
  }
  return undefined;
}

export function forwardsTo(rule: ListenerRule, targetGroupArn: string): boolean {
  return rule.targetGroups.some((group) => group.targetGroupArn === targetGroupArn);
}

/** A single group takes everything, whatever its weight. */
function servingGroups({ targetGroups }: ListenerRule): string[] {
  const serving = (group: WeightedTargetGroup) => targetGroups.length === 1 || group.weight > 0;
  return targetGroups.filter(serving).map(({ targetGroupArn }) => targetGroupArn);
}
