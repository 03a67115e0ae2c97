import fc from 'fast-check';
import { reservationOf } from '../../rehearsal/control-plane/instances/reservation';
import type { Task } from '../../rehearsal/control-plane/tasks/task';
import { addInstances } from './ec2';
import type { Simulation } from './simulation';

/** The container instances that a random history begins with. */
export interface Room {
  instances: number;
  /** CPU units of each; a task takes 256. */
  cpu: number;
}

export const room: fc.Arbitrary<Room | undefined> = fc.option(
  fc.record({ instances: fc.integer({ min: 0, max: 3 }), cpu: fc.constantFrom(256, 768, 2048) }),
  { nil: undefined, freq: 2 },
);

export type InstanceStep =
  { do: 'add-instance' } | { do: 'drain'; pick: number } | { do: 'activate'; pick: number };

export const instanceStep: fc.Arbitrary<InstanceStep> = fc.oneof(
  fc.constant({ do: 'add-instance' as const }),
  fc.record({ do: fc.constant('drain' as const), pick: fc.nat(5) }),
  fc.record({ do: fc.constant('activate' as const), pick: fc.nat(5) }),
);

export function beginRoom(simulation: Simulation, { instances, cpu }: Room): void {
  for (let i = 0; i < instances; i += 1) addInstances(simulation, { cpu });
}

export function changeInstances(simulation: Simulation, { cpu }: Room, step: InstanceStep): void {
  if (step.do === 'add-instance') {
    addInstances(simulation, { cpu });
    return;
  }
  const { containerInstanceArns } = simulation.call('ListContainerInstances', { cluster: 'main' });
  const chosen = containerInstanceArns[step.pick % Math.max(1, containerInstanceArns.length)];
  if (chosen === undefined) return;
  simulation.call('UpdateContainerInstancesState', {
    cluster: 'main',
    containerInstances: [chosen],
    status: step.do === 'drain' ? 'DRAINING' : 'ACTIVE',
  });
}

/** Holds placement to its promises: nothing beyond the room of an instance, no port twice, nothing new where it drains. */
export function checkInstances(simulation: Simulation, known: ReadonlySet<Task>): void {
  for (const instance of simulation.plane.clusters.get('main')?.instances.values() ?? []) {
    let cpu = 0;
    let memory = 0;
    const ports = new Set<number>();
    for (const task of instance.tasks) {
      const taken = reservationOf(task.taskDefinition.body, task.overrides);
      cpu += taken.cpu;
      memory += taken.memory;
      for (const { hostPort } of task.hostPorts) {
        if (ports.has(hostPort))
          throw new Error(`host port ${hostPort} was given out twice on ${instance.id}`);
        ports.add(hostPort);
      }
      if (instance.status !== 'ACTIVE' && !known.has(task))
        throw new Error(`a task was placed on ${instance.id}, which is ${instance.status}`);
    }
    if (cpu > instance.cpu || memory > instance.memory) {
      throw new Error(
        `the tasks of ${instance.id} take ${cpu} CPU units and ${memory} MiB, but it has ${instance.cpu} and ${instance.memory}`,
      );
    }
  }
}
