import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { TaskHost } from './task-host';
import type { Task } from './task';

/** Where the awslogs driver writes a container's output; undefined with any other driver. */
export function logDestination(
  task: Task,
  definition: ContainerDefinition,
  runtimeId: string,
): { group: string; stream: string } | undefined {
  const configuration = definition.logConfiguration;
  const group = configuration?.options?.['awslogs-group'];
  if (configuration?.logDriver !== 'awslogs' || group === undefined) return undefined;
  const prefix = configuration.options?.['awslogs-stream-prefix'];
  return { group, stream: prefix === undefined ? runtimeId : `${prefix}/${definition.name}/${task.id}` };
}

/** Takes a container's lines to its log stream, with wall time as clients see it. */
export function logWriter(
  host: TaskHost,
  destination: { group: string; stream: string } | undefined,
): (line: string) => void {
  if (destination === undefined) return () => undefined;
  const { group, stream } = destination;
  return (message) => {
    const timestamp = Math.round(host.clock.toWire(host.clock.now()));
    host.surroundings.putLogEvents(group, stream, [{ timestamp, message }]);
  };
}
