import type { Input } from '../commands/command';
import { parseDuration } from '../config/duration';
import { SlipwayError } from '../errors';

/** `--timeout 90s`, in seconds; the config's own where it is not given. */
export function timeoutOption({ options }: Input, fallback: number): number {
  const text = options['timeout'];
  if (typeof text !== 'string') return fallback;
  const seconds = parseDuration(text);
  if (seconds === undefined) {
    throw new SlipwayError('USAGE', `--timeout ${text} is no duration`, {
      hint: 'write it like 90s, 15m or 1h30m',
    });
  }
  return seconds;
}

/** `--until serving` or `--until drained` (the default). */
export function untilOption({ options }: Input): 'serving' | 'drained' {
  const until = options['until'] ?? 'drained';
  if (until === 'serving' || until === 'drained') return until;
  throw new SlipwayError('USAGE', `--until ${String(until)} is neither serving nor drained`);
}

export function textOption({ options }: Input, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function flag({ options }: Input, name: string): boolean {
  return options[name] === true;
}

/** `--tasks 3`: a whole number, `least` or more; undefined where it is not given. */
export function countOption(input: Input, name: string, least = 0): number | undefined {
  const text = textOption(input, name);
  if (text === undefined) return undefined;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= least && Number.isSafeInteger(count)) return count;
  throw new SlipwayError('USAGE', `--${name} ${text} is no whole number from ${least} on`);
}
