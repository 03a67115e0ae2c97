import type {
  ListTagsForResourceRequest,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from '@aws-sdk/client-ecs';
import type { ControlPlane } from '../../control-plane/control-plane';
import { errors } from '../../control-plane/errors';
import { lookUpTaskDefinition } from '../../control-plane/task-definitions/register';
import type { Message } from '../operation';

const mostTags = 50;

export function tagOperations(plane: ControlPlane) {
  return {
    ListTagsForResource(request: ListTagsForResourceRequest): Message {
      return { tags: taggable(plane, request.resourceArn ?? '').tags };
    },

    TagResource(request: TagResourceRequest): Message {
      const resource = taggable(plane, request.resourceArn ?? '');
      const given = request.tags ?? [];
      const kept = resource.tags.filter(({ key }) => !given.some((tag) => tag.key === key));
      if (kept.length + given.length > mostTags) {
        throw errors.invalidParameter(`The number of tags exceeds the limit of ${mostTags}.`);
      }
      resource.tags = [...kept, ...given];
      return {};
    },

    UntagResource(request: UntagResourceRequest): Message {
      const resource = taggable(plane, request.resourceArn ?? '');
      resource.tags = resource.tags.filter(({ key }) => !request.tagKeys?.includes(key ?? ''));
      return {};
    },
  };
}

/** Tags of what ECS has; none where there is no such thing. */
export function tagsOf(plane: ControlPlane, arn: string): Record<string, string> {
  try {
    return Object.fromEntries(taggable(plane, arn).tags.map(({ key = '', value = '' }) => [key, value]));
  } catch {
    return {};
  }
}

function taggable(plane: ControlPlane, arn: string): { tags: Tag[] } {
  const [kind, ...rest] = (arn.split(':').slice(5).join(':') || '').split('/');
  const [first = '', second = ''] = rest;
  const found = () => {
    switch (kind) {
      case 'cluster':
        return plane.clusters.get(first);
      case 'service':
        return plane.clusters.get(first)?.services.get(second);
      case 'task':
        return plane.clusters.get(first)?.tasks.get(second);
      case 'container-instance':
        return plane.clusters.get(first)?.instances.get(second);
      case 'task-definition':
        return lookUpTaskDefinition(plane, first);
      case 'capacity-provider':
        return plane.capacityProviders.get(first);
      default:
        throw errors.invalidParameter('Invalid resource ARN specified');
    }
  };
  const resource = found();
  if (resource === undefined) {
    throw kind === 'cluster'
      ? errors.clusterNotFound()
      : errors.invalidParameter('The specified resource was not found.');
  }
  return resource;
}
