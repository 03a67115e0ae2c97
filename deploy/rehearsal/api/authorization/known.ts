import type { ControlPlane } from '../../control-plane/control-plane';
import { lookUpTaskDefinition } from '../../control-plane/task-definitions/register';
import type { Store } from '../../surroundings/store';
import { tagsOf } from '../ecs/tag-operations';
import type { Known } from './acts';

/** What requests name by less than an ARN, and the tags of what is there. */
export function knownResources(store: Store, plane: ControlPlane): Known {
  return {
    roleArn: (name) => store.roles.get(name)?.arn,
    secretArn: (name) => store.secrets.get(name)?.arn,
    taskDefinition: (reference) => {
      const found = reference === '' ? undefined : lookUpTaskDefinition(plane, reference);
      if (found === undefined) return undefined;
      const { executionRoleArn, taskRoleArn } = found.body;
      return {
        arn: found.arn,
        roles: [executionRoleArn, taskRoleArn].filter((role): role is string => role !== undefined),
      };
    },
    tags: (arn) => (arn.split(':')[2] === 'ecs' ? tagsOf(plane, arn) : store.tags.of(arn)),
  };
}
