import type {
  DeregisterContainerInstanceRequest,
  DescribeContainerInstancesRequest,
  ListContainerInstancesRequest,
  RegisterContainerInstanceRequest,
  Resource,
  UpdateContainerInstancesStateRequest,
} from '@aws-sdk/client-ecs';
import { nameOf } from '../../control-plane/arns';
import type { Cluster } from '../../control-plane/cluster';
import { findCluster } from '../../control-plane/clusters';
import type { ControlPlane } from '../../control-plane/control-plane';
import { errors } from '../../control-plane/errors';
import {
  zoneAttribute,
  type ContainerInstance,
  type NewInstance,
} from '../../control-plane/instances/instance';
import { parseQuery } from '../../control-plane/instances/query';
import type { Message } from '../operation';
import { checkInclude } from './include';
import type { Pagination } from './pagination';
import { presentInstance } from './present-instance';

const most = { described: 100, updated: 10 };

export function instanceOperations(plane: ControlPlane, pagination: Pagination) {
  return {
    /** As an agent calls it. What the document does not say has the defaults of `Instances.add`. */
    RegisterContainerInstance(request: RegisterContainerInstanceRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      const known = request.containerInstanceArn;
      const present = known === undefined ? undefined : plane.instances.find(cluster, known);
      if (known !== undefined && present === undefined) throw notFound();
      const instance = present ?? plane.instances.add(cluster.name, newInstance(request));
      return { containerInstance: presentInstance(plane, instance, true) };
    },

    DeregisterContainerInstance(request: DeregisterContainerInstanceRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      const instance = plane.instances.find(cluster, request.containerInstance ?? '');
      if (instance === undefined) throw notFound();
      plane.instances.deregister(instance, request.force ?? false);
      return { containerInstance: presentInstance(plane, instance, true) };
    },

    ListContainerInstances(request: ListContainerInstancesRequest): Message {
      const cluster = findCluster(plane, request.cluster);
      const query = request.filter === undefined ? undefined : parseQuery(request.filter);
      if (request.filter !== undefined && query === undefined) {
        throw errors.invalidParameter(`The filter '${request.filter}' is not valid.`);
      }
      const { items, nextToken } = pagination.page(request, { default: 100, most: 100 }, () =>
        [...cluster.instances.values()]
          .filter(({ status }) => request.status === undefined || status === request.status)
          .filter((instance) => query?.(instance) ?? true)
          .map(({ arn }) => arn),
      );
      return { containerInstanceArns: items, nextToken };
    },

    DescribeContainerInstances(request: DescribeContainerInstancesRequest): Message {
      checkInclude(request.include, ['TAGS', 'CONTAINER_INSTANCE_HEALTH']);
      const cluster = findCluster(plane, request.cluster);
      const { found, failures } = look(plane, cluster, request.containerInstances, most.described);
      const tags = request.include?.includes('TAGS') === true;
      return {
        containerInstances: found.map((instance) => presentInstance(plane, instance, tags)),
        failures,
      };
    },

    UpdateContainerInstancesState(request: UpdateContainerInstancesStateRequest): Message {
      const { status } = request;
      if (status !== 'ACTIVE' && status !== 'DRAINING') {
        throw errors.invalidParameter(
          `Container instances cannot be set to ${status}. Use ACTIVE or DRAINING.`,
        );
      }
      const cluster = findCluster(plane, request.cluster);
      const { found, failures } = look(plane, cluster, request.containerInstances, most.updated);
      for (const instance of found) plane.instances.setState(instance, status);
      return {
        containerInstances: found.map((instance) => presentInstance(plane, instance, false)),
        failures,
      };
    },
  };
}

const notFound = () => errors.client('The referenced container instance was not found.');

function look(
  plane: ControlPlane,
  cluster: Cluster,
  references: readonly string[] | undefined,
  limit: number,
): { found: ContainerInstance[]; failures: Message[] } {
  const asked = [...new Set(references ?? [])];
  if (asked.length === 0) throw errors.invalidParameter('Container instances cannot be empty.');
  if (asked.length > limit) {
    throw errors.invalidParameter(`Container instances cannot have more than ${limit} elements`);
  }
  const found: ContainerInstance[] = [];
  const failures: Message[] = [];
  for (const reference of asked) {
    const instance = plane.instances.find(cluster, reference);
    if (instance === undefined) {
      failures.push({
        arn: plane.arns.containerInstance(cluster.name, nameOf(reference)),
        reason: 'MISSING',
      });
    } else found.push(instance);
  }
  return { found, failures };
}

/** What an agent says of its machine: the identity document of EC2, resources and attributes. */
function newInstance(request: RegisterContainerInstanceRequest): NewInstance {
  const document = identity(request.instanceIdentityDocument);
  const resource = (name: string): Resource | undefined =>
    request.totalResources?.find((candidate) => candidate.name === name);
  const cpu = resource('CPU')?.integerValue;
  const memory = resource('MEMORY')?.integerValue;
  const ports = (['tcp', 'udp'] as const).flatMap((protocol) =>
    (resource(protocol === 'tcp' ? 'PORTS' : 'PORTS_UDP')?.stringSetValue ?? []).map(
      (port) => `${port}/${protocol}`,
    ),
  );
  const attributes: Record<string, string> = {};
  for (const { name, value } of request.attributes ?? [])
    if (name !== undefined) attributes[name] = value ?? '';
  if (document.instanceType !== undefined) attributes['ecs.instance-type'] ??= document.instanceType;
  const zone = attributes[zoneAttribute] ?? document.availabilityZone;
  const external = document.instanceId?.startsWith('mi-') === true || 'ecs.capability.external' in attributes;
  return {
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(ports.length > 0 && { reservedPorts: ports }),
    ...(zone !== undefined && { zone }),
    ...(document.instanceId !== undefined && { ec2InstanceId: document.instanceId }),
    ...(external && { launchType: 'EXTERNAL' as const }),
    attributes,
    tags: request.tags ?? [],
  };
}

function identity(text: string | undefined): {
  instanceId?: string;
  instanceType?: string;
  availabilityZone?: string;
} {
  if (text === undefined) return {};
  try {
    const document: unknown = JSON.parse(text);
    if (typeof document === 'object' && document !== null) return document;
  } catch {
    // Said below, like anything else that is no document.
  }
  throw errors.client('The instance identity document is not valid JSON.');
}
