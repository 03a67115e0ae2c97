import type { ControlPlane } from '../control-plane/control-plane';
import { accountOperations } from './ecs/account-operations';
import { checkInput } from './ecs/check-input';
import { clusterOperations } from './ecs/cluster-operations';
import { instanceAttributeOperations } from './ecs/instance-attribute-operations';
import { instanceOperations } from './ecs/instance-operations';
import { Pagination } from './ecs/pagination';
import { serviceDeploymentOperations } from './ecs/service-deployment-operations';
import { serviceOperations } from './ecs/service-operations';
import { tagOperations } from './ecs/tag-operations';
import { taskDefinitionOperations } from './ecs/task-definition-operations';
import { taskOperations } from './ecs/task-operations';
import type { Message } from './operation';

export { ApiError } from './operation';

/**
 * The operations of ECS on a control plane, by name. Instants in answers are epoch seconds.
 * @throws each an ApiError, as AWS would answer.
 */
export function ecsOperations(plane: ControlPlane): Record<string, (input: Message) => Message> {
  const pagination = new Pagination(plane.ids);
  const operations: Record<string, (input: never) => Message> = {
    ...clusterOperations(plane, pagination),
    ...taskDefinitionOperations(plane, pagination),
    ...serviceOperations(plane, pagination),
    ...serviceDeploymentOperations(plane, pagination),
    ...taskOperations(plane, pagination),
    ...instanceOperations(plane, pagination),
    ...instanceAttributeOperations(plane, pagination),
    ...tagOperations(plane),
    ...accountOperations(plane, pagination),
  };
  return Object.fromEntries(
    Object.entries(operations).map(([name, perform]) => [
      name,
      (input: Message) => {
        const given = withoutNulls(input);
        checkInput(name, given);
        return perform(given as never);
      },
    ]),
  );
}

/** On the wire null is the same as absent. */
function withoutNulls(input: Message): Message {
  const result: Message = {};
  for (const [name, value] of Object.entries(input)) if (value !== null) result[name] = value;
  return result;
}
