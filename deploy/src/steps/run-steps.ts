import type { Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { shortId, taskIdOf } from '../aws/tasks';
import { logRedactor } from '../causes/redact-log';
import type { StepConfig } from '../config/config';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import type { OpenService } from '../release/open-service';
import type { Redact } from '../release/redact';
import { joinWords } from '../tasks/command-line';
import { chooseContainer } from '../tasks/container';
import { followTasks, stopTasks } from '../tasks/follow-tasks';
import { logSourceOf } from '../tasks/log-source';
import type { Placement } from '../tasks/placement';
import { startTasks } from '../tasks/start-tasks';
import { ranSeconds, taskEnd } from '../tasks/task-end';
import { certain, StepFailed } from './step-failed';

export interface StepsInput {
  when: 'before' | 'after';
  /** As it was registered for this release. */
  taskDefinition: TaskDefinition;
  placement: Placement;
  /** Who releases; ECS shows it as startedBy. */
  actor: string | undefined;
  redact: Redact;
}

export interface StepResult {
  name: string;
  task: string;
  seconds: number;
}

/**
 * Runs steps one after the other as one-off tasks; the first that does not end with exit status 0 ends it.
 * @throws StepFailed with the cause; SlipwayError INTERRUPTED once the step's task is being stopped
 */
export async function runSteps(
  context: Context,
  opened: OpenService,
  steps: readonly StepConfig[],
  input: StepsInput,
): Promise<StepResult[]> {
  const results: StepResult[] = [];
  // A name that the definition does not have is said before anything runs.
  for (const step of steps) chooseContainer(input.taskDefinition, step.container);
  for (const step of steps) results.push(await runStep(context, opened, step, input));
  return results;
}

async function runStep(
  context: Context,
  opened: OpenService,
  step: StepConfig,
  { when, taskDefinition, placement, actor, redact: known }: StepsInput,
): Promise<StepResult> {
  const { sink, signal } = context;
  const { ecs, poller, place } = opened;
  const { cluster, region } = place;
  const of = `${when} step "${step.name}"`;
  if (signal.aborted) throw new SlipwayError('INTERRUPTED', `interrupted before ${of} was started`);
  const container = chooseContainer(taskDefinition, step.container);
  const redact = logRedactor(known, taskDefinition);
  const words = step.command.length === 0 ? 'its own command' : joinWords(step.command);
  const say = (message: string) => sink({ type: 'phase', phase: 'step', message });
  say(`${step.name} (${when}): ${words}`);
  const command = step.command.length === 0 ? {} : { command: [...step.command] };
  const tasks = await startTasks({
    ecs,
    context,
    cluster,
    taskDefinition: taskDefinition.taskDefinitionArn ?? '',
    placement,
    overrides: { containerOverrides: [{ name: container.name, ...command }] },
    count: 1,
    tags: [],
    actor,
  }).catch((error: unknown) => {
    if (!(error instanceof SlipwayError) || !['TASK_NOT_STARTED', 'AWS_REFUSED'].includes(error.code))
      throw error;
    throw new StepFailed(`${of} failed: ${error.message}`, certain(error.message, error.hint));
  });
  const source = logSourceOf(container, region);
  if (typeof source === 'string')
    sink({ type: 'note', level: 'warning', message: `no log lines of ${step.name}: ${source}` });
  const { end, tasks: followed } = await followTasks({
    poller,
    context,
    cluster,
    tasks,
    until: 'stopped',
    log: typeof source === 'string' ? undefined : source,
    timeoutSeconds: step.timeoutSeconds,
    redact,
    step: step.name,
  });
  const task: Task = followed[0] ?? {};
  if (end === 'interrupted') {
    const stopped = await stop(opened, followed, `${of} was interrupted`);
    throw new SlipwayError('INTERRUPTED', `interrupted in ${of}; task ${shortId(task)} ${stopped}`);
  }
  if (end === 'timeout') {
    const stopped = await stop(opened, followed, `${of} took too long`);
    const why = `${of} has not ended after ${Math.round(step.timeoutSeconds)} s; task ${shortId(task)} ${stopped}`;
    throw new StepFailed(why, certain(why, `raise "timeout" of the step, or find what takes so long`));
  }
  const { exitCode, explanation } = await taskEnd(task, container.name ?? '', taskDefinition, {
    ecs,
    context,
    region,
    redact,
  });
  if (exitCode !== 0) {
    const cause = explanation?.cause ?? 'ECS gave no reason';
    const why = `${of} failed: ${cause}`;
    throw new StepFailed(why, { ...certain(why, explanation?.fix), ...explanation, cause: why });
  }
  const seconds = ranSeconds(task) ?? 0;
  say(`${step.name} ended with exit status 0 after ${Number(seconds.toFixed(1))} s (task ${shortId(task)})`);
  return { name: step.name, task: taskIdOf(task), seconds };
}

async function stop({ ecs, place }: OpenService, tasks: readonly Task[], reason: string): Promise<string> {
  const left = await stopTasks(ecs, place.cluster, tasks, `slipway deploy: ${reason}`);
  return left.length === 0 ? 'is being stopped' : 'could not be stopped and goes on ("slipway tasks stop")';
}
