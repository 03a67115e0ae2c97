import { suggestion } from '../../schema/did-you-mean';
import { describe } from '../../schema/validate';
import { printPath, toJson, type Located } from '../definition/located';
import { parseDuration } from './duration';
import type { KeySchema } from './schema';

/** One thing that is wrong in the config. */
export interface ConfigProblem {
  /** Offset in the rendered text. */
  at: number;
  message: string;
  /** Only that a key on top is not there: some commands do without it. */
  isMissing?: true;
}

type Path = readonly (string | number)[];
type Found = (message: string, at?: number) => void;

/** Checks a parsed config against its schema and reports everything that is wrong. */
export function checkConfig(root: Located, schema: KeySchema): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const check = (node: Located, wanted: KeySchema, path: Path): void => {
    const found: Found = (message, at = node.start) => problems.push({ at, message });
    const name = path.length === 0 ? 'the config' : `"${printPath(path)}"`;
    const { content } = node;
    if (wanted.type === 'json') return;
    if (content.type === 'scalar' && content.value === null) {
      if (wanted.required || path.length === 0) found(`${name} is empty`);
      return;
    }
    const each = (entries: Iterable<readonly [string | number, Located]>) => {
      for (const [key, value] of entries) {
        const isEmpty = value.content.type === 'scalar' && value.content.value === null;
        const place = [...path, key];
        if (wanted.values !== 'text') {
          // `staging:` with nothing behind it is a name without keys.
          const empty: Located = { ...value, content: { type: 'object', entries: new Map() } };
          checkKeys(isEmpty && content.type === 'object' ? empty : value, wanted, place);
        } else if (value.content.type !== 'scalar' || (isEmpty && content.type === 'list')) {
          found(`"${printPath(place)}" must be a text, but is ${describe(toJson(value))}`, value.start);
        }
      }
    };
    switch (wanted.type) {
      case 'list':
        if (content.type === 'list') each(content.items.entries());
        else found(`${name} must be a list, but is ${describe(toJson(node))}`);
        return;
      case 'map':
        if (content.type === 'object') each(content.entries);
        else found(`${name} must hold names with their values, but is ${describe(toJson(node))}`);
        return;
      case 'object':
        return checkKeys(node, wanted, path);
      default:
        return checkScalar(toJson(node), wanted, name, found);
    }
  };
  const checkKeys = (node: Located, schema: KeySchema, path: Path): void => {
    const { content } = node;
    const { keys = {} } = schema;
    const name = path.length === 0 ? 'the config' : `"${printPath(path)}"`;
    if (content.type !== 'object') {
      const message = `${name} must hold keys with their values, but is ${describe(toJson(node))}`;
      problems.push({ at: node.start, message });
      return;
    }
    for (const { key, description, required } of wantedKeys(schema, content.entries)) {
      const value = content.entries.get(key);
      if (value === undefined) {
        const message = `"${printPath([...path, key])}" is missing: ${description}`;
        const at = node.keyStart ?? node.start;
        problems.push({ at, message, ...(path.length === 0 ? { isMissing: true } : {}) });
      } else if (!required && (toJson(value) ?? '') === '') {
        problems.push({
          at: value.start,
          message: `"${printPath([...path, key])}" is empty`,
          isMissing: true,
        });
      }
    }
    for (const [key, value] of content.entries) {
      const known = Object.hasOwn(keys, key) ? keys[key] : undefined;
      if (known !== undefined) check(value, known, [...path, key]);
      else if (path.length > 0 || !isPrivate(key)) {
        const near = suggestion(key, Object.keys(keys));
        const all = near === '' ? `; known are ${Object.keys(keys).join(', ')}` : '';
        problems.push({
          at: value.keyStart ?? value.start,
          message: `unknown key "${printPath([...path, key])}"${near}${all}`,
        });
      }
    }
  };
  check(root, schema, []);
  return problems;
}

/** `x-defaults: &defaults`: where YAML keeps what it repeats. */
function isPrivate(key: string): boolean {
  return key.startsWith('x-');
}

/** Keys that must be there: `required` ones, and those of the set of `either` that was begun. */
function wantedKeys(
  { keys = {}, either }: KeySchema,
  entries: ReadonlyMap<string, Located>,
): { key: string; description: string; required: boolean }[] {
  const chosen = either?.findLast((set) => set.some((key) => entries.has(key))) ?? either?.[0] ?? [];
  return Object.entries(keys).flatMap(([key, { description, required = false }]) =>
    required || chosen.includes(key) ? [{ key, description, required }] : [],
  );
}

function checkScalar(value: unknown, wanted: KeySchema, name: string, found: Found): void {
  const { type, choices, least = -Infinity } = wanted;
  if (type === 'number') {
    const amount = toNumber(value);
    if (amount === undefined) found(`${name} must be a number, but is ${describe(value)}`);
    else if (amount < least) found(`${name} is ${amount}, but must be ${least} or more`);
  } else if (type === 'boolean') {
    if (toBoolean(value) === undefined) found(`${name} must be true or false, but is ${describe(value)}`);
  } else if (type === 'duration' && typeof value === 'number') {
    found(`${name} is ${value}, a number without a unit: write "${value}s" for seconds`);
  } else if (typeof value !== 'string') {
    found(`${name} must be a text, but is ${describe(value)}`);
  } else if (type === 'duration' && parseDuration(value) === undefined) {
    found(`${name} is "${value}", which is not a duration: write it like 15m, 1h30m or 90s`);
  } else if (choices !== undefined && !choices.includes(value)) {
    found(`${name} is "${value}", which is not one of ${choices.join(', ')}${suggestion(value, choices)}`);
  } else if (wanted.required && value === '') found(`${name} is empty`);
}

/** A template between quotes makes a text of a number. */
export function toNumber(value: unknown): number | undefined {
  const text = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim());
  return typeof value === 'number' ? value : text ? Number(value) : undefined;
}

export function toBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : value === 'true' ? true : value === 'false' ? false : undefined;
}
