import type { TaskOverride } from '@aws-sdk/client-ecs';
import type { TaskDefinitionBody } from '../task-definitions/task-definition';
import type { HostPort, Task } from '../tasks/task';
import type { ContainerInstance } from './instance';

/** What a task takes of the instance that it runs on. */
export interface Reservation {
  /** CPU units. */
  cpu: number;
  /** MiB. */
  memory: number;
  /** Host ports that it must have; `hostPort` 0 takes any free one. */
  ports: readonly HostPort[];
}

/** Host ports that Docker gives out where a definition names none. */
const ephemeral = { first: 49_153, last: 65_535 };

/**
 * The task's own size, else the sum of its containers': `memoryReservation` counts before `memory`.
 * Source: "Amazon ECS task definition parameters", developer guide.
 */
export function reservationOf(body: TaskDefinitionBody, overrides: TaskOverride = {}): Reservation {
  const containers = body.containerDefinitions ?? [];
  const overridden = (name: string | undefined) =>
    overrides.containerOverrides?.find((override) => override.name === name);
  const cpu = Number(overrides.cpu ?? body.cpu ?? NaN);
  const memory = Number(overrides.memory ?? body.memory ?? NaN);
  const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);
  return {
    cpu: Number.isNaN(cpu)
      ? sum(containers.map((container) => overridden(container.name)?.cpu ?? container.cpu ?? 0))
      : cpu,
    memory: Number.isNaN(memory)
      ? sum(
          containers.map((container) => {
            const { memory, memoryReservation } = {
              ...container,
              ...definedSizes(overridden(container.name)),
            };
            return memoryReservation ?? memory ?? 0;
          }),
        )
      : memory,
    ports: hostPorts(body),
  };
}

function definedSizes(
  override: { memory?: number | undefined; memoryReservation?: number | undefined } | undefined,
) {
  return {
    ...(override?.memory !== undefined && { memory: override.memory }),
    ...(override?.memoryReservation !== undefined && { memoryReservation: override.memoryReservation }),
  };
}

function hostPorts(body: TaskDefinitionBody): HostPort[] {
  const mode = body.networkMode ?? 'bridge';
  if (mode === 'awsvpc' || mode === 'none') return [];
  return (body.containerDefinitions ?? []).flatMap(({ name = '', portMappings }) =>
    (portMappings ?? []).map(({ containerPort = 0, hostPort = 0, protocol = 'tcp' }) => ({
      containerName: name,
      containerPort,
      hostPort: mode === 'host' ? containerPort : hostPort,
      protocol,
    })),
  );
}

/** What is left of an instance. */
export interface Room {
  cpu: number;
  memory: number;
  /** Taken ports, as `80/tcp`. */
  ports: Set<string>;
}

export function roomOf(instance: ContainerInstance): Room {
  const room: Room = {
    cpu: instance.cpu,
    memory: instance.memory,
    ports: new Set(instance.reservedPorts),
  };
  for (const task of instance.tasks) take(room, usedBy(task));
  return room;
}

/** Takes what something needs out of what is left. */
export function take(room: Room, reservation: Reservation): void {
  room.cpu -= reservation.cpu;
  room.memory -= reservation.memory;
  for (const port of reservation.ports) if (port.hostPort > 0) room.ports.add(portKey(port));
}

function usedBy(task: Task): Reservation {
  return { ...reservationOf(task.taskDefinition.body, task.overrides), ports: task.hostPorts };
}

/** What is short for a reservation; undefined where it fits. */
export function shortage(room: Room, reservation: Reservation): 'CPU' | 'MEMORY' | 'PORTS' | undefined {
  if (reservation.cpu > room.cpu) return 'CPU';
  if (reservation.memory > room.memory) return 'MEMORY';
  const taken = reservation.ports.some((port) => port.hostPort > 0 && room.ports.has(portKey(port)));
  return taken ? 'PORTS' : undefined;
}

/** The host ports of a task that is placed: what the definition leaves open gets a free port of the instance. */
export function assignPorts(instance: ContainerInstance, wanted: readonly HostPort[]): HostPort[] {
  if (wanted.length === 0) return [];
  const { ports } = roomOf(instance);
  for (const port of wanted) if (port.hostPort > 0) ports.add(portKey(port));
  return wanted.map((port) => {
    if (port.hostPort > 0) return port;
    // Onwards from the last one: a port comes back as late as possible, since its last target may still drain.
    for (let attempt = ephemeral.first; attempt <= ephemeral.last; attempt += 1) {
      instance.lastPort =
        instance.lastPort >= ephemeral.last || instance.lastPort < ephemeral.first
          ? ephemeral.first
          : instance.lastPort + 1;
      const assigned = { ...port, hostPort: instance.lastPort };
      if (ports.has(portKey(assigned))) continue;
      ports.add(portKey(assigned));
      return assigned;
    }
    throw new Error(`container instance ${instance.id} has no free host port left`);
  });
}

function portKey({ hostPort, protocol }: HostPort): string {
  return `${hostPort}/${protocol}`;
}
