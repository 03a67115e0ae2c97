import type {
  DeleteTaskDefinitionsRequest,
  DeregisterTaskDefinitionRequest,
  DescribeTaskDefinitionRequest,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionsRequest,
  RegisterTaskDefinitionRequest,
} from '@aws-sdk/client-ecs';
import type { ControlPlane } from '../../control-plane/control-plane';
import { errors } from '../../control-plane/errors';
import {
  findTaskDefinition,
  lookUpTaskDefinition,
  registerTaskDefinition,
} from '../../control-plane/task-definitions/register';
import type {
  TaskDefinition,
  TaskDefinitionFamily,
} from '../../control-plane/task-definitions/task-definition';
import type { Message } from '../operation';
import { checkInclude } from './include';
import type { Pagination } from './pagination';
import { presentTaskDefinition } from './present-task-definition';

const undescribed = () => errors.client('Unable to describe task definition.');
const mostDeleted = 10;

export function taskDefinitionOperations(plane: ControlPlane, pagination: Pagination) {
  return {
    RegisterTaskDefinition(request: RegisterTaskDefinitionRequest): Message {
      const taskDefinition = registerTaskDefinition(plane, request);
      return {
        taskDefinition: presentTaskDefinition(plane, taskDefinition),
        ...(taskDefinition.tags.length > 0 && { tags: taskDefinition.tags }),
      };
    },

    DescribeTaskDefinition(request: DescribeTaskDefinitionRequest): Message {
      checkInclude(request.include, ['TAGS']);
      const found = findTaskDefinition(plane, request.taskDefinition ?? '', undescribed);
      return {
        taskDefinition: presentTaskDefinition(plane, found),
        ...(request.include?.includes('TAGS') && { tags: found.tags }),
      };
    },

    ListTaskDefinitions(request: ListTaskDefinitionsRequest): Message {
      const { items, nextToken } = pagination.page(request, { default: 100, most: 100 }, () => {
        const status = request.status ?? 'ACTIVE';
        const families = sortedFamilies(plane).filter(
          ({ name }) => request.familyPrefix === undefined || name === request.familyPrefix,
        );
        const arns = families.flatMap((family) =>
          [...family.revisions.values()]
            .filter((revision) => revision.status === status)
            .sort((a, b) => a.revision - b.revision)
            .map(({ arn }) => arn),
        );
        return request.sort === 'DESC' ? arns.reverse() : arns;
      });
      return { taskDefinitionArns: items, nextToken };
    },

    ListTaskDefinitionFamilies(request: ListTaskDefinitionFamiliesRequest): Message {
      const { items, nextToken } = pagination.page(request, { default: 100, most: 100 }, () =>
        sortedFamilies(plane)
          .filter(({ name }) => name.startsWith(request.familyPrefix ?? ''))
          .filter((family) => {
            if (request.status === undefined || request.status === 'ALL') return true;
            return isActive(family) === (request.status === 'ACTIVE');
          })
          .map(({ name }) => name),
      );
      return { families: items, nextToken };
    },

    DeregisterTaskDefinition(request: DeregisterTaskDefinitionRequest): Message {
      const reference = request.taskDefinition ?? '';
      if (!/:\d+$/.test(reference)) throw errors.invalidParameter('Revision is missing');
      const found = findTaskDefinition(plane, reference, undescribed);
      const previousStatus = found.status;
      if (found.status === 'ACTIVE') found.status = 'INACTIVE';
      const answer = { taskDefinition: { ...presentTaskDefinition(plane, found), previousStatus } };
      // The first answer does not have it yet, as recorded.
      found.deregisteredAt ??= plane.clock.now();
      return answer;
    },

    DeleteTaskDefinitions(request: DeleteTaskDefinitionsRequest): Message {
      const references = request.taskDefinitions ?? [];
      if (references.length > mostDeleted) {
        throw errors.invalidParameter(`TaskDefinitions cannot have more than ${mostDeleted} elements`);
      }
      const taskDefinitions: Message[] = [];
      const failures: Message[] = [];
      for (const reference of references) {
        const found = lookUpTaskDefinition(plane, reference);
        const reason = deletionFailure(reference, found);
        if (reason !== undefined || found === undefined) {
          failures.push({ arn: found?.arn ?? reference, reason });
          continue;
        }
        found.status = 'DELETE_IN_PROGRESS';
        found.deleteRequestedAt ??= plane.clock.now();
        taskDefinitions.push(presentTaskDefinition(plane, found));
      }
      return { taskDefinitions, failures };
    },
  };
}

function deletionFailure(reference: string, found: TaskDefinition | undefined): string | undefined {
  if (!/^(arn:[^:]+:ecs:[^:]*:\d*:task-definition\/)?[A-Za-z0-9_-]+:\d+$/.test(reference)) {
    return 'The specified task definition identifier is invalid. Specify a valid name or ARN and try again.';
  }
  if (found === undefined) {
    return 'The specified task definition does not exist. Specify a valid account, family, revision and try again.';
  }
  if (found.status === 'ACTIVE') {
    return 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.';
  }
  return undefined;
}

function sortedFamilies(plane: ControlPlane): TaskDefinitionFamily[] {
  return [...plane.families.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isActive(family: TaskDefinitionFamily): boolean {
  for (const { status } of family.revisions.values()) if (status === 'ACTIVE') return true;
  return false;
}
