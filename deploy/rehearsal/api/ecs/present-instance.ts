import type { ControlPlane } from '../../control-plane/control-plane';
import type { ContainerInstance } from '../../control-plane/instances/instance';
import { roomOf } from '../../control-plane/instances/reservation';
import { beforeRunning } from '../../control-plane/tasks/task';
import type { Message } from '../operation';
import { present, wireTime } from './wire-values';

/** A container instance as DescribeContainerInstances gives it. */
export function presentInstance(plane: ControlPlane, instance: ContainerInstance, tags: boolean): Message {
  const tasks = [...instance.tasks];
  const room = roomOf(instance);
  const whole = {
    cpu: instance.cpu,
    memory: instance.memory,
    ports: new Set(instance.reservedPorts),
  };
  return present({
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    capacityProviderName: instance.capacityProvider,
    version: instance.version,
    versionInfo: { agentVersion: '1.99.0', agentHash: '00000000', dockerVersion: 'DockerVersion: 25.0.8' },
    registeredResources: resources(whole),
    remainingResources: resources(room),
    status: instance.status,
    agentConnected: instance.agentConnected,
    runningTasksCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter(({ lastStatus }) => beforeRunning(lastStatus)).length,
    attributes: presentAttributes(instance),
    registeredAt: wireTime(plane.clock, instance.registeredAt),
    attachments: [],
    tags: tags ? instance.tags : [],
  });
}

export function presentAttributes(instance: ContainerInstance): Message[] {
  return [...instance.attributes].map(([name, value]) => present({ name, value }));
}

function resources(room: { cpu: number; memory: number; ports: ReadonlySet<string> }): Message[] {
  const integer = (name: string, integerValue: number) => ({
    name,
    type: 'INTEGER',
    doubleValue: 0,
    longValue: 0,
    integerValue,
  });
  const ports = (name: string, protocol: string) => ({
    name,
    type: 'STRINGSET',
    doubleValue: 0,
    longValue: 0,
    integerValue: 0,
    stringSetValue: [...room.ports]
      .filter((port) => port.endsWith(`/${protocol}`))
      .map((port) => port.slice(0, port.indexOf('/'))),
  });
  return [
    integer('CPU', room.cpu),
    integer('MEMORY', room.memory),
    ports('PORTS', 'tcp'),
    ports('PORTS_UDP', 'udp'),
  ];
}
