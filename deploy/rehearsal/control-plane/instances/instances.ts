import { nameOf } from '../arns';
import type { Cluster } from '../cluster';
import { findCluster } from '../clusters';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { capabilities, isCapability } from './capabilities';
import { zoneAttribute, type ContainerInstance, type NewInstance } from './instance';

const defaults = {
  cpu: 2048,
  memory: 4096,
  reservedPorts: ['22/tcp', '2375/tcp', '2376/tcp', '51678/tcp', '51679/tcp'],
} as const;

/** The container instances of all clusters. Nothing scales them: who rehearses adds and removes them. */
export class Instances {
  constructor(private readonly plane: ControlPlane) {}

  /**
   * Registers an instance, as the agent of a new machine does. Services that wait for room hear of it at once.
   * @param cluster name or ARN; `default` where it is undefined.
   * @throws ClusterNotFoundException
   */
  add(cluster: string | undefined, wanted: NewInstance = {}): ContainerInstance {
    const { plane } = this;
    const home = findCluster(plane, cluster);
    const id = plane.ids.hex(32);
    const launchType = wanted.launchType ?? 'EC2';
    const ec2InstanceId =
      wanted.ec2InstanceId ?? (launchType === 'EC2' ? `i-0${plane.ids.hex(16)}` : `mi-0${plane.ids.hex(16)}`);
    const instance: ContainerInstance = {
      id,
      arn: plane.arns.containerInstance(home.name, id),
      clusterName: home.name,
      ec2InstanceId,
      launchType,
      capacityProvider: wanted.capacityProvider,
      status: 'ACTIVE',
      agentConnected: true,
      cpu: wanted.cpu ?? defaults.cpu,
      memory: wanted.memory ?? defaults.memory,
      reservedPorts: wanted.reservedPorts ?? defaults.reservedPorts,
      attributes: this.attributes(home, wanted, launchType),
      address: plane.runtime.allocateAddress(ec2InstanceId),
      registeredAt: plane.clock.now(),
      version: 1,
      tags: wanted.tags ?? [],
      tasks: new Set(),
      daemonsStarted: new Set(),
      lastPort: 0,
    };
    home.instances.set(id, instance);
    this.wake(home);
    return instance;
  }

  /** By id or ARN, whatever its status; undefined where the cluster has none of that name. */
  find(cluster: Cluster, reference: string): ContainerInstance | undefined {
    return cluster.instances.get(nameOf(reference));
  }

  /**
   * DRAINING: takes no new tasks, and its service tasks are replaced elsewhere as their services' limits allow.
   * ACTIVE: takes tasks again.
   */
  setState(instance: ContainerInstance, status: 'ACTIVE' | 'DRAINING'): void {
    if (instance.status === status) return;
    instance.status = status;
    instance.version += 1;
    this.wake(this.clusterOf(instance));
  }

  /**
   * Takes an instance out of its cluster. With `force` its tasks end with it, as if the machine were gone.
   * @throws InvalidParameterException without `force`, while tasks are on it.
   */
  deregister(instance: ContainerInstance, force: boolean): void {
    if (!force && instance.tasks.size > 0)
      throw errors.invalidParameter('Found running tasks on the instance.');
    this.remove(instance, 'deregistered');
  }

  /** A fault: the machine is gone, and its tasks with it. */
  terminate(instance: ContainerInstance): void {
    this.remove(instance, 'terminated');
  }

  /** Where a target of an `instance` target group listens on this machine; undefined for an unknown instance. */
  locate(ec2InstanceId: string, port: number): { host: string; port: number } | undefined {
    for (const cluster of this.plane.clusters.values()) {
      for (const instance of cluster.instances.values()) {
        if (instance.ec2InstanceId !== ec2InstanceId) continue;
        return { host: instance.address, port: this.plane.runtime.hostPort(ec2InstanceId, port) };
      }
    }
    return undefined;
  }

  /** Something changed that services of the cluster may have waited for; those with daemon tasks go first. */
  wake(cluster: Cluster): void {
    const services = [...cluster.services.values()].filter(({ status }) => status === 'ACTIVE');
    for (const service of services) {
      if (service.schedulingStrategy === 'DAEMON') this.plane.serviceLoop.touch(service);
    }
    for (const service of services) {
      if (service.schedulingStrategy !== 'DAEMON') this.plane.serviceLoop.touch(service);
    }
  }

  /** A task has left an instance of the cluster: the daemons of one that drains may follow. */
  roomMade(cluster: Cluster): void {
    if (![...cluster.instances.values()].some(({ status }) => status === 'DRAINING')) return;
    for (const service of cluster.services.values()) {
      if (service.schedulingStrategy === 'DAEMON') this.plane.serviceLoop.notice(service);
    }
  }

  private remove(instance: ContainerInstance, how: 'deregistered' | 'terminated'): void {
    const { plane } = this;
    const cluster = this.clusterOf(instance);
    instance.status = 'INACTIVE';
    instance.agentConnected = false;
    cluster.instances.delete(instance.id);
    for (const task of instance.tasks) {
      plane.launcher.kill(task, 'TerminationNotice', `Host EC2 (instance ${instance.ec2InstanceId}) ${how}.`);
    }
    if (instance.tasks.size === 0) plane.runtime.releaseAddress(instance.ec2InstanceId);
    this.wake(cluster);
  }

  private clusterOf({ clusterName }: ContainerInstance): Cluster {
    return this.plane.clusters.get(clusterName) as Cluster;
  }

  private attributes(
    cluster: Cluster,
    wanted: NewInstance,
    launchType: 'EC2' | 'EXTERNAL',
  ): Map<string, string | undefined> {
    const given = Object.entries(wanted.attributes ?? {});
    const zone = wanted.zone ?? `${this.plane.region}${'abc'[cluster.instances.size % 3]}`;
    // A registration by hand names few attributes: such an instance can do everything.
    const known = given.some(([name]) => isCapability(name)) ? [] : capabilities;
    return new Map<string, string | undefined>([
      ...known.map((name) => [name, undefined] as const),
      ['ecs.os-type', 'linux'],
      ['ecs.os-family', 'LINUX'],
      ['ecs.cpu-architecture', 'x86_64'],
      ...(launchType === 'EC2'
        ? ([
            ['ecs.instance-type', 'm5.large'],
            [zoneAttribute, zone],
          ] as const)
        : ([['ecs.capability.external', undefined]] as const)),
      ...given,
    ]);
  }
}
