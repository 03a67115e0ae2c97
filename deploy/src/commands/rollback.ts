import { loadTargets } from '../load-target';
import { goBack } from '../release/go-back';
import { goBackMany } from '../release/many/go-back-many';
import { flag, textOption, timeoutOption, untilOption } from '../release/options';
import type { Target } from '../target';
import type { Handler } from './command';

/** `slipway rollback [environment]`: back to a release that ran before. Needs no definitions. */
export const run: Handler = async (context, input) => {
  const until = untilOption(input);
  timeoutOption(input, 0);
  const targets = await loadTargets(context, input, { definitions: false });
  const to = textOption(input, 'to') ?? 'last-good';
  const dryRun = flag(input, 'dryRun');
  const of = (target: Target) => ({
    detach: flag(input, 'detach'),
    reason: textOption(input, 'reason'),
    timeoutSeconds: timeoutOption(input, target.timeoutSeconds),
    until,
    taskDefinitionOnly: flag(input, 'taskDefinitionOnly'),
  });
  const [only] = targets;
  const result =
    only !== undefined && targets.length === 1
      ? await goBack(context, only, { ...of(only), to, dryRun })
      : await goBackMany(context, targets, { to, dryRun, of });
  context.sink({ type: 'result', result });
  return result.exitCode;
};
