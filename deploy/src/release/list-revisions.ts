import { describeTaskDefinition, revisionName, type TaggedTaskDefinition } from '../aws/ecs';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import type { Json } from '../outputs/outputs';
import type { Target } from '../target';
import { openService } from './open-service';
import { familyOf, readProtection } from './protection';
import { recordOf } from './record';
import { redactJson, redactor } from './redact';
import type { RenderResult, TableResult } from './result';
import { describeRevisions, listRevisions, revisionNumber } from './revisions';

const COLUMNS = ['revision', 'registered', 'commit', 'image', 'status', 'needed'] as const;

/** One revision, for programs. */
interface RevisionItem {
  taskDefinition: string;
  registeredAt: Date | undefined;
  gitSha: string | undefined;
  imageDigest: string | undefined;
  status: string;
  /** Why it is not deregistered: empty for one that nothing needs. */
  protectedBy: readonly string[];
}

/** The revisions of the service's family, newest first, with what each is needed for. */
export async function revisionTable(context: Context, target: Target, limit: number): Promise<TableResult> {
  const opened = openService(context, target);
  const { running, family } = await familyOf(opened);
  const [active, inactive, protection] = await Promise.all([
    listRevisions(opened.ecs, family, 'ACTIVE', Math.min(100, limit)),
    listRevisions(opened.ecs, family, 'INACTIVE', Math.min(100, limit)),
    readProtection(opened, running, family),
  ]);
  const newest = [...active, ...inactive]
    .sort((one, other) => revisionNumber(other) - revisionNumber(one))
    .slice(0, limit);
  const items = (await describeRevisions(opened.ecs, newest)).map((each) =>
    itemOf(each, protection.get(each.taskDefinition.taskDefinitionArn ?? '') ?? []),
  );
  return {
    kind: 'table',
    of: 'revisions',
    columns: COLUMNS,
    rows: items.map((item) => [
      item.taskDefinition,
      item.registeredAt?.toISOString().replace(/\.\d+Z$/, 'Z') ?? '-',
      item.gitSha?.slice(0, 7) ?? '-',
      item.imageDigest?.slice(0, 19) ?? '-',
      item.status,
      item.protectedBy.map(short).join(', ') || '-',
    ]),
    empty: `${family} has no revision`,
    items,
    exitCode: 0,
  };
}

/** A column has no room for what `rollback` would do. */
function short(reason: string): string {
  return reason.replace(/:.*$/, '');
}

function itemOf(
  { taskDefinition, tags }: TaggedTaskDefinition,
  protectedBy: readonly string[],
): RevisionItem {
  const record = recordOf(tags);
  const image = taskDefinition.containerDefinitions?.[0]?.image ?? '';
  return {
    taskDefinition: revisionName(taskDefinition.taskDefinitionArn ?? ''),
    registeredAt: taskDefinition.registeredAt,
    gitSha: record.gitSha,
    imageDigest: record.imageDigest ?? /@(sha256:[0-9a-f]+)$/.exec(image)?.[1],
    status: taskDefinition.status ?? 'unknown',
    protectedBy: [...new Set(protectedBy)],
  };
}

/** One revision as ECS describes it: a number, `family:number`, `current` (what runs) or `latest` (the newest that is active). */
export async function printRevision(context: Context, target: Target, which: string): Promise<RenderResult> {
  const opened = openService(context, target);
  const { running, family } = await familyOf(opened);
  const found =
    which === 'current'
      ? { taskDefinition: running.taskDefinition, tags: running.tags }
      : await describeTaskDefinition(opened.ecs, which === 'latest' ? family : nameOf(family, which));
  if (found === undefined)
    throw new SlipwayError('REVISION_NOT_FOUND', `ECS knows no revision ${which} of ${family}`, {
      hint: '"slipway revisions" lists them',
    });
  const document = { ...found.taskDefinition, ...(found.tags.length > 0 ? { tags: found.tags } : {}) };
  const json = JSON.parse(JSON.stringify(document)) as Json;
  return { kind: 'render', documents: [redactJson(json, redactor(target.outputs))], exitCode: 0 };
}

/** `3` is `family:3`. @throws SlipwayError USAGE */
export function nameOf(family: string, which: string): string {
  if (/^\d+$/.test(which)) return `${family}:${which}`;
  const name = revisionName(which);
  if (name.startsWith(`${family}:`) && /:\d+$/.test(name)) return name;
  throw new SlipwayError('USAGE', `--revision ${which} is no revision of ${family}`, {
    hint: `give a number, or ${family}:<number>`,
  });
}
