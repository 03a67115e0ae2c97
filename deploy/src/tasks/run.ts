import type { ContainerDefinition, Task, TaskDefinition, TaskOverride } from '@aws-sdk/client-ecs';
import { revisionName } from '../aws/ecs';
import { shortId, taskIdOf } from '../aws/tasks';
import type { Context } from '../context';
import { logRedactor } from '../causes/redact-log';
import { exitCodes, SlipwayError } from '../errors';
import { openService, type OpenService } from '../release/open-service';
import { currentRun } from '../release/record';
import { redactor } from '../release/redact';
import type { DoneResult } from '../release/result';
import type { RenderedTarget, Target } from '../target';
import { joinWords } from './command-line';
import { chooseContainer } from './container';
import { followTasks, stopTasks } from './follow-tasks';
import { logSourceOf } from './log-source';
import { placementOf, type Placement } from './placement';
import { dropRevision, runRevision, type Which } from './run-revision';
import { startTasks } from './start-tasks';
import { ranSeconds, taskEnd, type TaskEnd } from './task-end';

export interface RunOptions {
  which: Which;
  container: string | undefined;
  /** Empty where the image's own command is to run. */
  command: readonly string[];
  count: number;
  /** CPU units and MiB of the whole task. */
  cpu: string | undefined;
  memory: string | undefined;
  environment: Readonly<Record<string, string>>;
  tags: readonly { key: string; value: string }[];
  waitUntil: 'running' | 'stopped';
  detach: boolean;
  dryRun: boolean;
  timeoutSeconds: number;
}

/** What a run works with once it is decided. */
interface Prepared {
  context: Context;
  target: Target;
  opened: OpenService;
  options: RunOptions;
  taskDefinition: TaskDefinition;
  container: ContainerDefinition;
  placement: Placement;
  actor: string | undefined;
}

/**
 * A one-off task with the service's network: started, followed, its lines shown as they come.
 * @returns the container's own exit status as exit code.
 * @throws SlipwayError TASK_NOT_STARTED with the cause where the container never ran, INTERRUPTED once it is stopped
 */
export async function runOnce(
  context: Context,
  target: Target | RenderedTarget,
  options: RunOptions,
): Promise<DoneResult> {
  const opened = openService(context, target);
  const run = await currentRun(context);
  const revision = await runRevision(context, target, opened, options.which, { dryRun: options.dryRun, run });
  const { taskDefinition, running } = revision;
  const definition = 'definitions' in target ? target.definitions.service?.value : undefined;
  const prepared = (): Prepared => ({
    context,
    target,
    opened,
    options,
    taskDefinition,
    container: chooseContainer(taskDefinition, options.container),
    placement: placementOf(running?.service, running === undefined ? definition : undefined),
    actor: run.actor,
  });
  if (options.dryRun) return planned(prepared());
  try {
    return await carryOut(prepared());
  } finally {
    if (revision.own) await dropRevision(context, opened, taskDefinition);
  }
}

async function carryOut(prepared: Prepared): Promise<DoneResult> {
  const { context, target, opened, options, taskDefinition, container, placement, actor } = prepared;
  const { sink } = context;
  if (context.signal.aborted) throw new SlipwayError('INTERRUPTED', 'interrupted before a task was started');
  const revision = revisionName(taskDefinition.taskDefinitionArn ?? '');
  const tasks = await startTasks({
    ecs: opened.ecs,
    context,
    cluster: target.cluster,
    taskDefinition: taskDefinition.taskDefinitionArn ?? '',
    placement,
    overrides: overridesOf(options, container),
    count: options.count,
    tags: options.tags,
    actor,
  });
  const ids = tasks.map(shortId).join(', ');
  sink({ type: 'phase', phase: 'run', message: `${revision} as task ${ids} in ${target.cluster}` });
  const done = (
    outcome: DoneResult['outcome'],
    message: string,
    exitCode: number,
    ends: readonly TaskEnd[] | readonly Task[],
  ): DoneResult => {
    const data = { taskDefinition: revision, container: container.name, tasks: ends.map(itemOf) };
    return { kind: 'done', command: 'run', outcome, message, data, exitCode };
  };
  if (options.detach) return done('started', `started task ${ids} of ${revision}`, 0, tasks);

  const source = logSourceOf(container, target.region);
  if (typeof source === 'string')
    sink({ type: 'note', level: 'warning', message: `no log lines: ${source}` });
  const redact = logRedactor(redactor(target.outputs), taskDefinition);
  const followed = await followTasks({
    poller: opened.poller,
    context,
    cluster: target.cluster,
    tasks,
    until: options.waitUntil,
    log: typeof source === 'string' ? undefined : source,
    timeoutSeconds: options.timeoutSeconds,
    redact,
  });
  if (followed.end === 'interrupted') throw await interrupted(prepared, followed.tasks);
  if (followed.end === 'timeout') {
    const message = `task ${ids} has not ${options.waitUntil === 'running' ? 'started' : 'ended'} after ${Math.round(options.timeoutSeconds)} s and goes on; "slipway tasks stop" stops it`;
    return done('in-progress', message, exitCodes.timedOut, followed.tasks);
  }
  if (options.waitUntil === 'running' && followed.tasks.every(({ startedAt }) => startedAt !== undefined)) {
    const over = followed.tasks.every(({ lastStatus }) => lastStatus === 'RUNNING');
    if (over) return done('done', `task ${ids} of ${revision} runs`, 0, followed.tasks);
  }
  const look = { ecs: opened.ecs, context, region: target.region, redact };
  const ends: TaskEnd[] = [];
  for (const task of followed.tasks)
    ends.push(await taskEnd(task, container.name ?? '', taskDefinition, look));
  return ended(ends, container.name ?? '', done);
}

