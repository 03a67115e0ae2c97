import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { loadTargets } from '../load-target';
import { removeService, whatIsThere } from '../release/delete';
import { serviceContext } from '../release/many/service-context';
import { flag, timeoutOption } from '../release/options';
import type { DeleteResult } from '../release/result';
import type { Target } from '../target';
import type { Handler } from './command';
import { confirm } from './confirm';
import { many } from './each-service';

/** `slipway delete [environment]`: removes the services and their tasks; infrastructure stays as it is. */
export const run: Handler = async (context, input) => {
  timeoutOption(input, 0);
  // What depends on others goes first.
  const targets = (await loadTargets(context, input, { definitions: false })).reverse();
  const contextOf = ({ service }: Target): Context =>
    targets.length === 1 ? context : serviceContext(context, service);
  const there = await Promise.all(targets.map((target) => whatIsThere(contextOf(target), target)));
  const doomed = there.filter(({ result }) => result === undefined).map(({ sentence }) => sentence);
  const dryRun = flag(input, 'dryRun');
  if (doomed.length > 0 && !dryRun && !flag(input, 'yes')) {
    const names = targets.map(({ service }) => service);
    const name = names.length === 1 ? "the service's name" : `"${names.join(' ')}"`;
    await confirm(context, `${doomed.join('; ')} will be deleted.`, name, names.join(' '));
  }
  const results: DeleteResult[] = [];
  for (const [index, target] of targets.entries()) {
    if (context.signal.aborted && results.length === 0)
      throw new SlipwayError('INTERRUPTED', 'interrupted before anything was deleted');
    if (context.signal.aborted) break;
    const found = there[index]!;
    const timeoutSeconds = timeoutOption(input, target.timeoutSeconds);
    results.push(
      found.result ?? (await removeService(contextOf(target), target, found, { dryRun, timeoutSeconds })),
    );
  }
  const [only] = results;
  const result = only !== undefined && targets.length === 1 ? only : many('delete', results);
  context.sink({ type: 'result', result });
  return result.exitCode;
};
