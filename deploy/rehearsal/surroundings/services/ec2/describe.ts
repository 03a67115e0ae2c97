import { ApiError, list, type Message } from '../../../api/operation';
import { numberOr, page, sortedBy } from '../page';
import type { Kind } from './kinds';

/** Entries by ids, filters and tags; in pages where the request says how large. */
export function describe(
  kind: Omit<Kind, 'table'>,
  table: ReadonlyMap<string, Message>,
  input: Message,
): Message {
  const ids = list(input, kind.ids);
  const unknown = ids.find((id) => !table.has(id));
  if (unknown !== undefined) {
    throw new ApiError(kind.missing, `The ${kind.noun} '${unknown}' does not exist`);
  }
  const filters = list<{ Name: string; Value?: string[] }>(input, 'Filter');
  const found = [...table.values()]
    .filter((entry) => ids.length === 0 || ids.includes(String(entry[kind.id])))
    .filter((entry) => filters.every((filter) => passes(kind, entry, filter.Name, filter.Value ?? [])));
  if (input.MaxResults === undefined) return { [kind.set]: found };
  const key = (entry: Message) => String(entry[kind.id]);
  const size = numberOr(input.MaxResults, 1000, { max: 1000 });
  const { entries, next } = page(sortedBy(found, key), key, size, input.NextToken, 'InvalidNextToken');
  return { [kind.set]: entries, nextToken: next };
}

function passes(kind: Omit<Kind, 'table'>, entry: Message, name: string, wanted: readonly string[]): boolean {
  const values = valuesOf(kind, entry, name);
  return wanted.some((pattern) => values.some((value) => like(pattern).test(String(value))));
}

function valuesOf(kind: Omit<Kind, 'table'>, entry: Message, name: string): readonly unknown[] {
  const tags = (entry.tagSet as { key: string; value: string }[] | undefined) ?? [];
  if (name.startsWith('tag:'))
    return tags.filter(({ key }) => key === name.slice(4)).map(({ value }) => value);
  if (name === 'tag-key') return tags.map(({ key }) => key);
  if (name === 'owner-id') return [entry.ownerId];
  const read = Object.hasOwn(kind.filters, name) ? kind.filters[name] : undefined;
  if (read === undefined) throw new ApiError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return read(entry);
}

/** EC2's wildcards: `*` any text, `?` one character. */
function like(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's');
}
