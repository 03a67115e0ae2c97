/**
 * The version of ecspresso whose files slipway reads as that version does, but for what docs/ecspresso.md lists.
 * `required_version` is compared with it.
 */
export const compatibleVersion = '2.8.7';

interface Version {
  /** At least three. */
  numbers: number[];
  /** How many were written. */
  written: number;
  prerelease: string;
}

const pattern =
  /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.~-]+)|([A-Za-z~-][0-9A-Za-z.~-]*))?(?:\+[0-9A-Za-z.~-]+)?$/;

function parseVersion(text: string): Version | undefined {
  const [, digits, dashed, glued] = pattern.exec(text.trim()) ?? [];
  if (digits === undefined) return undefined;
  const numbers = digits.split('.').map(Number);
  const written = numbers.length;
  while (numbers.length < 3) numbers.push(0);
  return { numbers, written, prerelease: dashed ?? glued ?? '' };
}

/** Below, equal or above zero. */
function compare(left: Version, right: Version): number {
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let index = 0; index < length; index++) {
    const difference = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (left.prerelease === right.prerelease) return 0;
  if (left.prerelease === '') return 1;
  if (right.prerelease === '') return -1;
  return comparePrerelease(left.prerelease.split('.'), right.prerelease.split('.'));
}

function comparePrerelease(left: readonly string[], right: readonly string[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [one, other] = [left[index], right[index]];
    if (one === other) continue;
    if (one === undefined) return -1;
    if (other === undefined) return 1;
    const [number, otherNumber] = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (number && otherNumber && Number(one) !== Number(other)) return Number(one) - Number(other);
    if (number !== otherNumber) return number ? -1 : 1;
    return one < other ? -1 : 1;
  }
  return 0;
}

/** A version that is a preview counts only where the constraint names a preview of the same version. */
function previewFits(version: Version, limit: Version): boolean {
  if (version.prerelease === '') return true;
  return limit.prerelease !== '' && version.numbers.join('.') === limit.numbers.join('.');
}

function pessimistic(version: Version, limit: Version): boolean {
  if (!previewFits(version, limit) || (limit.prerelease !== '' && version.prerelease === '')) return false;
  if (compare(version, limit) < 0 || limit.numbers.length > version.numbers.length) return false;
  const fixed = limit.numbers.slice(0, limit.written - 1);
  const last = limit.numbers.length - 1;
  return (
    fixed.every((number, index) => version.numbers[index] === number) &&
    (limit.numbers[last] ?? 0) <= (version.numbers[last] ?? 0)
  );
}

const operators: Readonly<Record<string, (version: Version, limit: Version) => boolean>> = {
  '': (version, limit) => compare(version, limit) === 0,
  '=': (version, limit) => compare(version, limit) === 0,
  '!=': (version, limit) => compare(version, limit) !== 0,
  '>': (version, limit) => previewFits(version, limit) && compare(version, limit) > 0,
  '<': (version, limit) => previewFits(version, limit) && compare(version, limit) < 0,
  '>=': (version, limit) => previewFits(version, limit) && compare(version, limit) >= 0,
  '<=': (version, limit) => previewFits(version, limit) && compare(version, limit) <= 0,
  '~>': pessimistic,
};

/**
 * Whether a version satisfies a constraint in the syntax of hashicorp/go-version: `>= 2.0.0, < 3`, `~> v1.1.0`.
 * Undefined where the constraint is none.
 */
export function satisfies(version: string, constraint: string): boolean | undefined {
  const own = parseVersion(version);
  if (own === undefined) return undefined;
  const parts = constraint.split(',').map((part) => {
    const [, operator = '', limit = ''] = /^\s*(=|!=|>=|<=|>|<|~>)?\s*(\S+)\s*$/.exec(part) ?? [];
    const parsed = parseVersion(limit);
    return parsed === undefined ? undefined : operators[operator]?.(own, parsed);
  });
  return parts.includes(undefined) ? undefined : parts.every(Boolean);
}
