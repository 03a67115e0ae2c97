import type { JsonObject } from '../definition/definitions';
import type { Json } from '../outputs/outputs';

/** A plain value as text; undefined is the empty text. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

export type Path = readonly (string | number)[];

type Default = Json | ((parent: JsonObject, root: JsonObject) => Json | undefined);

/** What counts as equal in one kind of definition. Paths in rules name list elements by `*`. */
export interface Rules {
  /** Value that ECS takes where nothing is said, by path. */
  defaults: Readonly<Record<string, Default>>;
  /** What tells the elements of a list apart, by the list's own name. */
  identities: Readonly<Record<string, (element: JsonObject) => string>>;
  /** Lists of plain values whose order means nothing, by their own name. */
  unordered: ReadonlySet<string>;
  /** Paths that are never compared. */
  ignored: ReadonlySet<string>;
  /** Several ways to write one value: gives the one to compare. */
  canonical?: (path: string, value: Json) => Json;
  /** Whether two values that look different mean the same. */
  same?: (path: string, before: Json, after: Json) => boolean;
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

/**
 * Both definitions as they are to be laid side by side, line by line: the new one as it is written, and the old one
 * in the same order and spelling wherever it means the same.
 */
export function aligned(
  before: JsonObject,
  after: JsonObject,
  rules: Rules,
): { before: JsonObject; after: JsonObject } {
  return {
    before: new Comparison(before, after, rules).alignedBefore(),
    after: Object.fromEntries(
      Object.entries(after).filter(([name, value]) => !rules.ignored.has(name) && !isEmpty(value)),
    ),
  };
}

interface Place {
  label: string;
  rule: string;
  path: Path;
}

const top: Place = { label: '', rule: '', path: [] };

class Comparison {
  constructor(
    private readonly before: JsonObject,
    private readonly after: JsonObject,
    private readonly rules: Rules,
  ) {}

  run(): Difference[] {
    return this.objects(this.before, this.after, top);
  }

  alignedBefore(): JsonObject {
    return this.alignedObject(this.before, this.after, top);
  }

  private objects(before: JsonObject, after: JsonObject, place: Place): Difference[] {
    const names = new Set([...Object.keys(after), ...(this.rules.onlyNamed ? [] : Object.keys(before))]);
    return [...names].flatMap((name) => this.member(name, before, after, place));
  }

  private member(name: string, before: JsonObject, after: JsonObject, place: Place): Difference[] {
    const inner = memberPlace(place, name, name in after);
    if (this.rules.ignored.has(inner.rule)) return [];
    return this.values(
      this.filled(before[name], inner.rule, before, this.before),
      this.filled(after[name], inner.rule, after, this.after),
      inner,
    );
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
    if (before === undefined || after === undefined) return [difference(place, before, after)];
    const same =
      sameJson(this.canonical(before, place.rule), this.canonical(after, place.rule)) ||
      this.rules.same?.(place.rule, before, after) === true;
    return same ? [] : [difference(place, before, after)];
  }

  private lists(before: readonly Json[], after: readonly Json[], place: Place): Difference[] {
    const matched = this.matched(before, after, place);
    if (matched === undefined) return this.wholeLists(before, after, place);
    return matched.flatMap(({ was, now, inner }) =>
      was === undefined || now === undefined ? [difference(inner, was, now)] : this.objects(was, now, inner),
    );
  }

  /** Elements side by side, those of the new list first; undefined where nothing tells them apart. */
  private matched(before: readonly Json[], after: readonly Json[], place: Place) {
    const identity = this.rules.identities[lastName(place.rule)];
    const old = identity && byIdentity(before, identity);
    const fresh = identity && byIdentity(after, identity);
    if (old === undefined || fresh === undefined) return undefined;
    return [...new Set([...fresh.keys(), ...old.keys()])].map((key) => {
      const now = fresh.get(key);
      const inner: Place = {
        label: `${place.label}[${key}]`,
        rule: `${place.rule}.*`,
        path: now === undefined ? place.path : [...place.path, now.index],
      };
      return { was: old.get(key)?.element, now: now?.element, inner };
    });
  }

  private wholeLists(before: readonly Json[], after: readonly Json[], place: Place): Difference[] {
    const arrange = (list: readonly Json[], root: JsonObject) => {
      const texts = list.map((element) =>
        JSON.stringify(sorted(this.spare(element, `${place.rule}.*`, root))),
      );
      return this.rules.unordered.has(lastName(place.rule)) ? texts.sort() : texts;
    };
    return sameJson(arrange(before, this.before), arrange(after, this.after))
      ? []
      : [difference(place, [...before], [...after])];
  }

  /** In its canonical spelling, without what is said anyway. */
  private spare(value: Json, rule: string, root: JsonObject): Json {
    if (Array.isArray(value)) return value.map((element) => this.spare(element, `${rule}.*`, root));
    if (!isObject(value)) return this.canonical(value, rule);
    const members = Object.entries(value).flatMap(([name, member]): [string, Json][] => {
      const path = `${rule}.${name}`;
      const taken = this.filled(undefined, path, value, root);
      const kept = this.spare(member, path, root);
      return taken !== undefined && sameJson(this.spare(taken, path, root), kept) ? [] : [[name, kept]];
    });
    return Object.fromEntries(members);
  }

  private alignedObject(before: JsonObject, after: JsonObject, place: Place): JsonObject {
    const members: [string, Json][] = [];
    const names = new Set([...Object.keys(after), ...(this.rules.onlyNamed ? [] : Object.keys(before))]);
    for (const name of names) {
      const inner = memberPlace(place, name, true);
      if (this.rules.ignored.has(inner.rule)) continue;
      const value =
        this.member(name, before, after, place).length === 0
          ? after[name]
          : this.alignedValue(this.filled(before[name], inner.rule, before, this.before), after[name], inner);
      if (value !== undefined && !(place === top && isEmpty(value))) members.push([name, value]);
    }
    return Object.fromEntries(members);
  }

  private alignedValue(before: Json | undefined, after: Json | undefined, place: Place): Json | undefined {
    if (before === undefined || after === undefined) return before;
    if (isObject(before) && isObject(after)) return this.alignedObject(before, after, place);
    if (!Array.isArray(before) || !Array.isArray(after)) return before;
    const matched = this.matched(before, after, place);
    if (matched === undefined) return this.inOrderOf(before, after, place);
    return matched.flatMap(({ was, now, inner }) =>
      was === undefined ? [] : [now === undefined ? was : this.alignedObject(was, now, inner)],
    );
  }

  private inOrderOf(before: readonly Json[], after: readonly Json[], { rule }: Place): Json[] {
    if (!this.rules.unordered.has(lastName(rule))) return [...before];
    const known = after.map((element) => JSON.stringify(sorted(element)));
    const rank = (element: Json) => {
      const index = known.indexOf(JSON.stringify(sorted(element)));
      return index < 0 ? known.length : index;
    };
    return [...before].sort((one, other) => rank(one) - rank(other));
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

  private canonical(value: Json, rule: string): Json {
    return this.rules.canonical?.(rule, value) ?? value;
  }
}

function memberPlace(place: Place, name: string, isNew: boolean): Place {
  return {
    rule: place.rule === '' ? name : `${place.rule}.${name}`,
    label: place.label === '' ? name : `${place.label}.${name}`,
    path: isNew ? [...place.path, name] : place.path,
  };
}

function lastName(rule: string): string {
  return rule.slice(rule.lastIndexOf('.') + 1);
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
export function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

export function isObject(value: Json | undefined): value is JsonObject {
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
