import type { PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import { errors } from '../errors';
import type { TaskDefinition } from '../task-definitions/task-definition';
import type { ContainerInstance } from './instance';
import { parseQuery } from './query';

const { invalidParameter } = errors;
const mostConstraints = 10;
const mostStrategies = 5;

/** Whether an instance can do all that the definition asks for. */
export function hasAttributes(instance: ContainerInstance, { requiresAttributes }: TaskDefinition): boolean {
  return requiresAttributes.every(({ name }) => instance.attributes.has(name));
}

/** Whether an instance meets every `memberOf`. */
export function meetsExpressions(
  instance: ContainerInstance,
  constraints: readonly { type?: string | undefined; expression?: string | undefined }[],
): boolean {
  return constraints.every(
    ({ type, expression }) => type !== 'memberOf' || (parseQuery(expression ?? '')?.(instance) ?? false),
  );
}

/**
 * Placement constraints and strategies as a service or RunTask gives them. The limits and what Fargate does not have
 * are AWS's; its texts for expressions and fields are not known.
 * @throws InvalidParameterException
 */
export function validatePlacement(
  launchType: 'FARGATE' | 'EC2' | 'EXTERNAL',
  constraints: readonly PlacementConstraint[] = [],
  strategies: readonly PlacementStrategy[] = [],
): void {
  if (launchType === 'FARGATE') {
    if (constraints.length > 0)
      throw invalidParameter('Placement constraints are not supported with FARGATE launch type.');
    if (strategies.length > 0)
      throw invalidParameter('Placement strategies are not supported with FARGATE launch type.');
  }
  if (constraints.length > mostConstraints) {
    throw invalidParameter(`There can be at most ${mostConstraints} placement constraints.`);
  }
  if (strategies.length > mostStrategies) {
    throw invalidParameter(`There can be at most ${mostStrategies} placement strategies.`);
  }
  for (const { type, expression } of constraints) checkConstraint(type, expression);
  for (const { type, field } of strategies) checkStrategy(type, field);
}

function checkConstraint(type: string | undefined, expression: string | undefined): void {
  if (type === undefined) throw invalidParameter('Placement constraint type should not be null.');
  if (type === 'distinctInstance' && expression !== undefined) {
    throw invalidParameter('The distinctInstance placement constraint does not take an expression.');
  }
  if (type === 'memberOf' && parseQuery(expression ?? '') === undefined) {
    throw invalidParameter(`The placement constraint expression '${expression ?? ''}' is not valid.`);
  }
}

function checkStrategy(type: string | undefined, field: string | undefined): void {
  if (type === 'random') return;
  if (type === 'binpack' && /^(cpu|memory)$/i.test(field ?? '')) return;
  if (type === 'spread' && /^(instanceId|host|attribute:.+)$/.test(field ?? '')) return;
  throw invalidParameter(`The placement strategy ${type} cannot be used with the field '${field ?? ''}'.`);
}
