import type { Container, Task } from '@aws-sdk/client-ecs';

const KILLED = 137;

/** 128 + SIGKILL and 128 + SIGTERM: how a container ends that was only taken down with the others. */
const TAKEN_DOWN = new Set([KILLED, 143]);

/**
 * The container that a stopped task stopped for: one that ECS gives a reason for, else one that ended with an error of
 * its own, else one that ended by itself. Undefined where no container is to blame, as for a failed pull of none.
 */
export function culpritOf(task: Task): Container | undefined {
  const containers = task.containers ?? [];
  return (
    containers.find(({ reason }) => reason !== undefined && reason !== '') ??
    containers.find(
      ({ exitCode }) => exitCode !== undefined && exitCode !== 0 && !TAKEN_DOWN.has(exitCode),
    ) ??
    (task.stopCode === 'EssentialContainerExited'
      ? (containers.find(({ exitCode }) => exitCode === 0) ??
        containers.find(({ exitCode }) => exitCode === KILLED) ??
        containers.find(({ exitCode }) => exitCode !== undefined))
      : containers.find(({ healthStatus }) => healthStatus === 'UNHEALTHY'))
  );
}
