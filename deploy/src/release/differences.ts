import type { JsonObject } from '../definition/definitions';
import type { Json } from '../outputs/outputs';

/** A plain value as text; undefined is the empty text. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

export type Path = readonly (string | number)[];

/** What counts as equal in one kind of definition. Paths in rules name list elements by `*`. */
export interface Rules {
  /** Value that ECS takes where nothing is said, by path. */
  defaults: Readonly<Record<string, Json | ((parent: JsonObject, root: JsonObject) => Json | undefined)>>;
  /** What tells the elements of a list apart, by the list's own name. */
  identities: Readonly<Record<string, (element: JsonObject) => string>>;
  /** Lists of plain values whose order means nothing, by their own name. */
  unordered: ReadonlySet<string>;
  /** Paths that are never compared. */
  ignored: ReadonlySet<string>;
  /** Several ways to write one value: gives the one to compare. */
  canonical?: (path: string, value: Json) => Json;
  /** What the definition does not name is left as it is: only its own members are compared. */
  onlyNamed: boolean;
}

export interface Difference {
  /** As a person would say it: `containerDefinitions[web].environment[LOG_LEVEL].value`. */
  label: string;
  /** Of the new value, or of what is nearest to it in the new definition. */
  path: Path;
  before: Json | undefined;
  after: Json | undefined;
}

/** Differences in meaning between two definitions, in the order of the new one. Empty where ECS would see none. */
export function differences(before: JsonObject, after: JsonObject, rules: Rules): Difference[] {
  return new Comparison(before, after, rules).run();
}

interface Place {
  label: string;
  rule: string;
  path: Path;
}

class Comparison {
  constructor(
    private readonly before: JsonObject,
    private readonly after: JsonObject,
    private readonly rules: Rules,
  ) {}

  run(): Difference[] {
    return this.objects(this.before, this.after, { label: '', rule: '', path: [] });
  }

  private objects(before: JsonObject, after: JsonObject, place: Place): Difference[] {
    const names = new Set([...Object.keys(after), ...(this.rules.onlyNamed ? [] : Object.keys(before))]);
    return [...names].flatMap((name) => {
      const rule = place.rule === '' ? name : `${place.rule}.${name}`;
      if (this.rules.ignored.has(rule)) return [];
      const label = place.label === '' ? name : `${place.label}.${name}`;
      const path = name in after ? [...place.path, name] : place.path;
      return this.values(
        this.filled(before[name], rule, before, this.before),
        this.filled(after[name], rule, after, this.after),
        { label, rule, path },
      );
    });
  }

  private values(before: Json | undefined, after: Json | undefined, place: Place): Difference[] {
    if (this.rules.onlyNamed && after === undefined) return [];
    if (isEmpty(before) && isEmpty(after)) return [];
    if (Array.isArray(before ?? []) && Array.isArray(after ?? [])) {
      return this.lists((before ?? []) as Json[], (after ?? []) as Json[], place);
    }
    if (isObject(before ?? {}) && isObject(after ?? {})) {
      const found = this.objects((before ?? {}) as JsonObject, (after ?? {}) as JsonObject, place);
      if (found.length === 0 || (!isEmpty(before) && !isEmpty(after))) return found;
      return [difference(place, before, after)];
    }
    const same =
      before !== undefined &&
      after !== undefined &&
      sameJson(this.canonical(before, place), this.canonical(after, place));
    return same ? [] : [difference(place, before, after)];
  }

  private lists(before: readonly Json[], after: readonly Json[], place: Place): Difference[] {
    const name = place.rule.slice(place.rule.lastIndexOf('.') + 1);
    const identity = this.rules.identities[name];
    const old = identity && byIdentity(before, identity);
    const fresh = identity && byIdentity(after, identity);
    if (old === undefined || fresh === undefined) return this.wholeLists(before, after, name, place);
    return [...new Set([...fresh.keys(), ...old.keys()])].flatMap((key) => {
      const index = fresh.get(key);
      const element = {
        label: `${place.label}[${key}]`,
        rule: `${place.rule}.*`,
        path: index === undefined ? place.path : [...place.path, index.index],
      };
      const was = old.get(key);
      if (was === undefined || index === undefined)
        return [difference(element, was?.element, index?.element)];
      return this.objects(was.element, index.element, element);
    });
  }

  private wholeLists(
    before: readonly Json[],
    after: readonly Json[],
    name: string,
    place: Place,
  ): Difference[] {
    const arrange = (list: readonly Json[]) => {
      const texts = list.map((element) => JSON.stringify(sorted(element)));
      return this.rules.unordered.has(name) ? texts.sort() : texts;
    };
    return sameJson(arrange(before), arrange(after)) ? [] : [difference(place, [...before], [...after])];
  }

  private filled(
    value: Json | undefined,
    rule: string,
    parent: JsonObject,
    root: JsonObject,
  ): Json | undefined {
    if (value !== undefined && value !== null) return value;
    const fallback = this.rules.defaults[rule];
    return typeof fallback === 'function' ? fallback(parent, root) : fallback;
  }

  private canonical(value: Json, place: Place): Json {
    return this.rules.canonical?.(place.rule, value) ?? value;
  }
}

function difference(place: Place, before: Json | undefined, after: Json | undefined): Difference {
  return {
    label: place.label,
    path: place.path,
    before: isEmpty(before) ? undefined : before,
    after: isEmpty(after) ? undefined : after,
  };
}

/** Undefined where an element has no identity of its own: the lists are then compared as a whole. */
function byIdentity(
  list: readonly Json[],
  identity: (element: JsonObject) => string,
): Map<string, { element: JsonObject; index: number }> | undefined {
  const elements = new Map<string, { element: JsonObject; index: number }>();
  for (const [index, element] of list.entries()) {
    if (!isObject(element)) return undefined;
    const key = identity(element);
    if (elements.has(key)) return undefined;
    elements.set(key, { element, index });
  }
  return elements;
}

/** ECS answers an empty list where nothing was said, and null means nothing was. An empty text is a value. */
function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sameJson(one: Json, other: Json): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** With members in one order and without those that say nothing. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, member]) => !isEmpty(member));
  return Object.fromEntries(
    entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, member]) => [name, sorted(member)]),
  );
}
