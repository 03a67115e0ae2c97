import type { JsonObject } from '../definition/definitions';
import type { Json } from '../outputs/outputs';

/** Readers of a definition that may be wrong in any way: what has another type counts as absent. */

export function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function number(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

export function object(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

/** The objects of a list with their places in it. */
export function objects(value: Json | undefined): { value: JsonObject; index: number }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry, index) => {
    const found = object(entry);
    return found === undefined ? [] : [{ value: found, index }];
  });
}

export function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.flatMap((entry) => text(entry) ?? []) : [];
}

/** `1 subnet`, `2 subnets`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

/** What stands more than once in a list. */
export function repeated<T>(values: readonly T[]): T[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
