import { loadTarget } from '../load-target';
import { flag, timeoutOption, untilOption } from '../release/options';
import { refresh } from '../release/refresh';
import type { Handler } from './command';

/** `slipway refresh [environment]`: new tasks of the same release; the count stays as it is. */
export const run: Handler = async (context, input) => {
  const until = untilOption(input);
  timeoutOption(input, 0);
  const target = await loadTarget(context, input, { definitions: false });
  const result = await refresh(context, target, {
    dryRun: flag(input, 'dryRun'),
    detach: flag(input, 'detach'),
    timeoutSeconds: timeoutOption(input, target.timeoutSeconds),
    until,
  });
  context.sink({ type: 'result', result });
  return result.exitCode;
};
