import type { PlacementConstraint, PlacementStrategy, TaskOverride } from '@aws-sdk/client-ecs';
import type { Cluster } from '../cluster';
import type { TaskDefinition } from '../task-definitions/task-definition';
import { hasAttributes, meetsExpressions } from './constraints';
import { daemonNeeds } from './daemons';
import { isOpen, zoneAttribute, type ContainerInstance } from './instance';
import { reservationOf, roomOf, shortage, take } from './reservation';
import type { Service } from '../services/service';

/** What an instance lacks for a task; `DAEMON` while a daemon task is to start there first. */
export type Lack =
  'DAEMON' | 'AGENT' | 'ATTRIBUTE' | 'CPU' | 'MEMORY' | 'PORTS' | 'MEMBER_OF' | 'DISTINCT_INSTANCE';

/** Why there is no room for a task. */
export type PlacementFailure =
  /** Of Fargate. */
  | { kind: 'reason'; reason: string }
  /** No instance is registered: in the cluster at all, or of the capacity provider. */
  | { kind: 'no-instance'; of: 'cluster' | 'provider' }
  /** None of the instances will do; the one that comes closest, and what it lacks. */
  | { kind: 'no-room'; closest: ContainerInstance; lack: Lack };

export interface Placement {
  cluster: Cluster;
  taskDefinition: TaskDefinition;
  launchType: 'EC2' | 'EXTERNAL';
  capacityProvider: string | undefined;
  group: string;
  overrides: TaskOverride;
  constraints: readonly PlacementConstraint[];
  strategies: readonly PlacementStrategy[];
  service: Service | undefined;
  /** At least 0, below 1. */
  random: () => number;
}

/**
 * Finds the instance for one task: those with room that meet all constraints, sorted by the strategies in their order.
 * Source: "How Amazon ECS places tasks on container instances", developer guide.
 */
export function place(placement: Placement): { instance: ContainerInstance } | { failure: PlacementFailure } {
  const candidates = candidatesOf(placement);
  if (candidates.length === 0) {
    const of = placement.capacityProvider === undefined ? 'cluster' : 'provider';
    return { failure: { kind: 'no-instance', of } };
  }
  const usable: ContainerInstance[] = [];
  let closest: { instance: ContainerInstance; lack: Lack } | undefined;
  for (const instance of candidates) {
    const lack = lackOf(placement, instance);
    if (lack === undefined) usable.push(instance);
    else if (closest === undefined || stages.indexOf(lack) > stages.indexOf(closest.lack)) {
      closest = { instance, lack };
    }
  }
  const instance = choose(placement, usable);
  if (instance !== undefined) return { instance };
  const { instance: nearest, lack } = closest as { instance: ContainerInstance; lack: Lack };
  return { failure: { kind: 'no-room', closest: nearest, lack } };
}

/** What is looked at, in this order: the instance that gets furthest is the closest match. */
const stages: readonly Lack[] = [
  'DAEMON',
  'AGENT',
  'ATTRIBUTE',
  'MEMBER_OF',
  'DISTINCT_INSTANCE',
  'CPU',
  'MEMORY',
  'PORTS',
];

function candidatesOf({ cluster, launchType, capacityProvider }: Placement): ContainerInstance[] {
  return [...cluster.instances.values()].filter(
    (instance) =>
      instance.status === 'ACTIVE' &&
      instance.launchType === launchType &&
      (capacityProvider === undefined || instance.capacityProvider === capacityProvider),
  );
}

/** What keeps a task off an instance; undefined where nothing does. */
export function lackOf(placement: Placement, instance: ContainerInstance): Lack | undefined {
  const { taskDefinition, constraints, group } = placement;
  if (!isOpen(instance)) return 'AGENT';
  if (!hasAttributes(instance, taskDefinition)) return 'ATTRIBUTE';
  if (!meetsExpressions(instance, [...(taskDefinition.body.placementConstraints ?? []), ...constraints])) {
    return 'MEMBER_OF';
  }
  const distinct = constraints.some(({ type }) => type === 'distinctInstance');
  if (distinct && [...instance.tasks].some((task) => task.group === group)) return 'DISTINCT_INSTANCE';
  const room = roomOf(instance);
  const daemons = daemonNeeds(placement.cluster, instance, placement.service);
  if (daemons === 'first') return 'DAEMON';
  for (const reservation of daemons) take(room, reservation);
  return shortage(room, reservationOf(taskDefinition.body, placement.overrides));
}

function choose(placement: Placement, usable: readonly ContainerInstance[]): ContainerInstance | undefined {
  const strategies =
    placement.strategies.length > 0
      ? placement.strategies
      : placement.service === undefined
        ? [{ type: 'random' as const }]
        : [{ type: 'spread' as const, field: `attribute:${zoneAttribute}` }];
  let best = usable;
  for (const { type, field = '' } of strategies) {
    if (best.length <= 1) break;
    if (type === 'random') {
      best = best.slice(Math.floor(placement.random() * best.length)).slice(0, 1);
    } else if (type === 'binpack') {
      const left = (instance: ContainerInstance) =>
        roomOf(instance)[field.toLowerCase() === 'cpu' ? 'cpu' : 'memory'];
      best = least(best, left);
    } else {
      best = least(best, (instance) => crowd(placement, instance, field));
    }
  }
  // Among equals the one with the fewest tasks of the group, then the one that registered first.
  return least(best, (instance) => crowd(placement, instance, 'instanceId'))[0];
}

function least(
  instances: readonly ContainerInstance[],
  amount: (instance: ContainerInstance) => number,
): ContainerInstance[] {
  const amounts = instances.map(amount);
  const lowest = Math.min(...amounts);
  return instances.filter((_instance, index) => amounts[index] === lowest);
}

/** How many tasks of the group that are to run share the field's value with this instance. */
function crowd({ cluster, group }: Placement, instance: ContainerInstance, field: string): number {
  const name = /^attribute:(.+)$/.exec(field)?.[1];
  let count = 0;
  for (const other of cluster.instances.values()) {
    const together =
      name === undefined ? other === instance : other.attributes.get(name) === instance.attributes.get(name);
    if (!together) continue;
    for (const task of other.tasks) if (task.group === group && task.desiredStatus === 'RUNNING') count += 1;
  }
  return count;
}
