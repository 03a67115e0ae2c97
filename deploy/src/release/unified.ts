import { createTwoFilesPatch } from 'diff';
import type { Tag } from '@aws-sdk/client-ecs';
import type { JsonObject } from '../definition/definitions';
import type { Json } from '../outputs/outputs';
import { comparisonsOf, type Comparison } from './comparisons';
import { aligned } from './differences';
import { ignoredTags, type PlanInput } from './make-plan';
import { distinctLabels, redactJson, redactor } from './redact';
import { ownTags, tagsOf } from './tag-changes';

/**
 * What runs and what the definitions say as a unified diff, in the order and spelling of the definitions: what ECS
 * filled in by itself is in neither. Empty where nothing differs. Sensitive values are numbered, so that one that
 * changes can be seen.
 * @param shown how a file's path is printed.
 */
export function unifiedDiff(input: PlanInput, shown: (file: string) => string): string {
  const { taskDefinition, service } = comparisonsOf(input);
  const { running, target } = input;
  const ignored = ignoredTags(target);
  const documents = [
    withTags(taskDefinition, running?.tags ?? [], ignored),
    ...(service === undefined ? [] : [withTags(service, running?.service.tags ?? [], ignored)]),
  ];
  const label = distinctLabels();
  const redact = redactor(target.outputs, label);
  const text = (document: Json) => `${JSON.stringify(redactJson(document, redact, label), null, 2)}\n`;
  return documents
    .map(({ from, file, before, after }) => {
      const [old, fresh] = [from === undefined ? '' : text(before), text(after)];
      if (old === fresh) return '';
      const patch = createTwoFilesPatch(from ?? '/dev/null', shown(file), old, fresh);
      return patch.replace(/^=+\n/, '');
    })
    .join('');
}

interface Document {
  from: string | undefined;
  file: string;
  before: JsonObject;
  after: JsonObject;
}

/** Tags are compared by rules of their own; here they stand below the rest. */
function withTags(comparison: Comparison, running: readonly Tag[], ignored: readonly string[]): Document {
  const { from, definition, before, after, rules } = comparison;
  const documents = aligned(before, after, rules);
  const tags = (list: readonly Tag[]) => ownTags(list, ignored).toSorted(byKey) as unknown as Json[];
  const named = definition.value['tags'] !== undefined;
  const add = (document: JsonObject, list: readonly Tag[]): JsonObject =>
    named ? { ...document, tags: tags(list) } : document;
  return {
    from,
    file: definition.file,
    before: add(documents.before, running),
    after: add(documents.after, tagsOf(definition)),
  };
}

function byKey(one: Tag, other: Tag): number {
  return (one.key ?? '') < (other.key ?? '') ? -1 : 1;
}
