import type { ErrorCode } from '../errors';
import type { Json } from '../outputs/outputs';

/** What an expression has: JSON, or JSON that remembers where it is from, or something that is not known yet. */
export type Value = Json | OutputValue | Unread;

/** An output of the infrastructure: written as a whole string it keeps its type. */
export class OutputValue {
  constructor(
    readonly name: string,
    readonly value: Json,
  ) {}
}

/** An output of which only the type is known, as the contract promises it. */
export class PromisedOutput extends OutputValue {}

/**
 * Stands for a value that this run does not read: what `check` cannot know without credentials, and what the
 * config cannot know before its outputs are read. It passes through functions.
 */
export class Unread {
  constructor(readonly name: string) {}

  /** Plain enough to be read as JSON, as YAML and inside a longer string. */
  static readonly text = 'slipway-unread';
}

/** An output that only another service of the same file has: wrong, unless it is that service's part that reads it. */
export class ForeignOutput extends Unread {
  constructor(readonly problem: TemplateProblem) {
    super('output');
  }
}

/** Thrown by a function of a template; the evaluator adds file, line and column. */
export class TemplateProblem extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

export function unwrap(value: Value): Json | Unread {
  return value instanceof OutputValue ? value.value : value;
}

/** Go's rule: false, 0, nil and everything empty are false. */
export function isTrue(value: Value): boolean {
  const plain = unwrap(value);
  if (plain === null || plain instanceof Unread) return false;
  if (Array.isArray(plain)) return plain.length > 0;
  if (typeof plain === 'object') return Object.keys(plain).length > 0;
  return Boolean(plain);
}

export function typeName(value: Value): string {
  const plain = unwrap(value);
  if (plain === null) return 'nil';
  if (plain instanceof Unread) return 'unknown';
  if (Array.isArray(plain)) return 'list';
  return typeof plain === 'object' ? 'map' : typeof plain === 'boolean' ? 'bool' : typeof plain;
}

/** As text; lists and maps as JSON, since they end up in JSON. */
export function printValue(value: Value): string {
  const plain = unwrap(value);
  if (plain instanceof Unread) return Unread.text;
  if (plain === null) return '<no value>';
  return typeof plain === 'object' ? JSON.stringify(plain) : String(plain);
}
