import { StopTaskCommand, type ECSClient, type Task } from '@aws-sdk/client-ecs';
import type { ClientOptions } from '../aws/clients';
import { Patience } from '../aws/patience';
import { describeTasks, shortId, taskIdOf } from '../aws/tasks';
import type { Context } from '../context';
import { pollSeconds } from '../release/follow';
import type { Redact } from '../release/redact';
import { pause } from '../release/watch';
import { failureOf } from '../aws/failures';
import type { LogSource } from './log-source';

export interface FollowTasksInput {
  /** One that never asks twice. */
  poller: ECSClient;
  context: Context;
  cluster: string;
  tasks: readonly Task[];
  until: 'running' | 'stopped';
  /** Of the container whose lines are shown; undefined where they are not in CloudWatch Logs. */
  log: LogSource | undefined;
  timeoutSeconds: number;
  redact: Redact;
  /** Name of the release step that they carry out. */
  step?: string;
}

export interface FollowedTasks {
  end: 'reached' | 'timeout' | 'interrupted';
  /** As they were seen last, in the order in which they were given. */
  tasks: readonly Task[];
}

/** Polls that may not find a task that was just started. */
const MISSING = 30;

/** Follows tasks to a state, and shows what one of their containers writes. Ends early by signal and time. */
export async function followTasks(input: FollowTasksInput): Promise<FollowedTasks> {
  const { context, timeoutSeconds, tasks } = input;
  const names = tasks.map(shortId).join(', ');
  const patience = new Patience(
    pollSeconds(context.env),
    context.sink,
    `task ${names} goes on in ECS; "slipway tasks" shows it`,
  );
  const logs = await Promise.all(tasks.map((task) => openLog(input, task)));
  const seen = new Map(tasks.map((task) => [taskIdOf(task), task]));
  const startedAt = performance.now();
  let missing = 0;
  try {
    for (;;) {
      try {
        const found = await describeTasks(input.poller, input.cluster, [...seen.values()].map(arnOf));
        patience.answered();
        missing = found.length < tasks.length ? missing + 1 : 0;
        for (const task of found) {
          announce(input, seen.get(taskIdOf(task)), task);
          seen.set(taskIdOf(task), task);
        }
      } catch (error) {
        patience.failed(error);
      }
      await Promise.all(logs.flatMap((log) => log?.show() ?? []));
      const now = [...seen.values()];
      if (now.every((task) => hasReached(task, input.until)) || missing > MISSING)
        return { end: 'reached', tasks: await withLastLines(input, now, logs) };
      if (context.signal.aborted) return { end: 'interrupted', tasks: now };
      const left = timeoutSeconds - (performance.now() - startedAt) / 1000;
      if (left <= 0) return { end: 'timeout', tasks: now };
      await pause(Math.min(patience.interval, left), context.signal);
    }
  } finally {
    logs.forEach((log) => log?.close());
  }
}

/** Asks ECS to stop tasks. @returns those that it could not ask for. */
export async function stopTasks(
  ecs: ECSClient,
  cluster: string,
  tasks: readonly Task[],
  reason: string,
): Promise<Task[]> {
  const left = tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const answers = await Promise.allSettled(
    left.map((task) => ecs.send(new StopTaskCommand({ cluster, task: arnOf(task), reason }))),
  );
  return left.filter((_task, index) => answers[index]?.status === 'rejected');
}

const arnOf = ({ taskArn = '' }: Task) => taskArn;

function hasReached({ lastStatus }: Task, until: 'running' | 'stopped'): boolean {
  return lastStatus === 'STOPPED' || (until === 'running' && lastStatus === 'RUNNING');
}

function announce({ context, step }: FollowTasksInput, before: Task | undefined, now: Task): void {
  if (before?.lastStatus === now.lastStatus || now.lastStatus !== 'RUNNING') return;
  const message = `task ${shortId(now)} runs${step === undefined ? '' : ` (${step})`}`;
  context.sink({ type: 'phase', phase: step === undefined ? 'run' : 'step', message });
}

/** The last lines may come a moment after the end of the task. */
async function withLastLines(
  { context, until }: FollowTasksInput,
  tasks: readonly Task[],
  logs: readonly (OpenLog | undefined)[],
): Promise<readonly Task[]> {
  if (until === 'running') return tasks;
  const empty = logs.filter((log, index) => log?.lines === 0 && tasks[index]?.startedAt !== undefined);
  if (empty.length > 0) await pause(pollSeconds(context.env), context.signal);
  await Promise.all(logs.flatMap((log) => log?.show() ?? []));
  return tasks;
}

interface OpenLog {
  lines: number;
  show(): Promise<void>;
  close(): void;
}

/** What may not be read is said once, and ends nothing. */
async function openLog(input: FollowTasksInput, task: Task): Promise<OpenLog | undefined> {
  const { log: source, context, redact, step, tasks } = input;
  if (source === undefined) return undefined;
  const { LogTail } = await import('../aws/log-events.ts');
  const options: ClientOptions = { region: source.region, env: context.env };
  const id = taskIdOf(task);
  const tail = new LogTail(options, {
    logGroupName: source.logGroupName,
    logStreamName: `${source.streamPrefix}${id}`,
  });
  let refused = false;
  const log: OpenLog = {
    lines: 0,
    show: async () => {
      if (refused) return;
      try {
        for (const { at, line } of await tail.read()) {
          log.lines += 1;
          context.sink({
            type: 'log',
            at,
            task: id,
            container: source.container,
            line: redact(line),
            ...(tasks.length > 1 ? { prefix: shortId(task) } : {}),
            ...(step === undefined ? {} : { step }),
          });
        }
      } catch (error) {
        if (failureOf(error) !== 'denied') return;
        refused = true;
        const why = error instanceof Error ? error.message : String(error);
        context.sink({ type: 'note', level: 'warning', message: `no log lines: ${why}` });
      }
    },
    close: () => tail.close(),
  };
  return log;
}
