import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml';
import { suggestion } from '../../../schema/did-you-mean';
import { describe } from '../../../schema/validate';

/** A value in a YAML file, with its place. */
export interface Value {
  node: Node | null;
  /** Offset in the text; of the key, where the value itself is missing. */
  at: number;
  /** `expect.tasks[0].exit`, or empty for the whole file. */
  path: string;
  file: File;
}

/** A file that is being read: where its problems are collected. */
export interface File {
  document: Document;
  lines: LineCounter;
  problems: { at: number; message: string }[];
}

/** Reads a value; undefined where it reported a problem. */
export type Reader<T> = (value: Value) => T | undefined;

/** What may stand under a key. */
export interface Key<T> {
  /** One sentence, for the documentation. */
  about: string;
  read: Reader<T>;
  required: boolean;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;

/** What an object with these keys is read as: a key that is not required may be undefined. */
export type ReadKeys<K extends Keys> = {
  readonly [Name in keyof K]: K[Name] extends { required: true; read: Reader<infer T> }
    ? T
    : K[Name] extends Key<infer T>
      ? T | undefined
      : never;
};

export const optional = <T>(about: string, read: Reader<T>): Key<T> & { required: false } => ({
  about,
  read,
  required: false,
});

export const required = <T>(about: string, read: Reader<T>): Key<T> & { required: true } => ({
  about,
  read,
  required: true,
});

export const text: Reader<string> = (value) => {
  const found = plain(value);
  if (typeof found === 'string' && found.trim() !== '') return found;
  return report(value, found === '' ? 'is empty' : `must be a text, but is ${describe(found)}`);
};

export const flag: Reader<boolean> = (value) => {
  const found = plain(value);
  return typeof found === 'boolean'
    ? found
    : report(value, `must be true or false, but is ${describe(found)}`);
};

/** A number from `least` up. */
export const number =
  (least: number, whole = true): Reader<number> =>
  (value) => {
    const found = plain(value);
    if (typeof found === 'number' && found >= least && (!whole || Number.isInteger(found))) return found;
    return report(
      value,
      `must be a ${whole ? 'whole ' : ''}number from ${least} up, but is ${describe(found)}`,
    );
  };

/** Seconds: `90s`, `2m`, `500ms`. */
export const seconds: Reader<number> = (value) => {
  const found = plain(value);
  const [, amount, unit] = (typeof found === 'string' && /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(found)) || [];
  if (amount === undefined)
    return report(value, `must be a duration such as 500ms, 20s or 2m, but is ${describe(found)}`);
  return Number(amount) * (unit === 'm' ? 60 : unit === 's' ? 1 : 0.001);
};

export const oneOf =
  <T extends string>(...choices: readonly T[]): Reader<T> =>
  (value) => {
    const found = plain(value);
    const choice = choices.find((one) => one === found);
    if (choice !== undefined) return choice;
    const near = typeof found === 'string' ? suggestion(found, choices) : '';
    return report(value, `must be one of ${choices.join(', ')}, but is ${describe(found)}${near}`);
  };

export const list =
  <T>(read: Reader<T>): Reader<readonly T[]> =>
  (value) => {
    const { node } = value;
    if (!isSeq(node)) return report(value, `must be a list, but is ${describe(plain(value))}`);
    return node.items.flatMap((item, index) => {
      const path = `${value.path}[${index}]`;
      const read1 = read(place(value.file, item as Node, path, value.at));
      return read1 === undefined ? [] : [read1];
    });
  };

/** Names that the author chose, with their values. */
export const record =
  <T>(
    read: Reader<T>,
    problem: (name: string, value: T) => string | undefined = () => undefined,
  ): Reader<Record<string, T>> =>
  (value) => {
    const entries = entriesOf(value);
    return (
      entries &&
      Object.fromEntries(
        entries.flatMap(([name, held]) => {
          const found = read(held);
          if (found === undefined) return [];
          const wrong = problem(name, found);
          return wrong === undefined ? [[name, found]] : (report(held, wrong) ?? []);
        }),
      )
    );
  };

/** An object with these keys and no others. */
export const object =
  <K extends Keys>(keys: K): Reader<ReadKeys<K>> =>
  (value) => {
    const entries = entriesOf(value);
    if (entries === undefined) return undefined;
    const problems = value.file.problems.length;
    const found: Record<string, unknown> = Object.fromEntries(
      Object.keys(keys).map((name) => [name, undefined]),
    );
    for (const [name, held] of entries) {
      const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
      if (key !== undefined) found[name] = key.read(held);
      else {
        const near = suggestion(name, Object.keys(keys)) || `; known are ${Object.keys(keys).join(', ')}`;
        value.file.problems.push({ at: held.at, message: `unknown key "${held.path}"${near}` });
      }
    }
    for (const [name, { about, required: must }] of Object.entries(keys)) {
      if (must && !entries.some(([known]) => known === name)) report(value, `lacks "${name}": ${about}`);
    }
    return value.file.problems.length === problems ? (found as ReadKeys<K>) : undefined;
  };

/** Any JSON, as it is handed on to AWS's API. */
export const json: Reader<unknown> = (value) => plain(value);

/** Members of an AWS API, as they are handed on. */
export const members: Reader<Record<string, unknown>> = record(json);

/** Reports a problem with a value. @returns undefined, to be returned in its place. */
export function report({ file, at, path }: Value, message: string): undefined {
  file.problems.push({ at, message: `${path === '' ? 'the scenario' : `"${path}"`} ${message}` });
  return undefined;
}

export function place(file: File, written: Node | null, path: string, keyAt: number): Value {
  const node = isAlias(written) ? (written.resolve(file.document) ?? null) : written;
  return { node, at: node?.range?.[0] ?? keyAt, path, file };
}

/** The value as JSON has it. */
export function plain({ node, file }: Value): unknown {
  return node === null ? null : (node.toJS(file.document) as unknown);
}

/** Undefined where it is no object, which is reported. A value that is missing stands at its key. */
function entriesOf(value: Value): [string, Value][] | undefined {
  const { node, file, path } = value;
  if (!isMap(node))
    return report(value, `must hold keys with their values, but is ${describe(plain(value))}`);
  return node.items.map(({ key, value: held }) => {
    const name = isScalar(key) ? String(key.value) : String(key);
    const at = (key as Node).range?.[0] ?? value.at;
    const inner = place(file, held as Node | null, path === '' ? name : `${path}.${name}`, at);
    // What is wrong with a key, or with all of a block, is shown at the key.
    return [name, isMap(inner.node) || isSeq(inner.node) ? { ...inner, at } : inner];
  });
}
