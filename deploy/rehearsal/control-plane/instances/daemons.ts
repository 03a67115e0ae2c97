import type { Cluster } from '../cluster';
import type { Service } from '../services/service';
import { hasAttributes, meetsExpressions } from './constraints';
import { isOpen, type ContainerInstance } from './instance';
import { reservationOf, roomOf, shortage, type Reservation } from './reservation';

/**
 * The instances that a DAEMON service has a task on, or is to have one: those that are active and meet its
 * constraints, and those that drain as long as other tasks still run there.
 * Source: "Amazon ECS services, daemon", developer guide: daemon tasks are the first to start and the last to stop.
 */
export function daemonHosts(cluster: Cluster, service: Service): Set<ContainerInstance> {
  const hosts = new Set<ContainerInstance>();
  for (const instance of cluster.instances.values()) {
    if (isHost(service, instance) || outlives(service, instance)) hosts.add(instance);
  }
  return hosts;
}

/** Hosts without a task of the service, in the order of their registration. */
export function hostsWithout(cluster: Cluster, service: Service): ContainerInstance[] {
  return [...daemonHosts(cluster, service)].filter(
    (instance) =>
      instance.status === 'ACTIVE' && ![...instance.tasks].some((task) => task.service === service),
  );
}

/**
 * What other tasks must leave on an instance for daemon tasks that are not there at the moment; `first` while a
 * daemon service that has room there has not yet started its first task.
 */
export function daemonNeeds(
  cluster: Cluster,
  instance: ContainerInstance,
  asking: Service | undefined,
): readonly Reservation[] | 'first' {
  if (asking?.schedulingStrategy === 'DAEMON') return [];
  const needs: Reservation[] = [];
  for (const service of cluster.services.values()) {
    if (service.schedulingStrategy !== 'DAEMON' || service.status !== 'ACTIVE') continue;
    if (!isHost(service, instance)) continue;
    if ([...instance.tasks].some((task) => task.service === service && task.desiredStatus === 'RUNNING'))
      continue;
    const reservation = reservationOf(service.configuration.taskDefinition.body);
    if (instance.daemonsStarted.has(service.arn)) needs.push(reservation);
    else if (shortage(roomOf(instance), reservation) === undefined) return 'first';
  }
  return needs;
}

function isHost(service: Service, instance: ContainerInstance): boolean {
  const { taskDefinition, launchType, capacityProviderStrategy } = service.configuration;
  const providers = capacityProviderStrategy?.map(({ capacityProvider }) => capacityProvider);
  return (
    isOpen(instance) &&
    instance.launchType === (launchType === 'EXTERNAL' ? 'EXTERNAL' : 'EC2') &&
    (providers === undefined || providers.includes(instance.capacityProvider)) &&
    hasAttributes(instance, taskDefinition) &&
    meetsExpressions(instance, [
      ...(taskDefinition.body.placementConstraints ?? []),
      ...service.placementConstraints,
    ])
  );
}

/** On a draining instance a daemon task stays until all others are gone. */
function outlives(service: Service, instance: ContainerInstance): boolean {
  if (instance.status !== 'DRAINING') return false;
  const tasks = [...instance.tasks];
  return (
    tasks.some((task) => task.service === service && task.desiredStatus === 'RUNNING') &&
    tasks.some((task) => task.service?.schedulingStrategy !== 'DAEMON')
  );
}
