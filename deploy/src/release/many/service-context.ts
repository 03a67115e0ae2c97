import type { Context } from '../../context';
import { SlipwayError } from '../../errors';
import type { ServiceError } from '../result';
import { atMost } from './in-order';

/** Services that are at work together. Reading is limited to 20 calls a second, registering to one after a burst of 20. */
export const AT_ONCE = 5;

/** The same world, in which every event says which service it is about. */
export function serviceContext(context: Context, service: string, signal = context.signal): Context {
  return { ...context, signal, sink: (event) => context.sink({ ...event, service }) };
}

/**
 * Does something that changes nothing for every service, and lets all of them say what is wrong before it fails.
 * @throws the first error, by the order of the services, with the service's name
 */
export async function forAll<T extends { service: string }, R>(
  context: Context,
  items: readonly T[],
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = await atMost(AT_ONCE, items, run);
  const failures = results.flatMap((result, index) =>
    result.status === 'rejected' ? [named(result.reason, items[index]?.service ?? '')] : [],
  );
  const [first, ...others] = failures;
  for (const other of others) {
    if (!(other instanceof SlipwayError)) throw other;
    const message = `${other.summary ?? other.message} [${other.code}]`;
    context.sink({ type: 'note', level: 'warning', message });
  }
  if (first !== undefined) throw first;
  return results.map((result) => (result as PromiseFulfilledResult<R>).value);
}

function named(error: unknown, service: string): Error {
  if (!(error instanceof SlipwayError)) return error instanceof Error ? error : new Error(String(error));
  const { code, message, hint, summary, exitCode } = error;
  const shown = message.includes(service) ? message : `${service}: ${message}`;
  return new SlipwayError(code, shown, {
    exitCode,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    ...(summary === undefined ? {} : { summary }),
  });
}

export function errorOf({ code, message, hint, exitCode }: SlipwayError): ServiceError {
  return { code, message, hint, exitCode };
}
