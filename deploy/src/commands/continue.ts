import { loadTarget } from '../load-target';
import { continueDeployment } from '../release/continue';
import { flag, textOption, timeoutOption, untilOption } from '../release/options';
import type { Handler } from './command';

/** `slipway continue [environment]`: answers a pause hook. */
export const run: Handler = async (context, input) => {
  const until = untilOption(input);
  timeoutOption(input, 0);
  const target = await loadTarget(context, input, { definitions: false });
  const result = await continueDeployment(context, target, {
    action: flag(input, 'rollback') ? 'ROLLBACK' : 'CONTINUE',
    hook: textOption(input, 'hook'),
    dryRun: flag(input, 'dryRun'),
    detach: flag(input, 'detach'),
    timeoutSeconds: timeoutOption(input, target.timeoutSeconds),
    until,
  });
  context.sink({ type: 'result', result });
  return result.exitCode;
};
