import { createInterface } from 'node:readline/promises';
import type { Task } from '@aws-sdk/client-ecs';
import { shortId } from '../aws/tasks';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { findTask, taskSentence, type ServiceTasks } from './service-tasks';

/**
 * The running task that a command is about: the one that was named, else the only one; in a terminal a person chooses.
 * @throws SlipwayError TASK_NOT_FOUND, TASK_AMBIGUOUS, INTERRUPTED
 */
export async function chooseTask(
  context: Context,
  { ofService, standalone }: ServiceTasks,
  named: string | undefined,
): Promise<Task> {
  if (named !== undefined) {
    const task = findTask([...ofService, ...standalone], named);
    if (isRunning(task)) return task;
    throw new SlipwayError('TASK_NOT_FOUND', `task ${taskSentence(task)} does not run`, {
      hint: '"slipway tasks" lists those that do',
    });
  }
  const running = ofService.filter(isRunning);
  const [only] = running;
  if (only === undefined)
    throw new SlipwayError('TASK_NOT_FOUND', 'no task of the service runs', {
      hint: '"slipway status" says why; a one-off task is named with --task',
    });
  if (running.length === 1) return only;
  if (!context.isTerminal)
    throw new SlipwayError(
      'TASK_AMBIGUOUS',
      `${running.length} tasks run: ${running.map(shortId).join(', ')}`,
      { hint: `name one with --task ${shortId(only)}` },
    );
  return ask(context, running);
}

const isRunning = ({ lastStatus }: Task) => lastStatus === 'RUNNING';

async function ask(context: Context, tasks: readonly Task[]): Promise<Task> {
  const prompt = createInterface({ input: process.stdin });
  try {
    const lines = tasks.map(
      (task, index) => `  ${index + 1}  ${taskSentence(task)}, ${task.availabilityZone ?? ''}\n`,
    );
    context.stderr(`${lines.join('')}Which task (1 to ${tasks.length})? `);
    const answer = (await prompt.question('', { signal: context.signal })).trim();
    return tasks[Number(answer) - 1] ?? findTask(tasks, answer === '' ? '-' : answer);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new SlipwayError('INTERRUPTED', 'interrupted before a session was opened');
  } finally {
    prompt.close();
  }
}
