import { ApiError } from '../../api/operation';

/**
 * One page of a list that may grow between two calls: the token is the key of the last entry that was given out.
 * @param entries sorted by key.
 * @throws ApiError with the given code for a token that is none of ours.
 */
export function page<T>(
  entries: readonly T[],
  key: (entry: T) => string,
  size: number,
  token: unknown,
  invalid = 'InvalidNextToken',
): { entries: readonly T[]; next: string | undefined } {
  const after = token === undefined || token === null ? undefined : decodeToken(token, invalid);
  const rest = after === undefined ? entries : entries.filter((entry) => key(entry) > after);
  const given = rest.slice(0, size);
  const last = given.at(-1);
  return {
    entries: given,
    next: rest.length > size && last !== undefined ? encodeToken(key(last)) : undefined,
  };
}

function encodeToken(key: string): string {
  return Buffer.from(JSON.stringify({ after: key })).toString('base64');
}

function decodeToken(token: unknown, invalid: string): string {
  try {
    const { after } = JSON.parse(Buffer.from(String(token), 'base64').toString('utf8')) as { after: unknown };
    if (typeof after === 'string') return after;
  } catch {
    // Refused below.
  }
  throw new ApiError(invalid, `The specified token is not valid: ${String(token)}`);
}

/** Sorts by a text key, the same on every machine. */
export function sortedBy<T>(entries: Iterable<T>, key: (entry: T) => string): T[] {
  return [...entries].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** An optional number of a request; text in Query, a number in JSON. */
export function numberOr(value: unknown, fallback: number, limits: { max: number }): number {
  const given = value === undefined || value === null ? fallback : Number(value);
  return Number.isFinite(given) && given >= 1 ? Math.min(given, limits.max) : fallback;
}