function ended(
  ends: readonly TaskEnd[],
  container: string,
  done: (
    outcome: DoneResult['outcome'],
    message: string,
    exitCode: number,
    ends: readonly TaskEnd[],
  ) => DoneResult,
): DoneResult {
  const bad = ends.filter(({ exitCode }) => exitCode !== 0);
  const unknown = bad.find(({ exitCode }) => exitCode === undefined);
  if (unknown !== undefined) throw neverRan(unknown, container);
  const sentences = ends.map(({ task, exitCode, explanation }) => {
    const ran = ranSeconds(task);
    const after = ran === undefined ? '' : ` after ${ran < 10 ? Number(ran.toFixed(1)) : Math.round(ran)} s`;
    const why = explanation === undefined ? '' : `: ${explanation.cause}`;
    return `task ${shortId(task)} ended with exit status ${exitCode ?? ''}${after}${why}`;
  });
  const exitCode = bad[0]?.exitCode ?? 0;
  return done(exitCode === 0 ? 'done' : 'failed', sentences.join('\n'), exitCode, ends);
}

function neverRan({ task, explanation }: TaskEnd, container: string): SlipwayError {
  if (task.lastStatus !== 'STOPPED')
    return new SlipwayError('TASK_NOT_FOUND', `ECS knows task ${shortId(task)} no longer`);
  const what =
    task.startedAt === undefined ? 'did not start' : `stopped, and container ${container} never ran`;
  return new SlipwayError(
    'TASK_NOT_STARTED',
    `task ${shortId(task)} ${what}: ${explanation?.cause ?? 'ECS gave no reason'}`,
    explanation?.fix === undefined ? {} : { hint: explanation.fix },
  );
}

async function interrupted(
  { opened, target, actor }: Prepared,
  tasks: readonly Task[],
): Promise<SlipwayError> {
  const ids = tasks.map(shortId).join(', ');
  const reason = `slipway run was interrupted${actor === undefined ? '' : ` by ${actor}`}`;
  const left = await stopTasks(opened.ecs, target.cluster, tasks, reason);
  if (left.length === 0) return new SlipwayError('INTERRUPTED', `interrupted; task ${ids} is being stopped`);
  return new SlipwayError(
    'INTERRUPTED',
    `interrupted; task ${left.map(shortId).join(', ')} could not be stopped and goes on`,
    { hint: `stop it with "slipway tasks stop ${shortId(left[0] ?? '')}"` },
  );
}

function overridesOf(options: RunOptions, container: ContainerDefinition): TaskOverride {
  const { command, environment, cpu, memory } = options;
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  const own = {
    ...(command.length === 0 ? {} : { command: [...command] }),
    ...(variables.length === 0 ? {} : { environment: variables }),
  };
  return {
    ...(Object.keys(own).length === 0 ? {} : { containerOverrides: [{ name: container.name, ...own }] }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(memory === undefined ? {} : { memory }),
  };
}

/** Values of variables are not shown: only that they are set. */
function planned({ target, options, taskDefinition, container, placement }: Prepared): DoneResult {
  const { command, environment, count, cpu, memory } = options;
  const revision =
    taskDefinition.taskDefinitionArn === undefined
      ? `a new revision of ${taskDefinition.family ?? ''}`
      : revisionName(taskDefinition.taskDefinitionArn);
  const words = command.length === 0 ? 'its own command' : joinWords(command);
  const lines = [
    `would run ${count === 1 ? '1 task' : `${count} tasks`} of ${revision} in ${target.cluster}`,
    `container ${container.name ?? ''}: ${words}`,
    ...(Object.keys(environment).length === 0 ? [] : [`variables: ${Object.keys(environment).join(', ')}`]),
    ...(cpu === undefined ? [] : [`cpu: ${cpu}`]),
    ...(memory === undefined ? [] : [`memory: ${memory}`]),
  ];
  const data = {
    taskDefinition: revision,
    container: container.name,
    image: container.image,
    command,
    variables: Object.keys(environment),
    count,
    placement: { ...placement, tags: undefined },
  };
  return { kind: 'done', command: 'run', outcome: 'planned', message: lines.join('\n'), data, exitCode: 0 };
}

function itemOf(end: TaskEnd | Task): Record<string, unknown> {
  const { task, exitCode, explanation } =
    'task' in end ? end : { task: end, exitCode: undefined, explanation: undefined };
  return {
    id: taskIdOf(task),
    arn: task.taskArn,
    status: task.lastStatus,
    exitCode,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    cause: explanation?.cause,
    seconds: ranSeconds(task),
  };
}
