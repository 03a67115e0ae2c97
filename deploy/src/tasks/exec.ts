import { ExecuteCommandCommand, type Container, type Task } from '@aws-sdk/client-ecs';
import { describeTaskDefinition, isException } from '../aws/ecs';
import { shortId, taskIdOf } from '../aws/tasks';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { openService } from '../release/open-service';
import type { DoneResult } from '../release/result';
import type { Target } from '../target';
import { chooseContainer } from './container';
import { chooseTask } from './choose-task';
import type { PortForward } from './port-forward';
import { findPlugin, runPlugin, type PluginCall } from './session-manager-plugin';
import { serviceTasks } from './service-tasks';

export interface ExecOptions {
  task: string | undefined;
  container: string | undefined;
  /** As a shell reads it. */
  command: string;
  /** Instead of a command: a port of this machine that leads to one of the task. */
  forward: PortForward | undefined;
}

/**
 * A command in a container that runs, in this terminal.
 * @returns the session's exit status: ECS does not tell that of the command.
 * @throws SlipwayError SESSION_MANAGER_PLUGIN_MISSING, EXEC_DISABLED, EXEC_NOT_CONNECTED, TASK_NOT_FOUND, TASK_AMBIGUOUS
 */
export async function execInTask(
  context: Context,
  target: Target,
  options: ExecOptions,
): Promise<DoneResult> {
  const plugin = findPlugin(context);
  const opened = openService(context, target);
  const known = await serviceTasks(opened);
  const task = await chooseTask(context, known, options.task);
  if (task.enableExecuteCommand !== true) throw disabled(task, known.running.service.enableExecuteCommand);
  const described = await describeTaskDefinition(opened.ecs, task.taskDefinitionArn ?? '');
  const chosen = chooseContainer(
    described?.taskDefinition ?? known.running.taskDefinition,
    options.container,
  );
  const container = task.containers?.find(({ name }) => name === chosen.name);
  if (container?.runtimeId === undefined) throw notConnected(task, 'the container does not run');
  const call =
    options.forward === undefined
      ? await openShell(opened, task, container, options.command)
      : await openPort(context, task, container, options.forward, target);
  context.sink({
    type: 'phase',
    phase: 'run',
    message: `session in container ${container.name ?? ''} of task ${shortId(task)}`,
  });
  const exitCode = await runPlugin(context, plugin, { ...call, region: target.region });
  return {
    kind: 'done',
    command: 'exec',
    outcome: exitCode === 0 ? 'done' : 'failed',
    message: exitCode === 0 ? 'the session has ended' : `the session ended with exit status ${exitCode}`,
    data: { task: taskIdOf(task), container: container.name },
    exitCode,
  };
}

/** `ecs:cluster_task_runtime`, as Session Manager names a container. */
function targetOf(task: Task, { runtimeId = '' }: Container): string {
  const cluster = task.clusterArn?.slice(task.clusterArn.lastIndexOf('/') + 1) ?? '';
  return `ecs:${cluster}_${taskIdOf(task)}_${runtimeId}`;
}

async function openShell(
  { ecs, name }: ReturnType<typeof openService>,
  task: Task,
  container: Container,
  command: string,
): Promise<Omit<PluginCall, 'region'>> {
  try {
    const { session } = await ecs.send(
      new ExecuteCommandCommand({
        cluster: name.cluster,
        task: task.taskArn,
        container: container.name,
        command,
        interactive: true,
      }),
    );
    return { session: session ?? {}, request: { Target: targetOf(task, container) } };
  } catch (error) {
    if (isException(error, 'TargetNotConnectedException', 'InvalidParameterException'))
      throw notConnected(task, error.message, error);
    throw error;
  }
}

async function openPort(
  context: Context,
  task: Task,
  container: Container,
  forward: PortForward,
  { region }: Target,
): Promise<Omit<PluginCall, 'region'>> {
  const { startForwarding } = await import('./port-forward.ts');
  return startForwarding(context, region, targetOf(task, container), forward).catch((error: unknown) => {
    if (isException(error, 'TargetNotConnected')) throw notConnected(task, error.message, error);
    throw error;
  });
}

function disabled(task: Task, ofService: boolean | undefined): SlipwayError {
  return ofService === true
    ? new SlipwayError(
        'EXEC_DISABLED',
        `task ${shortId(task)} was started before the service had "enableExecuteCommand"`,
        { hint: 'replace the tasks with "slipway refresh", or take one that is younger' },
      )
    : new SlipwayError('EXEC_DISABLED', `"enableExecuteCommand" is off for task ${shortId(task)}`, {
        hint: 'set "enableExecuteCommand": true in the service definition, and deploy; tasks that run already stay without',
      });
}

function notConnected(task: Task, why: string, cause?: unknown): SlipwayError {
  return new SlipwayError('EXEC_NOT_CONNECTED', `task ${shortId(task)} takes no session: ${why}`, {
    hint: 'its task role needs ssmmessages:CreateControlChannel, CreateDataChannel, OpenControlChannel and OpenDataChannel, and its subnet a way to ssmmessages',
    cause,
  });
}
