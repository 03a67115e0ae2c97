import type { ExecuteCommandRequest } from '@aws-sdk/client-ecs';
import { nameOf } from '../arns';
import { findCluster } from '../clusters';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import type { Container, Task } from './task';

export interface ExecuteCommandResult {
  task: Task;
  container: Container;
  session: { sessionId: string; streamUrl: string; tokenValue: string };
}

const notReady =
  'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.';

/**
 * Opens a session as far as the API goes: nothing listens behind it.
 * @throws InvalidParameterException, TargetNotConnectedException
 */
export function executeCommand(plane: ControlPlane, request: ExecuteCommandRequest): ExecuteCommandResult {
  const cluster = findCluster(plane, request.cluster);
  const task = cluster.tasks.get(nameOf(request.task ?? ''));
  if (task === undefined) throw errors.taskNotFound();
  if (request.interactive !== true)
    throw errors.invalidParameter('Interactive is the only mode supported currently.');
  if (request.container === undefined && task.containers.length > 1) {
    throw errors.invalidParameter('Container name must be specified for tasks with more than one container.');
  }
  const container = task.containers.find(({ name }) => name === (request.container ?? name));
  if (container === undefined) {
    throw errors.invalidParameter(`No container named ${request.container ?? ''} was found in the task.`);
  }
  if (!task.enableExecuteCommand) throw errors.invalidParameter(notReady);
  if (!hasAgent(task, container)) throw errors.targetNotConnected(notReady);
  const sessionId = `ecs-execute-command-${plane.ids.digits(17)}`;
  return {
    task,
    container,
    session: {
      sessionId,
      streamUrl: `wss://ssmmessages.${plane.region}.amazonaws.com/v1/data-channel/${sessionId}?role=publish_subscribe`,
      tokenValue: plane.ids.digits(40),
    },
  };
}

/** The agent that opens shells runs as long as its container does. */
export function hasAgent(task: Task, container: Container): boolean {
  return task.enableExecuteCommand && container.status === 'RUNNING' && task.desiredStatus === 'RUNNING';
}
