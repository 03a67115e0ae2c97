import { loadTarget } from '../load-target';
import { goBack } from '../release/go-back';
import { flag, textOption, timeoutOption, untilOption } from '../release/options';
import type { Handler } from './command';

/** `slipway rollback [environment]`: back to a release that ran before. Needs no definitions. */
export const run: Handler = async (context, input) => {
  const until = untilOption(input);
  timeoutOption(input, 0);
  const target = await loadTarget(context, input, { definitions: false });
  const result = await goBack(context, target, {
    to: textOption(input, 'to') ?? 'last-good',
    dryRun: flag(input, 'dryRun'),
    detach: flag(input, 'detach'),
    reason: textOption(input, 'reason'),
    timeoutSeconds: timeoutOption(input, target.timeoutSeconds),
    until,
  });
  context.sink({ type: 'result', result });
  return result.exitCode;
};
