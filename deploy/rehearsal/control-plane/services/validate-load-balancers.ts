import type { LoadBalancer } from '@aws-sdk/client-ecs';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { forwardsTo } from './network-problem';

const { invalidParameter } = errors;
const ruleOrNetworkListener =
  /^arn:[\w-]+:elasticloadbalancing:[^:]+:\d+:(listener-rule\/app|listener\/net)\/.+$/;

/**
 * What CreateService and UpdateService refuse of load balancers.
 * @throws InvalidParameterException. Source: "Troubleshooting Amazon ECS blue/green deployments", developer guide.
 */
export function validateLoadBalancers(
  plane: ControlPlane,
  loadBalancers: readonly LoadBalancer[],
  strategy: string,
): void {
  const classic = loadBalancers.filter(({ loadBalancerName }) => loadBalancerName !== undefined);
  const advanced = loadBalancers.filter(({ advancedConfiguration }) => advancedConfiguration !== undefined);
  if (classic.some((entry) => entry.advancedConfiguration !== undefined))
    throw invalidParameter('advancedConfiguration field is not allowed with ELBv1 loadBalancers');
  if (classic.length > 0 && classic.length < loadBalancers.length) {
    throw invalidParameter(
      'All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)',
    );
  }
  if (advanced.length > 0 && advanced.length < loadBalancers.length) {
    throw invalidParameter(
      'Either all or none of the provided loadBalancers must have advancedConfiguration defined',
    );
  }
  if (strategy !== 'ROLLING' && advanced.length < loadBalancers.length) {
    throw invalidParameter(
      'advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy',
    );
  }
  refuseDuplicates(advanced);
  for (const loadBalancer of advanced) validateAdvanced(plane, loadBalancer);
}

/** Without advanced configuration one target group may take several ports. */
function refuseDuplicates(loadBalancers: readonly LoadBalancer[]): void {
  const seen = new Set<string>();
  for (const { targetGroupArn, advancedConfiguration } of loadBalancers) {
    for (const arn of [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn]) {
      if (arn === undefined) continue;
      if (seen.has(arn)) throw invalidParameter(`Duplicate targetGroupArn found: ${arn}`);
      seen.add(arn);
    }
  }
}

function validateAdvanced(plane: ControlPlane, loadBalancer: LoadBalancer): void {
  const { targetGroupArn = '', advancedConfiguration = {} } = loadBalancer;
  const { alternateTargetGroupArn, productionListenerRule, testListenerRule, roleArn } =
    advancedConfiguration;
  const required = { alternateTargetGroupArn, productionListenerRule, roleArn };
  for (const [name, value] of Object.entries(required)) {
    if (value === undefined || value === '')
      throw invalidParameter(`${name} is required in advancedConfiguration.`);
  }
  expectRule('productionListenerRule', productionListenerRule);
  if (testListenerRule !== undefined) {
    expectRule('testListenerRule', testListenerRule);
    if (testListenerRule === productionListenerRule) {
      throw invalidParameter(
        `The following rules cannot be used as both production and test listener rules: ${testListenerRule}`,
      );
    }
    return;
  }
  const rule = plane.surroundings.listenerRule?.(productionListenerRule ?? '');
  const groups = [targetGroupArn, alternateTargetGroupArn ?? ''];
  const application = productionListenerRule?.includes(':listener-rule/');
  if (application && rule !== undefined && !groups.every((arn) => forwardsTo(rule, arn))) {
    throw invalidParameter(
      'For Application LoadBalancer, testListenerRule is required when productionListenerRule is not associated with both targetGroup and alternateTargetGroup',
    );
  }
}

function expectRule(name: string, arn: string | undefined): void {
  if (ruleOrNetworkListener.test(arn ?? '')) return;
  throw invalidParameter(
    `${name} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: ${arn}`,
  );
}
