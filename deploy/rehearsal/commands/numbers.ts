import { UsageError } from '../errors';

/** @throws UsageError unless it is a port number. */
export function port(option: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new UsageError(`${option} ${text}: a whole number from 0 to 65535 is wanted`);
}

/** How many seconds of ECS's waiting pass in one of ours. @throws UsageError */
export function speed(option: string, text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 100) return value;
  throw new UsageError(`${option} ${text}: a number above 0 and up to 100 is wanted, 1 being AWS's own pace`);
}

/** @throws UsageError unless it is a whole number from 1 up. */
export function positive(option: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new UsageError(`${option} ${text}: a whole number from 1 up is wanted`);
}
