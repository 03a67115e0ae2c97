import { DeregisterTaskDefinitionCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import { describeTaskDefinition, revisionName } from '../aws/ecs';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { resolveImages } from '../release/images';
import { nameOf } from '../release/list-revisions';
import type { OpenService } from '../release/open-service';
import type { ReleaseRecord } from '../release/result';
import { planRegistration } from '../release/register';
import { readRunning, type Running } from '../release/running';
import { refused } from '../release/start';
import type { RenderedTarget, Target } from '../target';

/** Which task definition a one-off task takes. */
export type Which =
  | { kind: 'running' }
  | { kind: 'latest' }
  /** A number, or `family:number`. */
  | { kind: 'revision'; revision: string }
  /** The definitions with `--image`; a revision of their own where they differ from what runs. */
  | { kind: 'rendered' };

export interface RunRevision {
  running: Running | undefined;
  taskDefinition: TaskDefinition;
  /** Registered for this run alone. With `--dry-run` nothing is: the definition is what would be registered. */
  own: boolean;
}

/** @throws SlipwayError SERVICE_NOT_FOUND, REVISION_NOT_FOUND */
export async function runRevision(
  context: Context,
  target: Target | RenderedTarget,
  { ecs, name }: OpenService,
  which: Which,
  { dryRun, run }: { dryRun: boolean; run: Pick<ReleaseRecord, 'gitSha' | 'actor' | 'runUrl'> },
): Promise<RunRevision> {
  const running = await readRunning(ecs, name);
  if (which.kind === 'rendered' && 'definitions' in target) {
    const resolved = await resolveImages(target.definitions.taskDefinition, context.env);
    const { input } = planRegistration(target, running, resolved, run, 'run');
    if (input === undefined && running !== undefined)
      return { running, taskDefinition: running.taskDefinition, own: false };
    if (dryRun) return { running, taskDefinition: input as TaskDefinition, own: true };
    const answer = await refused(`the task definition ${input?.family ?? ''}`, () =>
      ecs.send(new RegisterTaskDefinitionCommand(input!)),
    );
    const taskDefinition = answer.taskDefinition ?? {};
    context.sink({
      type: 'phase',
      phase: 'register',
      message: `${revisionName(taskDefinition.taskDefinitionArn ?? '')}, for this run only`,
    });
    return { running, taskDefinition, own: true };
  }
  if (running === undefined && !(which.kind === 'revision' && which.revision.includes(':'))) {
    throw new SlipwayError(
      'SERVICE_NOT_FOUND',
      `service ${name.service} does not exist in ${name.cluster}, so it runs no task definition`,
      { hint: 'run one with --revision FAMILY:NUMBER, or with --image REFERENCE' },
    );
  }
  if (which.kind === 'running') return { running, taskDefinition: running!.taskDefinition, own: false };
  const family = running?.taskDefinition.family ?? '';
  const wanted =
    which.kind !== 'revision'
      ? family
      : running === undefined
        ? which.revision
        : nameOf(family, which.revision);
  const found = await describeTaskDefinition(ecs, wanted);
  if (found === undefined)
    throw new SlipwayError('REVISION_NOT_FOUND', `ECS knows no revision ${wanted}`, {
      hint: '"slipway revisions" lists them',
    });
  return { running, taskDefinition: found.taskDefinition, own: false };
}

/** A revision for one run is of no use afterwards; its tasks go on all the same. */
export async function dropRevision(
  context: Context,
  { ecs }: OpenService,
  { taskDefinitionArn = '' }: TaskDefinition,
): Promise<void> {
  const name = revisionName(taskDefinitionArn);
  try {
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }));
    context.sink({ type: 'note', level: 'info', message: `${name} was deregistered again` });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const message = `${name} was registered for this run and could not be deregistered: ${why}`;
    context.sink({ type: 'note', level: 'warning', message });
  }
}
