import type { Json } from '../outputs/outputs';

const escaped = /[<>&\u2028\u2029]/g;

/** JSON as Go's encoding/json writes it, keys sorted and `<`, `>`, `&` escaped: it may end up inside a string. */
export function goJson(value: Json): string {
  return JSON.stringify(sorted(value)).replaceAll(
    escaped,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}
