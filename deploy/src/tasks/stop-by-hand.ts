import { confirm } from '../commands/confirm';
import { shortId, taskIdOf } from '../aws/tasks';
import type { Context } from '../context';
import { exitCodes, SlipwayError } from '../errors';
import { openService } from '../release/open-service';
import { currentRun } from '../release/record';
import type { DoneResult } from '../release/result';
import type { Target } from '../target';
import { stopTasks } from './follow-tasks';
import { findTasks, serviceTasks, taskSentence } from './service-tasks';

export interface StopByHandOptions {
  ids: readonly string[];
  reason: string | undefined;
  yes: boolean;
  dryRun: boolean;
}

/**
 * Stops tasks that a person names. The service replaces those of its own.
 * @throws SlipwayError TASK_NOT_FOUND, TASK_AMBIGUOUS, USAGE where it was not confirmed
 */
export async function stopByHand(
  context: Context,
  target: Target,
  { ids, reason, yes, dryRun }: StopByHandOptions,
): Promise<DoneResult> {
  const opened = openService(context, target);
  const { ofService, standalone } = await serviceTasks(opened);
  const tasks = findTasks([...ofService, ...standalone], ids);
  const left = tasks.filter(({ desiredStatus }) => desiredStatus !== 'STOPPED');
  const done = (outcome: DoneResult['outcome'], message: string, exitCode = 0): DoneResult => {
    const data = { tasks: left.map(taskIdOf) };
    return { kind: 'done', command: 'tasks', outcome, message, data, exitCode };
  };
  if (left.length === 0) return done('unchanged', `${tasks.map(taskSentence).join(', ')}: nothing to stop`);
  const replaced = left.some(({ group }) => group?.startsWith('service:') === true);
  const after = replaced ? `; ${target.service} starts others in their place` : '';
  const what = left.map(taskSentence).join(', ');
  if (dryRun) return done('planned', `would stop ${what}${after}`);
  if (!yes) {
    const short = left.map(shortId).join(' ');
    await confirm(context, `This stops ${what} in ${target.cluster}${after}.`, short, short);
  }
  if (context.signal.aborted)
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was stopped');
  const { actor } = await currentRun(context);
  const why = reason ?? `slipway tasks stop${actor === undefined ? '' : ` by ${actor}`}`;
  const failed = await stopTasks(opened.ecs, target.cluster, left, why);
  if (failed.length > 0)
    return done('failed', `could not stop ${failed.map(taskSentence).join(', ')}`, exitCodes.failed);
  return done('done', `asked ECS to stop ${what}${after}`);
}
