import { delimiter, dirname } from 'node:path';
import { mapPath } from './command';
import type { ContainerLaunch } from './runtime';

/** In a container these mean its own interface, which here is the address of the task. */
const everywhere = new Set(['0.0.0.0', '::', '[::]']);

/** Without these no program runs on Windows. */
const windowsNames = ['SystemRoot', 'SystemDrive', 'COMSPEC', 'PATHEXT', 'TEMP', 'TMP'];

/**
 * All variables of a container: the image's, above them the definition's, and what the rehearsal sets where neither
 * does. Nothing of this process's own environment but PATH.
 *
 * HOST is the task's address, also in place of 0.0.0.0. PORT is the first container port; where ports are mapped, a
 * PORT that is a container port is the port that stands for it.
 */
export function containerEnvironment(
  launch: ContainerLaunch,
  root: string,
  hostPort: (containerPort: number) => number,
): Record<string, string> {
  const own: Record<string, string> = { ...launch.image.environment, ...launch.environment };
  const port = own.PORT ?? launch.containerPorts[0]?.toString();
  const containerPort = launch.containerPorts.find((candidate) => String(candidate) === port);
  const host = own.HOST === undefined || everywhere.has(own.HOST) ? launch.address : own.HOST;
  const system = process.platform === 'win32' ? windowsNames : [];
  return {
    ...Object.fromEntries(
      system.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
    HOME: root,
    ...own,
    HOST: host,
    ...(port === undefined
      ? {}
      : { PORT: containerPort === undefined ? port : String(hostPort(containerPort)) }),
    PATH: searchPath(own.PATH, root),
  };
}

/** The image's own folders, as far as it has them; then Node's, then those of this machine. */
function searchPath(own: string | undefined, root: string): string {
  const image = (own ?? '').split(':').filter((entry) => mapPath(entry, root) !== entry);
  const system = process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  return [...image.map((entry) => mapPath(entry, root)), dirname(process.execPath), system].join(delimiter);
}
