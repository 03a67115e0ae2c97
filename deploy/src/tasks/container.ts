import type { ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import { suggestion } from '../../schema/did-you-mean';
import { revisionName } from '../aws/ecs';
import { SlipwayError } from '../errors';

/**
 * The container that a command is about: the one that was named, else the first essential one.
 * @throws SlipwayError USAGE for a name that the task definition does not have
 */
export function chooseContainer(
  taskDefinition: TaskDefinition,
  named: string | undefined,
): ContainerDefinition {
  const containers = taskDefinition.containerDefinitions ?? [];
  const found =
    named === undefined
      ? (containers.find(({ essential }) => essential !== false) ?? containers[0])
      : containers.find(({ name }) => name === named);
  if (found !== undefined) return found;
  const names = containers.map(({ name = '' }) => name);
  throw new SlipwayError(
    'USAGE',
    `${revisionName(taskDefinition.taskDefinitionArn ?? '')} has no container "${named ?? ''}": it has ${names.join(', ')}${suggestion(named ?? '', names)}`,
  );
}
