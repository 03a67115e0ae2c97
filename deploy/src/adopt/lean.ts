import type { JsonObject } from '../definition/definitions';
import { isEmpty, isObject, type Rules } from '../release/differences';
import type { Json } from '../outputs/outputs';

/** A definition without what says nothing, and without what ECS takes anyway; `keep` names members that stay. */
export function lean(definition: JsonObject, rules: Rules, keep: ReadonlySet<string>): JsonObject {
  const object = (value: JsonObject, rule: string): JsonObject => {
    const members = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
      const path = rule === '' ? name : `${rule}.${name}`;
      const kept = isMap(path) ? member : visit(member, path);
      if (isEmpty(kept)) return [];
      return !keep.has(name) && isDefault(kept, path, value) ? [] : [[name, kept]];
    });
    return Object.fromEntries(members);
  };
  const visit = (value: Json, rule: string): Json => {
    if (Array.isArray(value)) return value.map((element) => visit(element, `${rule}.*`));
    return isObject(value) ? object(value, rule) : value;
  };
  const isDefault = (value: Json, rule: string, parent: JsonObject): boolean => {
    const fallback = rules.defaults[rule];
    const taken = typeof fallback === 'function' ? fallback(parent, definition) : fallback;
    return taken !== undefined && JSON.stringify(taken) === JSON.stringify(value);
  };
  return object(definition, '');
}

/** Keys of these are somebody's data, not members of the API. */
function isMap(path: string): boolean {
  return /\.(?:dockerLabels|options|driverOpts|labels|hookDetails)$/.test(path);
}
