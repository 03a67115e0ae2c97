import { createHash } from 'node:crypto';
import { ApiError, list, optionalText, type Message } from '../../../api/operation';
import type { Store } from '../../store';
import { numberOr, page, sortedBy } from '../page';

/** What the operations of ELBv2 work on. `settle` brings the balancer in line with the store. */
export interface Elbv2Context {
  store: Store;
  now: () => number;
  settle: () => Promise<void>;
}

export function notFound(code: string, what: string): ApiError {
  return new ApiError(code, `One or more ${what} not found`);
}

export function invalid(message: string): ApiError {
  return new ApiError('ValidationError', message);
}

/** Entries by ARNs and names, all of which must be there; all entries where none are asked for. */
export function select<T extends { arn: string; name?: string }>(
  table: ReadonlyMap<string, T>,
  wanted: { arns: readonly string[]; names?: readonly string[] },
  missing: ApiError,
): T[] {
  const { arns, names = [] } = wanted;
  const entries = [...table.values()];
  const known = (values: readonly string[], value: (entry: T) => string | undefined) =>
    values.every((name) => entries.some((entry) => value(entry) === name));
  if (!known(arns, (entry) => entry.arn) || !known(names, (entry) => entry.name)) throw missing;
  return entries.filter(
    (entry) =>
      (arns.length === 0 || arns.includes(entry.arn)) &&
      (names.length === 0 || names.includes(entry.name ?? '')),
  );
}

/** One page where the request wants pages; everything in its own order otherwise. */
export function inPages<T extends { arn: string }>(entries: readonly T[], input: Message) {
  if (input.PageSize === undefined && input.Marker === undefined) return { entries, next: undefined };
  const size = numberOr(input.PageSize, 400, { max: 400 });
  const arn = (entry: T) => entry.arn;
  return page(sortedBy(entries, arn), arn, size, input.Marker, 'ValidationError');
}

/** A number of a Query request, which comes as text; undefined where it was not given. */
export function optionalNumber(input: Message, name: string): number | undefined {
  const text = optionalText(input, name);
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (Number.isInteger(number)) return number;
  throw invalid(`'${text}' is not a valid value for ${name}: a whole number is wanted`);
}

export function optionalBoolean(input: Message, name: string): boolean | undefined {
  const text = optionalText(input, name);
  return text === undefined ? undefined : text === 'true';
}

/** `[{Key, Value}]` as a record. */
export function attributesOf(input: Message): Record<string, string> {
  return Object.fromEntries(
    list<{ Key?: string; Value?: string }>(input, 'Attributes').map(({ Key = '', Value = '' }) => [
      Key,
      Value,
    ]),
  );
}

export const writtenAttributes = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([Key, Value]) => ({ Key, Value }));

/** Sixteen hex digits that follow from what they identify and when it was made. */
export function resourceId(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 16);
}
