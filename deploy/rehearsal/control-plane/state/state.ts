import type { ControlPlane } from '../control-plane';
import type { CapacityProvider, Cluster } from '../cluster';
import type { TaskDefinitionFamily } from '../task-definitions/task-definition';
import type { RunTaskToken } from '../tasks/run-task';
import type { Task } from '../tasks/task';
import { decodeGraph, encodeGraph, type Json } from './graph';

/** A control plane as plain JSON, to be kept in a file. */
export interface ControlPlaneState {
  version: 1;
  accountId: string;
  region: string;
  /** Milliseconds of the clock; all instants in `held` are of the same clock. */
  savedAt: number;
  /** Where the ids go on. */
  ids: number;
  /** Clusters with their services, tasks and instances; task definitions; the rest of the account. */
  held: Json;
}

interface Held {
  clusters: Map<string, Cluster>;
  families: Map<string, TaskDefinitionFamily>;
  capacityProviders: Map<string, CapacityProvider>;
  accountSettings: Map<string, string>;
  runTaskTokens: Map<string, RunTaskToken>;
}

/** Everything that ECS knows now. What faults are on, and what lies around ECS, is not in it. */
export function saveState(plane: ControlPlane): ControlPlaneState {
  const { clusters, families, capacityProviders, accountSettings, runTaskTokens } = plane;
  const held: Held = { clusters, families, capacityProviders, accountSettings, runTaskTokens };
  return {
    version: 1,
    accountId: plane.accountId,
    region: plane.region,
    savedAt: plane.clock.now(),
    ids: plane.ids.position,
    held: encodeGraph(held),
  };
}

/**
 * Brings a state into a control plane that has none yet, and sets it going: as if no time had passed since it was
 * saved, so every instant is moved by the difference of the clocks. Processes do not survive: the containers of tasks
 * that run, or are to, are started anew under the same task, at new addresses, and their targets are registered again
 * without an event; tasks on their way out have ended.
 * @throws Error for a state of another version, account or region, and for a control plane that holds something.
 */
export function loadState(plane: ControlPlane, state: ControlPlaneState): void {
  check(plane, state);
  const moved = plane.clock.now() - state.savedAt;
  const held = decodeGraph(state.held, (name, value) =>
    isInstant(name) && value > 0 ? value + moved : value,
  ) as Held;
  plane.ids.position = state.ids;
  copy(held.families, plane.families);
  copy(held.capacityProviders, plane.capacityProviders);
  copy(held.accountSettings, plane.accountSettings);
  copy(held.runTaskTokens, plane.runTaskTokens);
  copy(held.clusters, plane.clusters);
  for (const cluster of plane.clusters.values()) {
    for (const instance of cluster.instances.values())
      instance.address = plane.runtime.allocateAddress(instance.ec2InstanceId);
    for (const task of cluster.tasks.values()) settle(plane, task);
    for (const service of cluster.services.values()) {
      if (service.status === 'INACTIVE') continue;
      plane.watchTargets(service);
      plane.serviceLoop.resume(service);
    }
  }
  const tasks = [...plane.clusters.values()].flatMap((cluster) => [...cluster.tasks.values()]);
  plane.launcher.resume(tasks);
}

function check(plane: ControlPlane, { version, accountId, region }: ControlPlaneState): void {
  if ((version as number) !== 1)
    throw new Error(`the state has version ${String(version)}: this rehearsal reads version 1`);
  if (accountId !== plane.accountId || region !== plane.region) {
    throw new Error(
      `the state is of account ${accountId} in ${region}, and the rehearsal of ${plane.accountId} in ${plane.region}`,
    );
  }
  if (plane.clusters.size > 0 || plane.families.size > 0)
    throw new Error(
      'a state can only be loaded into a rehearsal that holds no cluster and no task definition',
    );
}

/** Members that hold an instant of the clock, by their name; `repeated` is a map of them. */
function isInstant(name: string): boolean {
  return /(At|Since|Until)$/.test(name) || ['until', 'lastStep', 'nextStep', 'repeated'].includes(name);
}

function copy<Value>(from: ReadonlyMap<string, Value>, to: Map<string, Value>): void {
  for (const [key, value] of from) to.set(key, value);
}

/** Gives a task an address here, and its targets with it. */
function settle(plane: ControlPlane, task: Task): void {
  if (task.lastStatus === 'STOPPED') return;
  const { instance } = task;
  const own = instance === undefined || task.taskDefinition.body.networkMode === 'awsvpc';
  const before = task.address;
  task.address = own ? plane.runtime.allocateAddress(task.id) : instance.address;
  for (const binding of task.bindings) {
    if (binding.targetId === before) {
      binding.targetId = task.address;
      binding.port = plane.runtime.hostPort(task.id, binding.containerPort);
    }
    if (task.targets === 'registered' && task.desiredStatus === 'RUNNING') {
      const { targetGroupArn, targetId, port } = binding;
      plane.surroundings.registerTarget(targetGroupArn, { id: targetId, port });
    }
  }
}
