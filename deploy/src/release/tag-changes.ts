import type { Tag } from '@aws-sdk/client-ecs';
import type { Definition } from '../definition/definitions';
import type { Change } from './change';
import { placeOf } from './place-of';
import { isRecordTag } from './record';

/**
 * Tags as the definition lists them: what it lists no more goes. Where it has no `tags` at all they are nobody's
 * concern, and neither are those of AWS, of the release record, and those that the config ignores.
 */
export function tagChanges(
  part: Change['part'],
  running: readonly Tag[],
  definition: Definition,
  ignored: readonly string[],
): Change[] {
  if (definition.value['tags'] === undefined) return [];
  const wanted = ownTags(tagsOf(definition), ignored);
  const present = ownTags(running, ignored);
  const place = (...path: (string | number)[]) => placeOf(definition, ['tags', ...path]);
  const set = wanted.flatMap((tag): Change[] => {
    const before = present.find(({ key }) => key === tag.key)?.value;
    const after = tag.value ?? '';
    if (before === after) return [];
    const position = place(tagsOf(definition).indexOf(tag), 'value');
    return [{ part, path: `tags[${tag.key}]`, before, after, position }];
  });
  const gone = present.flatMap(({ key, value }): Change[] =>
    wanted.some((tag) => tag.key === key)
      ? []
      : [{ part, path: `tags[${key}]`, before: value ?? '', after: undefined, position: place() }],
  );
  return [...set, ...gone];
}

/** Those that a definition may set. */
export function ownTags(tags: readonly Tag[], ignored: readonly string[]): Tag[] {
  return tags.filter(
    (tag) => !isRecordTag(tag) && tag.key?.startsWith('aws:') !== true && !ignored.includes(tag.key ?? ''),
  );
}

export function tagsOf(definition: Definition | undefined): Tag[] {
  return (definition?.value['tags'] ?? []) as unknown as Tag[];
}
