import { SlipwayError } from '../errors';
import { loadTarget } from '../load-target';
import { printRevision, revisionTable } from '../release/list-revisions';
import { countOption, textOption } from '../release/options';
import { quietly } from '../release/quietly';
import type { Handler } from './command';

const DEFAULT_LIMIT = 20;

/** `slipway revisions [environment]`: the revisions of the task definition; `--revision` prints one of them. */
export const run: Handler = async (given, input) => {
  const context = quietly(given);
  const which = textOption(input, 'revision');
  const limit = countOption(input, 'limit', 1) ?? DEFAULT_LIMIT;
  if (limit > 100) throw new SlipwayError('USAGE', `--limit ${limit} is more than 100`);
  const target = await loadTarget(context, input, { definitions: false });
  const result =
    which === undefined
      ? await revisionTable(context, target, limit)
      : await printRevision(context, target, which);
  context.sink({ type: 'result', result });
  return result.exitCode;
};
