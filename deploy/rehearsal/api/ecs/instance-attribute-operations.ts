import type {
  Attribute,
  DeleteAttributesRequest,
  ListAttributesRequest,
  PutAttributesRequest,
} from '@aws-sdk/client-ecs';
import type { Cluster } from '../../control-plane/cluster';
import { findCluster } from '../../control-plane/clusters';
import type { ControlPlane } from '../../control-plane/control-plane';
import { errors } from '../../control-plane/errors';
import type { ContainerInstance } from '../../control-plane/instances/instance';
import { ApiError, type Message } from '../operation';
import type { Pagination } from './pagination';
import { present } from './wire-values';

const mostAttributes = 10;

/** Attributes of container instances, which placement constraints ask for. */
export function instanceAttributeOperations(plane: ControlPlane, pagination: Pagination) {
  const change = (
    request: PutAttributesRequest | DeleteAttributesRequest,
    apply: (instance: ContainerInstance, name: string, value: string | undefined) => void,
  ): Message => {
    const cluster = findCluster(plane, request.cluster);
    const given = request.attributes ?? [];
    if (given.length > mostAttributes) {
      throw errors.invalidParameter(`Attributes cannot have more than ${mostAttributes} elements`);
    }
    // All are found before one is changed.
    const changes = given.map((attribute) => ({ attribute, instance: target(plane, cluster, attribute) }));
    for (const { attribute, instance } of changes) apply(instance, attribute.name ?? '', attribute.value);
    plane.instances.wake(cluster);
    return { attributes: given };
  };
  return {
    PutAttributes: (request: PutAttributesRequest): Message =>
      change(request, (instance, name, value) => {
        instance.attributes.set(name, value);
      }),

    DeleteAttributes: (request: DeleteAttributesRequest): Message =>
      change(request, (instance, name) => {
        instance.attributes.delete(name);
      }),

    ListAttributes(request: ListAttributesRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      const { items, nextToken } = pagination.page(request, { default: 100, most: 100 }, () =>
        [...cluster.instances.values()].flatMap((instance) =>
          [...instance.attributes]
            .filter(([name]) => request.attributeName === undefined || name === request.attributeName)
            .filter(([, value]) => request.attributeValue === undefined || value === request.attributeValue)
            .map(([name, value]) =>
              JSON.stringify(
                present({ name, value, targetType: 'container-instance', targetId: instance.arn }),
              ),
            ),
        ),
      );
      return { attributes: items.map((item) => JSON.parse(item) as Message), nextToken };
    },
  };
}

/** @throws TargetNotFoundException */
function target(plane: ControlPlane, cluster: Cluster, attribute: Attribute): ContainerInstance {
  const instance = plane.instances.find(cluster, attribute.targetId ?? '');
  if (instance === undefined) {
    throw new ApiError(
      'TargetNotFoundException',
      'The specified target was not found. Specify a container instance of the cluster and try again.',
    );
  }
  return instance;
}
