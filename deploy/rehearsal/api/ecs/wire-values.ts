import type { Clock } from '../../clock';
import type { Message } from '../operation';

/** An instant of the clock as ECS writes it: epoch seconds of wall time, with milliseconds. */
export function wireTime(clock: Clock, instant: number): number;
export function wireTime(clock: Clock, instant: number | undefined): number | undefined;
export function wireTime(clock: Clock, instant: number | undefined): number | undefined {
  return instant === undefined ? undefined : Math.round(clock.toWire(instant)) / 1000;
}

/** Without the members that are undefined, as they would not be on the wire. */
export function present(message: Message): Message {
  const result: Message = {};
  for (const name in message) if (message[name] !== undefined) result[name] = message[name];
  return result;
}
