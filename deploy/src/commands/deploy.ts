import { SlipwayError } from '../errors';
import { loadTarget } from '../load-target';
import { deploy, type DeployOptions } from '../release/deploy';
import { flag, timeoutOption, untilOption } from '../release/options';
import type { Handler, Input } from './command';

/** `slipway deploy [environment]`: plans, registers, updates once, and follows that one deployment to its end. */
export const run: Handler = async (context, input) => {
  const current = currentOption(input);
  const until = untilOption(input);
  timeoutOption(input, 0);
  const target = await loadTarget(context, input, { definitions: true });
  const result = await deploy(context, target, {
    dryRun: flag(input, 'dryRun'),
    detach: flag(input, 'detach'),
    current,
    forceNewDeployment: flag(input, 'forceNewDeployment'),
    timeoutSeconds: timeoutOption(input, target.timeoutSeconds),
    until,
  });
  context.sink({ type: 'result', result });
  return result.exitCode;
};

function currentOption(input: Input): DeployOptions['current'] {
  const wait = flag(input, 'waitForCurrent');
  const supersede = flag(input, 'supersede');
  if (wait && supersede) {
    throw new SlipwayError('USAGE', '--wait-for-current and --supersede exclude each other', {
      hint: 'give one of them',
    });
  }
  return wait ? 'wait' : supersede ? 'supersede' : 'refuse';
}
