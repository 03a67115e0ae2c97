import { RegisterTaskDefinitionCommand, type RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { describeTaskDefinition, ecsClient, revisionName, type TaggedTaskDefinition } from '../aws/ecs';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import type { Json } from '../outputs/outputs';
import type { RenderedTarget } from '../target';
import type { Change } from './change';
import { textOf } from './differences';
import { resolveImages } from './images';
import { makePlan } from './make-plan';
import { currentRun, isRecordTag, recordOf, recordTags, type ReleaseKind } from './record';
import { redactJson, redactor } from './redact';
import type { DoneResult, Result } from './result';
import { releaseOf, type Running } from './running';
import { refused } from './start';

export interface RegisterOptions {
  dryRun: boolean;
  /** Print the task definition itself. */
  output: boolean;
}

/** Registers the task definition where it differs from the latest revision of its family, and deploys nothing. */
export async function register(
  context: Context,
  target: RenderedTarget,
  options: RegisterOptions,
): Promise<Result> {
  const ecs = ecsClient(target.region, context.env);
  const definition = target.definitions.taskDefinition;
  const family = textOf(definition.value['family']);
  const reads = [
    describeTaskDefinition(ecs, family),
    resolveImages(definition, context.env),
    currentRun(context),
  ] as const;
  await Promise.allSettled(reads);
  const [latest, resolved, run] = await Promise.all(reads);
  const { input, changes, notes } = planRegistration(target, latest, resolved, run);
  for (const message of notes) context.sink({ type: 'note', level: 'info', message });

  const now = latest && revisionName(latest.taskDefinition.taskDefinitionArn ?? '');
  const redact = redactor(target.outputs);
  const done = (outcome: DoneResult['outcome'], message: string, taskDefinition: unknown): Result => {
    const shown = redactJson(json(taskDefinition), redact);
    if (options.output) return { kind: 'render', documents: [shown], exitCode: 0 };
    const data = { taskDefinition: shown, changes };
    return { kind: 'done', command: 'register', outcome, message, data, exitCode: 0 };
  };
  if (input === undefined && latest !== undefined)
    return done('unchanged', `${now ?? ''} is the same: nothing was registered`, latest.taskDefinition);
  const what =
    now === undefined ? `the first revision of ${family}` : `${changes.length} changes from ${now}`;
  if (options.dryRun) return done('planned', `would register ${what}`, input);
  if (context.signal.aborted)
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');
  const { taskDefinition } = await refused(`the task definition ${family}`, () =>
    ecs.send(new RegisterTaskDefinitionCommand(input!)),
  );
  const name = revisionName(taskDefinition?.taskDefinitionArn ?? '');
  context.sink({ type: 'phase', phase: 'register', message: name });
  return done('done', `registered ${name} (${what}); nothing was deployed`, taskDefinition);
}

interface Registration {
  /** Undefined where the latest revision is the same. */
  input: RegisterTaskDefinitionCommandInput | undefined;
  changes: readonly Change[];
  notes: readonly string[];
}

/** As a deploy would plan it, were the latest revision what runs. */
export function planRegistration(
  target: RenderedTarget,
  latest: TaggedTaskDefinition | undefined,
  resolved: Awaited<ReturnType<typeof resolveImages>>,
  run: Awaited<ReturnType<typeof currentRun>>,
  kind: ReleaseKind = 'register',
): Registration {
  const { taskDefinition } = target.definitions;
  // The service is of no concern: none is compared, and none has to be created.
  const service = latest === undefined ? { ...taskDefinition, value: {} } : undefined;
  const plan = makePlan({
    target: { ...target, definitions: { taskDefinition, service } },
    running: latest && asRunning(latest),
    resolved,
    run,
    forceNewDeployment: false,
  });
  const { register: input, changes, notes } = plan;
  if (input === undefined) return { input, changes, notes };
  const own = (input.tags ?? []).filter((tag) => !isRecordTag(tag));
  const record = { ...recordOf(input.tags ?? []), replaced: undefined };
  return { input: { ...input, tags: [...own, ...recordTags(record, kind)] }, changes, notes };
}

function asRunning({ taskDefinition, tags }: TaggedTaskDefinition): Running {
  const record = recordOf(tags);
  return {
    service: { deployments: [] },
    taskDefinition,
    tags,
    record,
    release: releaseOf(taskDefinition, record),
  };
}

function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
