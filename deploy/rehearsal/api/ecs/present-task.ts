import type { ControlPlane } from '../../control-plane/control-plane';
import { hasAgent } from '../../control-plane/tasks/execute-command';
import type { Container, Task } from '../../control-plane/tasks/task';
import type { Message } from '../operation';
import { present, wireTime } from './wire-values';

/** A task as DescribeTasks, RunTask and StopTask give it. */
export function presentTask(plane: ControlPlane, task: Task, tags: boolean): Message {
  const { body } = task.taskDefinition;
  const time = (instant: number | undefined) => wireTime(plane.clock, instant);
  const fargate = task.launchType === 'FARGATE';
  return present({
    attachments: body.networkMode === 'awsvpc' ? [networkInterface(task)] : [],
    attributes: [
      {
        name: 'ecs.cpu-architecture',
        value: body.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64',
      },
    ],
    availabilityZone: task.availabilityZone,
    capacityProviderName: task.capacityProvider,
    clusterArn: plane.arns.cluster(task.clusterName),
    connectivity: task.connectivityAt === undefined ? undefined : 'CONNECTED',
    connectivityAt: time(task.connectivityAt),
    containerInstanceArn: task.instance?.arn,
    containers: task.containers.map((container) => presentContainer(task, container)),
    cpu: task.overrides.cpu ?? body.cpu,
    createdAt: time(task.createdAt),
    desiredStatus: task.desiredStatus,
    enableExecuteCommand: task.enableExecuteCommand,
    executionStoppedAt: time(task.executionStoppedAt),
    group: task.group,
    healthStatus: task.health,
    lastStatus: task.lastStatus,
    launchType: task.launchType,
    memory: task.overrides.memory ?? body.memory,
    overrides: {
      inferenceAcceleratorOverrides: [],
      ...task.overrides,
      containerOverrides: task.containers.map(
        ({ name }) =>
          task.overrides.containerOverrides?.find((override) => override.name === name) ?? { name },
      ),
    },
    platformVersion: task.platformVersion,
    platformFamily: fargate ? 'Linux' : undefined,
    pullStartedAt: time(task.pullStartedAt),
    pullStoppedAt: time(task.pullStoppedAt),
    startedAt: time(task.startedAt),
    startedBy: task.startedBy,
    stopCode: task.stopCode,
    stoppedAt: time(task.stoppedAt),
    stoppedReason: task.stoppedReason,
    stoppingAt: time(task.stoppingAt),
    tags: tags ? task.tags : [],
    taskArn: task.arn,
    taskDefinitionArn: task.taskDefinition.arn,
    version: task.version,
    ephemeralStorage: fargate ? { sizeInGiB: body.ephemeralStorage?.sizeInGiB ?? 20 } : undefined,
    fargateEphemeralStorage: fargate ? { sizeInGiB: body.ephemeralStorage?.sizeInGiB ?? 20 } : undefined,
  });
}

function presentContainer(task: Task, container: Container): Message {
  const attached = task.taskDefinition.body.networkMode === 'awsvpc' && task.connectivityAt !== undefined;
  const definition = task.taskDefinition.body.containerDefinitions?.find(
    ({ name }) => name === container.name,
  );
  return present({
    containerArn: container.arn,
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    imageDigest: container.imageDigest,
    runtimeId: container.runtimeId,
    lastStatus: container.status,
    exitCode: container.exitCode,
    reason: container.reason,
    networkBindings: networkBindings(task, container),
    networkInterfaces: attached
      ? [{ attachmentId: task.attachmentId, privateIpv4Address: task.address }]
      : [],
    managedAgents: task.enableExecuteCommand ? [execAgent(task, container)] : undefined,
    healthStatus: container.health ?? 'UNKNOWN',
    cpu: String(definition?.cpu ?? 0),
    memory: definition?.memory === undefined ? undefined : String(definition.memory),
    memoryReservation:
      definition?.memoryReservation === undefined ? undefined : String(definition.memoryReservation),
  });
}

/** What opens shells in the container. */
function execAgent(task: Task, container: Container): Message {
  const lastStatus = hasAgent(task, container)
    ? 'RUNNING'
    : container.status === 'STOPPED'
      ? 'STOPPED'
      : 'PENDING';
  return { name: 'ExecuteCommandAgent', lastStatus };
}

/** The host's ports that lead to the container, once it runs. */
function networkBindings(task: Task, container: Container): Message[] {
  if (container.startedAt === undefined) return [];
  return task.hostPorts
    .filter(({ containerName }) => containerName === container.name)
    .map(({ containerPort, hostPort, protocol }) => ({
      bindIP: '0.0.0.0',
      containerPort,
      hostPort,
      protocol,
    }));
}

function networkInterface(task: Task): Message {
  const status =
    task.lastStatus === 'STOPPED' ? 'DELETED' : task.connectivityAt === undefined ? 'PRECREATED' : 'ATTACHED';
  const details = [
    ...(task.subnetId === undefined ? [] : [{ name: 'subnetId', value: task.subnetId }]),
    { name: 'networkInterfaceId', value: task.networkInterfaceId },
    { name: 'macAddress', value: task.macAddress },
    { name: 'privateIPv4Address', value: task.address },
  ];
  return { id: task.attachmentId, type: 'ElasticNetworkInterface', status, details };
}
