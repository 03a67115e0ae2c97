import type { NetworkConfiguration, Tag, TaskOverride } from '@aws-sdk/client-ecs';
import type { Cluster } from '../cluster';
import type { ControlPlane } from '../control-plane';
import { zoneAttribute, type ContainerInstance } from '../instances/instance';
import { assignPorts, reservationOf } from '../instances/reservation';
import type { Deployment, Service } from '../services/service';
import type { TaskDefinition } from '../task-definitions/task-definition';
import { chooseSubnet } from './choose-subnet';
import type { HostPort, TargetBinding, Task } from './task';

/** What a task is to be, whoever asks for it. */
export interface TaskRequest {
  cluster: Cluster;
  taskDefinition: TaskDefinition;
  launchType: 'FARGATE' | 'EC2' | 'EXTERNAL';
  capacityProvider: string | undefined;
  platformVersion: string | undefined;
  networkConfiguration: NetworkConfiguration | undefined;
  group: string;
  startedBy: string | undefined;
  overrides: TaskOverride;
  tags: Tag[];
  enableExecuteCommand: boolean;
  service: Service | undefined;
  deployment: Deployment | undefined;
}

/** A new task in PROVISIONING. @param instance where it was placed; undefined on Fargate. */
export function createTask(
  plane: ControlPlane,
  request: TaskRequest,
  instance: ContainerInstance | undefined,
): Task {
  const { ids, arns } = plane;
  const { cluster, taskDefinition, deployment } = request;
  const id = ids.taskId();
  const ownInterface = taskDefinition.body.networkMode === 'awsvpc';
  const address =
    instance === undefined || ownInterface ? plane.runtime.allocateAddress(id) : instance.address;
  const hostPorts =
    instance === undefined ? [] : assignPorts(instance, reservationOf(taskDefinition.body).ports);
  const place = whereabouts(plane, request, instance);
  const bindings = targetBindings(plane, request, { id, address, hostPorts, instance });
  return {
    id,
    arn: arns.task(cluster.name, id),
    clusterName: cluster.name,
    taskDefinition,
    group: request.group,
    service: request.service,
    deploymentId: deployment?.id,
    startedBy: request.startedBy,
    launchType: request.launchType,
    capacityProvider: request.capacityProvider,
    platformVersion: request.launchType === 'FARGATE' ? fargatePlatform(request.platformVersion) : undefined,
    instance,
    hostPorts,
    availabilityZone: place.zone,
    subnetId: place.subnetId,
    publicAddress: request.networkConfiguration?.awsvpcConfiguration?.assignPublicIp === 'ENABLED',
    networkInterfaceId: `eni-0${ids.hex(16)}`,
    attachmentId: ids.uuid(),
    macAddress: ids.macAddress(),
    address,
    desiredStatus: 'RUNNING',
    lastStatus: ownInterface ? 'PROVISIONING' : 'PENDING',
    health: 'UNKNOWN',
    containers: (taskDefinition.body.containerDefinitions ?? []).map((definition) => ({
      name: definition.name ?? '',
      arn: arns.container(cluster.name, id, ids.uuid()),
      image: definition.image ?? '',
      imageDigest: undefined,
      runtimeId: undefined,
      status: 'PENDING',
      exitCode: undefined,
      reason: undefined,
      health: undefined,
      essential: definition.essential !== false,
      startedAt: undefined,
      finishedAt: undefined,
      restartCount: 0,
    })),
    overrides: request.overrides,
    tags: request.tags,
    enableExecuteCommand: request.enableExecuteCommand,
    version: 1,
    createdAt: plane.clock.now(),
    connectivityAt: undefined,
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    startedAt: undefined,
    stoppingAt: undefined,
    executionStoppedAt: undefined,
    stoppedAt: undefined,
    stopCode: undefined,
    stoppedReason: undefined,
    protectedUntil: undefined,
    bindings,
    targets: bindings.length > 0 ? 'missing' : 'none',
    wasHealthy: false,
    imageDigests: deployment?.revision.imageDigests ?? {},
  };
}

/** Which platform version LATEST stands for. */
export function fargatePlatform(version: string | undefined): string {
  return version === undefined || version === 'LATEST' ? '1.4.0' : version;
}

/** On an instance its zone; else that of the subnet whose zone has the fewest tasks of the group. */
function whereabouts(
  plane: ControlPlane,
  request: TaskRequest,
  instance: ContainerInstance | undefined,
): { zone: string; subnetId: string | undefined } {
  const subnets = request.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  const own = instance?.attributes.get(zoneAttribute);
  const peers =
    request.service?.tasks ??
    [...request.cluster.tasks.values()].filter(({ group }) => group === request.group);
  const chosen = chooseSubnet(plane, subnets, peers, own);
  return {
    zone: own ?? chosen?.zone ?? `${plane.region}a`,
    subnetId: chosen?.subnetId,
  };
}

/** Where the service's target groups find the task: its own address, or its instance with a host port. */
function targetBindings(
  plane: ControlPlane,
  { deployment }: TaskRequest,
  task: {
    id: string;
    address: string;
    hostPorts: readonly HostPort[];
    instance: ContainerInstance | undefined;
  },
): TargetBinding[] {
  const loadBalancers = deployment?.revision.configuration.loadBalancers ?? [];
  return loadBalancers.flatMap(({ containerName = '', containerPort = 0 }, index) => {
    const targetGroupArn = deployment?.revision.targetGroups[index];
    if (targetGroupArn === undefined) return [];
    const bound = task.hostPorts.find(
      (port) => port.containerName === containerName && port.containerPort === containerPort,
    );
    const target =
      task.instance !== undefined && bound !== undefined
        ? { targetId: task.instance.ec2InstanceId, port: bound.hostPort }
        : { targetId: task.address, port: plane.runtime.hostPort(task.id, containerPort) };
    return { targetGroupArn, containerName, containerPort, ...target };
  });
}
