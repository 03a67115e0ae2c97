import type { ControlPlane } from '../control-plane';
import type { Container, Task } from './task';

export type Metadata = Record<string, unknown>;

/**
 * What the container metadata endpoint v4 answers a container, for its runtime id: `path` is what follows
 * `ECS_CONTAINER_METADATA_URI_V4`, `''` or `/task`. Undefined where there is no such container or path.
 * Source: "Amazon ECS task metadata endpoint version 4", developer guide.
 */
export function containerMetadata(
  plane: ControlPlane,
  runtimeId: string,
  path: string,
): Metadata | undefined {
  const [taskId = ''] = runtimeId.split('-');
  for (const cluster of plane.clusters.values()) {
    const task = cluster.tasks.get(taskId);
    const container = task?.containers.find((candidate) => candidate.runtimeId === runtimeId);
    if (task === undefined || container === undefined) continue;
    if (path === '' || path === '/') return describeContainer(plane, task, container);
    return path === '/task' ? describeTask(plane, task) : undefined;
  }
  return undefined;
}

function describeTask(plane: ControlPlane, task: Task): Metadata {
  const { body } = task.taskDefinition;
  const vcpus = Number(body.cpu) / 1024;
  const memory = Number(body.memory);
  return {
    Cluster: plane.arns.cluster(task.clusterName),
    TaskARN: task.arn,
    Family: task.taskDefinition.family,
    Revision: String(task.taskDefinition.revision),
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    ...(vcpus > 0 && memory > 0 && { Limits: { CPU: vcpus, Memory: memory } }),
    PullStartedAt: isoTime(plane, task.pullStartedAt),
    PullStoppedAt: isoTime(plane, task.pullStoppedAt),
    AvailabilityZone: task.availabilityZone,
    LaunchType: task.launchType,
    ...(task.service !== undefined && { ServiceName: task.service.name }),
    Containers: task.containers
      .filter((container) => container.runtimeId !== undefined)
      .map((container) => describeContainer(plane, task, container)),
  };
}

function describeContainer(plane: ControlPlane, task: Task, container: Container): Metadata {
  const { family, revision, body } = task.taskDefinition;
  const definition = body.containerDefinitions?.find(({ name }) => name === container.name);
  const log = definition?.logConfiguration;
  return {
    DockerId: container.runtimeId,
    Name: container.name,
    DockerName: container.name,
    Image: container.image,
    ImageID: container.imageDigest,
    Labels: {
      'com.amazonaws.ecs.cluster': plane.arns.cluster(task.clusterName),
      'com.amazonaws.ecs.container-name': container.name,
      'com.amazonaws.ecs.task-arn': task.arn,
      'com.amazonaws.ecs.task-definition-family': family,
      'com.amazonaws.ecs.task-definition-version': String(revision),
      ...definition?.dockerLabels,
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: container.status,
    Limits: {
      CPU: definition?.cpu ?? 0,
      ...(definition?.memory !== undefined && { Memory: definition.memory }),
    },
    CreatedAt: isoTime(plane, task.pullStoppedAt),
    StartedAt: isoTime(plane, container.startedAt),
    Type: 'NORMAL',
    ...(container.health !== undefined && { Health: { status: container.health } }),
    ContainerARN: container.arn,
    ...(log !== undefined && { LogDriver: log.logDriver, LogOptions: log.options }),
    Networks: [
      {
        NetworkMode: body.networkMode ?? 'bridge',
        IPv4Addresses: [task.address],
        MACAddress: task.macAddress,
      },
    ],
  };
}

function isoTime(plane: ControlPlane, instant: number | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(plane.clock.toWire(instant)).toISOString();
}
