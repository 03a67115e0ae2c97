import { SlipwayError } from '../errors';
import { loadTarget } from '../load-target';
import { deregister, type DeregisterOptions } from '../release/deregister';
import { countOption, flag, textOption } from '../release/options';
import { confirm } from './confirm';
import type { Handler, Input } from './command';

/** `slipway deregister [environment]`: old revisions that nothing needs. */
export const run: Handler = async (context, input) => {
  const which = whichOption(input);
  const target = await loadTarget(context, input, { definitions: false });
  const result = await deregister(context, target, {
    which,
    remove: flag(input, 'delete'),
    dryRun: flag(input, 'dryRun'),
    confirm: (what) => (flag(input, 'yes') ? Promise.resolve() : confirm(context, what, '"yes"', 'yes')),
  });
  context.sink({ type: 'result', result });
  return result.exitCode;
};

function whichOption(input: Input): DeregisterOptions['which'] {
  const revision = textOption(input, 'revision');
  const keep = countOption(input, 'keep');
  if (revision !== undefined && keep === undefined) return { revision };
  if (keep !== undefined && revision === undefined) return { keep };
  throw new SlipwayError(
    'USAGE',
    keep === undefined ? 'say which revisions are to go' : '--revision and --keep exclude each other',
    { hint: '--revision N deregisters one, --keep N all but the N newest' },
  );
}
