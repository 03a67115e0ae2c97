import { SlipwayError } from '../errors';
import { loadTarget } from '../load-target';
import { textOption, timeoutOption, untilOption } from '../release/options';
import { wait } from '../release/wait';
import type { Target } from '../target';
import type { Handler } from './command';
import { eachService } from './each-service';

/** `slipway wait [environment]`: the deployment in progress to its end, whoever started it. */
export const run: Handler = async (context, input) => {
  const until = untilOption(input);
  timeoutOption(input, 0);
  const deployment = textOption(input, 'deployment');
  const optionsOf = (target: Target) => ({
    deployment,
    timeoutSeconds: timeoutOption(input, target.timeoutSeconds),
    until,
  });
  if (deployment === undefined)
    return eachService(context, input, 'wait', (own, target) => wait(own, target, optionsOf(target)));
  if (!/^ecs-svc\/\d+$/.test(deployment)) {
    throw new SlipwayError('USAGE', `--deployment ${deployment} is no id of a deployment`, {
      hint: 'it looks like ecs-svc/1234567890; "slipway deploy --detach" and "slipway status" give it',
    });
  }
  // It is of one service alone.
  const target = await loadTarget(context, input, { definitions: false });
  const result = await wait(context, target, optionsOf(target));
  context.sink({ type: 'result', result });
  return result.exitCode;
};
