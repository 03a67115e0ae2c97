import type { ControlPlane } from '../control-plane/control-plane';
import { containerMetadata } from '../control-plane/tasks/metadata';
import type { Message } from './operation';
import type { WireRequest, WireResponse } from './wire';

/** Path of the endpoint that a container is given in `ECS_CONTAINER_METADATA_URI_V4`. */
export const metadataPath = (runtimeId: string): string => `/v4/${runtimeId}`;

/**
 * The container metadata endpoint, version 4: `/v4/ID`, `/task`, `/taskWithTags`, `/stats` and `/task/stats`. Undefined
 * for a request that is not for it. Figures of CPU and memory are not taken: their members are there and empty.
 * Source: "Amazon ECS task metadata endpoint version 4", developer guide.
 */
export function answerMetadata(plane: ControlPlane, request: WireRequest): WireResponse | undefined {
  const [, id, rest = ''] = /^\/v4\/([^/]+)(\/.*)?$/.exec(request.path) ?? [];
  if (id === undefined || request.method !== 'GET' || request.headers.authorization !== undefined) {
    return undefined;
  }
  const body = lookUp(plane, id, rest.replace(/\/$/, ''));
  if (body !== undefined) {
    return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  }
  const message = `V4 container metadata handler: unable to get container ID from request: unable to get docker ID from v3 endpoint ID: ${id}`;
  return { status: 404, headers: { 'content-type': 'application/json' }, body: JSON.stringify(message) };
}

function lookUp(plane: ControlPlane, id: string, path: string): Message | undefined {
  switch (path) {
    case '/stats':
      return stats(plane, containerMetadata(plane, id, ''));
    case '/task/stats': {
      const task = containerMetadata(plane, id, '/task');
      const containers = (task?.Containers ?? []) as Message[];
      const entries = containers.map((container) => [String(container.DockerId), stats(plane, container)]);
      return task && (Object.fromEntries(entries) as Message);
    }
    case '/taskWithTags':
      return containerMetadata(plane, id, '/taskWithTags') ?? containerMetadata(plane, id, '/task');
    default:
      return containerMetadata(plane, id, path);
  }
}

/** Docker's shape. */
function stats(plane: ControlPlane, container: Message | undefined): Message | undefined {
  return (
    container && {
      read: new Date(plane.clock.toWire(plane.clock.now())).toISOString(),
      preread: '0001-01-01T00:00:00Z',
      name: container.DockerName,
      id: container.DockerId,
      num_procs: 0,
      pids_stats: {},
      cpu_stats: { cpu_usage: {}, throttling_data: {} },
      precpu_stats: { cpu_usage: {}, throttling_data: {} },
      memory_stats: {},
      networks: {},
    }
  );
}
