import type { LoadBalancer } from '@aws-sdk/client-ecs';
import type { ControlPlane } from '../control-plane';
import { invalidNetwork, rulesNotFound } from './network-problem';
import type { Deployment, Service, ServiceRevision, Traffic } from './service';

/**
 * Where the tasks of a new revision are registered. A revision that shifts traffic uses the target group that the one
 * it takes over from does not; a rolling one stays in the same.
 */
export function resolveTargetGroups(
  loadBalancers: readonly LoadBalancer[],
  before: ServiceRevision | undefined,
  shifts: boolean,
): (string | undefined)[] {
  const inUse = new Set(before?.targetGroups);
  return loadBalancers.map(({ targetGroupArn, advancedConfiguration }) => {
    const alternate = advancedConfiguration?.alternateTargetGroupArn;
    if (alternate === undefined || before === undefined) return targetGroupArn;
    if (inUse.has(targetGroupArn)) return shifts ? alternate : targetGroupArn;
    return inUse.has(alternate) && !shifts ? alternate : targetGroupArn;
  });
}

/** Makes the listener rules send this much traffic to the primary deployment, and the rest to its source. */
export function shiftTraffic(
  plane: ControlPlane,
  service: Service,
  share: { production?: number; test?: number },
): void {
  const deployment = service.deployments[0];
  if (deployment?.lifecycle === undefined) return;
  const { source: sourceId } = deployment.lifecycle;
  const source = service.deployments.find(({ id }) => id === sourceId)?.revision;
  try {
    for (const [index, loadBalancer] of deployment.revision.configuration.loadBalancers.entries()) {
      const { advancedConfiguration: advanced } = loadBalancer;
      const group = deployment.revision.targetGroups[index];
      if (advanced === undefined || group === undefined) continue;
      const other = otherGroup(loadBalancer, group);
      // A rolling update is where its source is: between them nothing is shifted.
      const shared = source?.targetGroups[index] === group;
      const part = (percent: number | undefined) => (shared && percent !== undefined ? 100 : percent);
      set(plane, advanced.productionListenerRule, group, other, part(share.production));
      set(plane, advanced.testListenerRule, group, other, part(share.test));
    }
  } catch (error) {
    deployment.lifecycle.trafficProblem = problemText(plane, deployment, error);
    return;
  }
  const { traffic } = service;
  service.traffic = {
    production: shares(traffic.production, deployment.id, sourceId, share.production),
    test: shares(traffic.test, deployment.id, sourceId, share.test),
  };
  deployment.serviceDeployment.updatedAt = plane.clock.now();
}

/** All traffic is with one deployment, as after a rolling update. */
export function allTraffic(deploymentId: string): Traffic {
  return { production: { [deploymentId]: 100 }, test: { [deploymentId]: 100 } };
}

function shares(
  before: Record<string, number>,
  id: string,
  source: string | undefined,
  share: number | undefined,
): Record<string, number> {
  if (share === undefined) return before;
  return { ...(source !== undefined && { [source]: round(100 - share) }), [id]: share };
}

function set(
  plane: ControlPlane,
  ruleArn: string | undefined,
  group: string,
  other: string | undefined,
  share: number | undefined,
): void {
  if (ruleArn === undefined || share === undefined) return;
  if (plane.surroundings.setRuleWeights === undefined)
    throw new Error(`the listener rule ${ruleArn} cannot be changed`);
  // Weights are whole numbers up to 999: percent, or tenths of one.
  const unit = Number.isInteger(share) ? 1 : 10;
  plane.surroundings.setRuleWeights(ruleArn, [
    { targetGroupArn: group, weight: Math.round(share * unit) },
    ...(other === undefined
      ? []
      : [{ targetGroupArn: other, weight: 100 * unit - Math.round(share * unit) }]),
  ]);
}

function otherGroup(loadBalancer: LoadBalancer, group: string): string | undefined {
  const { targetGroupArn, advancedConfiguration } = loadBalancer;
  return group === targetGroupArn ? advancedConfiguration?.alternateTargetGroupArn : targetGroupArn;
}

function problemText(plane: ControlPlane, { revision }: Deployment, error: unknown): string {
  const rules = revision.configuration.loadBalancers.flatMap(({ advancedConfiguration }) =>
    [advancedConfiguration?.productionListenerRule, advancedConfiguration?.testListenerRule].filter(
      (arn) => arn !== undefined,
    ),
  );
  const found = rules.every((arn) => plane.surroundings.listenerRule?.(arn) !== undefined);
  return found ? `${invalidNetwork}. ${(error as Error).message}` : rulesNotFound;
}

const round = (share: number) => Math.round(share * 10) / 10;
