import { randomUUID } from 'node:crypto';
import {
  RunTaskCommand,
  type ECSClient,
  type Failure,
  type RunTaskCommandInput,
  type Task,
  type TaskOverride,
} from '@aws-sdk/client-ecs';
import { isException } from '../aws/ecs';
import { shortId } from '../aws/tasks';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { pollSeconds } from '../release/follow';
import { refused } from '../release/start';
import { pause } from '../release/watch';
import type { Placement } from './placement';

export interface StartTasksInput {
  ecs: ECSClient;
  context: Context;
  cluster: string;
  /** ARN, or family:revision. */
  taskDefinition: string;
  placement: Placement;
  overrides: TaskOverride;
  count: number;
  tags: readonly { key: string; value: string }[];
  /** Who started it; ends up in the task's startedBy. */
  actor: string | undefined;
}

/** Between two attempts to find room, in polls of two seconds: doubled each time up to the longest. */
const FIRST_POLLS = 1;
const LONGEST_POLLS = 15;
/** Two minutes at the usual pace. */
const PATIENCE_POLLS = 60;

/**
 * One RunTask for all of them. Where there is no room at this moment, what is missing is asked for again for two
 * minutes; each attempt has a client token of its own, so that an answer that got lost starts nothing twice.
 * @throws SlipwayError TASK_NOT_STARTED with ECS's own reasons, AWS_REFUSED, INTERRUPTED
 */
export async function startTasks(input: StartTasksInput): Promise<Task[]> {
  const { context, count } = input;
  const poll = pollSeconds(context.env);
  const started: Task[] = [];
  let waited = 0;
  let next = FIRST_POLLS;
  for (;;) {
    const { tasks, failures } = await attempt(input, count - started.length);
    started.push(...tasks);
    if (started.length >= count) return started;
    const why = sentenceOf(failures);
    if (waited >= PATIENCE_POLLS || !failures.every(isShortOfRoom)) throw notStarted(input, started, why);
    if (waited === 0)
      context.sink({
        type: 'note',
        level: 'warning',
        message: `no room for the task (${why}); trying again`,
      });
    await pause(next * poll, context.signal);
    waited += next;
    next = Math.min(LONGEST_POLLS, next * 2);
    if (context.signal.aborted) {
      const left = started.length === 0 ? '' : `; ${running(started)}`;
      throw new SlipwayError(
        'INTERRUPTED',
        `interrupted while there was no room for the task (${why})${left}`,
      );
    }
  }
}

async function attempt(
  input: StartTasksInput,
  count: number,
): Promise<{ tasks: Task[]; failures: Failure[] }> {
  const { ecs, cluster, taskDefinition, placement, overrides, actor } = input;
  const { tags: own, ...placed } = placement;
  const tags = [...own.filter(({ key }) => !key?.startsWith('aws:')), ...input.tags];
  const request: RunTaskCommandInput = {
    cluster,
    taskDefinition,
    ...placed,
    count,
    overrides,
    startedBy: startedBy(actor),
    clientToken: randomUUID(),
    ...(tags.length === 0 ? {} : { tags }),
  };
  return refused(
    `to run a task of ${taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1)}`,
    async () => {
      try {
        const { tasks = [], failures = [] } = await ecs.send(new RunTaskCommand(request));
        return { tasks, failures };
      } catch (error) {
        // Some lacks are said as an exception.
        if (!isException(error, 'InvalidParameterException', 'ClientException')) throw error;
        if (!CAPACITY.test(error.message)) throw error;
        return { tasks: [], failures: [{ reason: error.message }] };
      }
    },
  );
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
const CAPACITY =
  /^RESOURCE:|^AGENT$|capacity is unavailable|reached the limit|no container instances were found/i;

function isShortOfRoom({ reason = '' }: Failure): boolean {
  return CAPACITY.test(reason);
}

function sentenceOf(failures: readonly Failure[]): string {
  const reasons = new Set(
    failures.map(({ reason, detail }) => [reason ?? 'no reason given', detail].filter(Boolean).join(': ')),
  );
  return reasons.size === 0 ? 'ECS gave no reason' : [...reasons].join('; ');
}

function notStarted(
  { count, cluster }: StartTasksInput,
  started: readonly Task[],
  why: string,
): SlipwayError {
  const what = count === 1 ? 'the task' : `${count - started.length} of ${count} tasks`;
  const left = started.length === 0 ? '' : `; ${running(started)}`;
  return new SlipwayError('TASK_NOT_STARTED', `ECS could not start ${what} in ${cluster}: ${why}${left}`, {
    hint: hintFor(why),
  });
}

function hintFor(why: string): string {
  if (/^RESOURCE:|no container instances/i.test(why))
    return 'add container instances, or ask for less with --cpu and --memory';
  if (/reached the limit/i.test(why)) return 'stop other tasks, or ask AWS for a higher Fargate quota';
  if (/capacity is unavailable/i.test(why))
    return 'AWS has no room in these zones at the moment: try later, or allow more subnets';
  return 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html says what this means';
}

function running(tasks: readonly Task[]): string {
  return `${tasks.map(shortId).join(', ')} did start and ${tasks.length === 1 ? 'goes' : 'go'} on ("slipway tasks stop")`;
}

/** ECS takes at most 128 letters, digits, hyphens, slashes and underscores. */
function startedBy(actor: string | undefined): string {
  return `slipway/${(actor ?? 'unknown').replace(/[^\w/-]+/g, '-')}`.slice(0, 128);
}
