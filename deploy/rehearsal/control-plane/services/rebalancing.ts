import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { errors } from '../errors';
import { zoneAttribute } from '../instances/instance';

/** What decides about Availability Zone rebalancing. */
export interface RebalancingRules {
  maximumPercent: number;
  schedulingStrategy: 'REPLICA' | 'DAEMON';
  launchType: 'FARGATE' | 'EC2' | 'EXTERNAL';
  constraints: readonly PlacementConstraint[];
  strategies: readonly PlacementStrategy[];
}

type Rebalancing = 'ENABLED' | 'DISABLED';

/**
 * On creation: ENABLED unless it cannot be, in which case it is off, and asking for it is an error.
 * Source: "Balancing an Amazon ECS service across Availability Zones", developer guide; recorded answers.
 * @throws InvalidParameterException
 */
export function rebalancingOnCreate(
  requested: Rebalancing | undefined,
  rules: RebalancingRules,
): Rebalancing {
  const problem = problemOf(rules);
  if (problem !== undefined && requested === 'ENABLED') throw refused('created', problem);
  return problem === undefined ? (requested ?? 'ENABLED') : 'DISABLED';
}

/**
 * On an update: as it was unless it is given.
 * @throws InvalidParameterException where it would be on and cannot be.
 */
export function rebalancingOnUpdate(
  requested: Rebalancing | undefined,
  before: Rebalancing,
  rules: RebalancingRules,
): Rebalancing {
  const next = requested ?? before;
  const problem = next === 'ENABLED' ? problemOf(rules) : undefined;
  if (problem !== undefined) throw refused('updated', problem);
  return next;
}

/** The first text is as recorded; the others are in its manner, since AWS's are not known. */
function problemOf(rules: RebalancingRules): string | undefined {
  if (rules.maximumPercent <= 100) {
    return 'maximumPercent <= 100 % as deployment configuration. Update deployment configuration and try again.';
  }
  if (rules.schedulingStrategy === 'DAEMON')
    return 'the DAEMON scheduling strategy. Update the scheduling strategy and try again.';
  if (rules.launchType === 'EXTERNAL')
    return 'the EXTERNAL launch type. Update the launch type and try again.';
  const byZone = rules.constraints.some(({ expression }) =>
    expression?.includes(`attribute:${zoneAttribute}`),
  );
  if (byZone) {
    return `placement constraints on ${zoneAttribute}. Update the placement constraints and try again.`;
  }
  const [first] = rules.strategies;
  if (first !== undefined && !(first.type === 'spread' && first.field === `attribute:${zoneAttribute}`)) {
    return `placement strategies that do not begin with a spread over attribute:${zoneAttribute}. Update the placement strategies and try again.`;
  }
  return undefined;
}

function refused(verb: 'created' | 'updated', problem: string): Error {
  return errors.invalidParameter(
    `The service couldn't be ${verb} because Availability Zone Rebalancing does not support ${problem}`,
  );
}
