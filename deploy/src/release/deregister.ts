import {
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  type ECSClient,
} from '@aws-sdk/client-ecs';
import { describeTaskDefinition, revisionName } from '../aws/ecs';
import type { Context } from '../context';
import { exitCodes, SlipwayError } from '../errors';
import type { Target } from '../target';
import { nameOf } from './list-revisions';
import { openService, type OpenService } from './open-service';
import { familyOf, readProtection, type Protection } from './protection';
import type { DoneResult } from './result';
import { listAllRevisions } from './revisions';
import { pause } from './watch';

export interface DeregisterOptions {
  which: { revision: string } | { keep: number };
  /** Delete what was deregistered. */
  remove: boolean;
  dryRun: boolean;
  /** Asked before anything is changed; throws where the answer is no. */
  confirm: (what: string) => Promise<void>;
}

/** What would go, and what stays although it was meant. */
interface Chosen {
  /** ARNs that are ACTIVE, oldest first. */
  deregister: readonly string[];
  /** ARNs that are deleted afterwards. */
  remove: readonly string[];
  kept: readonly { taskDefinition: string; reasons: readonly string[] }[];
}

/** Deregisters revisions that nothing needs. A revision that something needs is named with the reason, and stays. */
export async function deregister(
  context: Context,
  target: Target,
  options: DeregisterOptions,
): Promise<DoneResult> {
  const opened = openService(context, target);
  const { running, family } = await familyOf(opened);
  const protection = await readProtection(opened, running, family);
  const chosen =
    'revision' in options.which
      ? await chooseOne(opened, family, options.which.revision, protection, options.remove)
      : await chooseOld(opened, family, options.which.keep, protection, options.remove);
  const { sink } = context;
  for (const { taskDefinition, reasons } of chosen.kept)
    sink({ type: 'note', level: 'info', message: `${taskDefinition} stays: ${reasons.join('; ')}` });

  const result = (outcome: DoneResult['outcome'], message: string, done = chosen, exitCode = 0) => ({
    kind: 'done' as const,
    command: 'deregister',
    outcome,
    message,
    data: {
      family,
      deregistered: done.deregister.map(revisionName),
      deleted: done.remove.map(revisionName),
      protected: chosen.kept,
    },
    exitCode,
  });
  const what = sentence(chosen);
  if (what === undefined) return result('unchanged', `no revision of ${family} is to go`);
  if (options.dryRun) return result('planned', `would ${what}`);
  await options.confirm(`This will ${what}.`);
  if (context.signal.aborted)
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');

  const { ecs } = opened;
  const deregistered = await deregisterAll(ecs, chosen.deregister, context);
  const gone = new Set(deregistered);
  const removable = chosen.remove.filter((arn) => gone.has(arn) || !chosen.deregister.includes(arn));
  const removed = context.signal.aborted ? [] : await deleteAll(ecs, removable, context);
  const done = { ...chosen, deregister: deregistered, remove: removed };
  const said = sentence(done) ?? 'nothing';
  if (context.signal.aborted) {
    return result(
      'cancelled',
      `interrupted; so far: ${past(said)}; again does the rest`,
      done,
      exitCodes.interrupted,
    );
  }
  const missed = removable.length - removed.length;
  if (missed > 0)
    return result('failed', `${past(said)}; ${missed} could not be deleted`, done, exitCodes.failed);
  return result('done', past(said), done);
}

function sentence({ deregister, remove }: Chosen): string | undefined {
  const parts = [
    ...(deregister.length === 0 ? [] : [`deregister ${names(deregister)}`]),
    ...(remove.length === 0 ? [] : [`delete ${names(remove)}`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', and ');
}

function past(said: string): string {
  return said.replace(/\bderegister\b/, 'deregistered').replace(/\bdelete\b/, 'deleted');
}

/** `web:1, web:2` or `12 revisions (web:1 to web:14)`. */
function names(arns: readonly string[]): string {
  const all = arns.map(revisionName);
  return all.length <= 5
    ? all.join(', ')
    : `${all.length} revisions (${all[0] ?? ''} to ${all.at(-1) ?? ''})`;
}

/** @throws SlipwayError REVISION_NOT_FOUND, REVISION_IN_USE with the reasons */
async function chooseOne(
  { ecs }: OpenService,
  family: string,
  which: string,
  protection: Protection,
  remove: boolean,
): Promise<Chosen> {
  const name = nameOf(family, which);
  const found = await describeTaskDefinition(ecs, name);
  const arn = found?.taskDefinition.taskDefinitionArn;
  if (found === undefined || arn === undefined)
    throw new SlipwayError('REVISION_NOT_FOUND', `ECS knows no revision ${name}`, {
      hint: '"slipway revisions" lists them',
    });
  const reasons = protection.get(arn);
  if (reasons !== undefined)
    throw new SlipwayError('REVISION_IN_USE', `${name} is needed: ${reasons.join('; ')}`, {
      hint: '"slipway revisions" shows which are needed',
    });
  const { status } = found.taskDefinition;
  return {
    deregister: status === 'ACTIVE' ? [arn] : [],
    remove: remove && status !== 'DELETE_IN_PROGRESS' ? [arn] : [],
    kept: [],
  };
}

/** All that are older than the newest so many, but for what is needed. */
async function chooseOld(
  { ecs }: OpenService,
  family: string,
  keep: number,
  protection: Protection,
  remove: boolean,
): Promise<Chosen> {
  const old = (await listAllRevisions(ecs, family, 'ACTIVE')).slice(keep).reverse();
  const deregister = old.filter((arn) => !protection.has(arn));
  return {
    deregister,
    remove: remove ? deregister : [],
    kept: old.flatMap((arn) => {
      const reasons = protection.get(arn);
      return reasons === undefined ? [] : { taskDefinition: revisionName(arn), reasons };
    }),
  };
}

/**
 * Registering and deregistering share a bucket of 20 that refills by one a second, for the whole account: half of it
 * is left to deploys. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
 */
const AT_ONCE = 10;
const PAUSE_SECONDS = 1;

/** @returns those that were deregistered before Ctrl-C */
async function deregisterAll(ecs: ECSClient, arns: readonly string[], context: Context): Promise<string[]> {
  const done: string[] = [];
  for (const [index, taskDefinition] of arns.entries()) {
    if (index >= AT_ONCE) await pause(PAUSE_SECONDS, context.signal);
    if (context.signal.aborted) break;
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }));
    done.push(taskDefinition);
    context.sink({ type: 'phase', phase: 'deregister', message: revisionName(taskDefinition) });
  }
  return done;
}

/** Most that DeleteTaskDefinitions takes at once; its bucket of 5 refills by one a second. */
const DELETED_AT_ONCE = 10;

async function deleteAll(ecs: ECSClient, arns: readonly string[], context: Context): Promise<string[]> {
  const removed: string[] = [];
  for (let start = 0; start < arns.length && !context.signal.aborted; start += DELETED_AT_ONCE) {
    if (start > 0) await pause(PAUSE_SECONDS, context.signal);
    const chunk = arns.slice(start, start + DELETED_AT_ONCE);
    const { failures = [] } = await ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: chunk }));
    for (const { arn = '', reason } of failures) {
      const message = `${revisionName(arn)} was not deleted: ${reason ?? 'ECS gives no reason'}`;
      context.sink({ type: 'note', level: 'warning', message });
    }
    removed.push(...chunk.filter((each) => !failures.some(({ arn }) => arn === each)));
  }
  return removed;
}
