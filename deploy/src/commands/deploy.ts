import { SlipwayError } from '../errors';
import { loadTargets } from '../load-target';
import { preflightOptions } from '../preflight/options';
import { deploy, type DeployOptions } from '../release/deploy';
import { deployMany } from '../release/many/deploy-many';
import { flag, timeoutOption, untilOption } from '../release/options';
import type { RenderedTarget } from '../target';
import type { Handler, Input } from './command';

/** `slipway deploy [environment]`: plans, registers, updates each service once, and follows that to its end. */
export const run: Handler = async (context, input) => {
  const current = currentOption(input);
  const until = untilOption(input);
  timeoutOption(input, 0);
  const preflight = preflightOptions(input);
  const targets = await loadTargets(context, input, { definitions: true });
  const of = (target: RenderedTarget): DeployOptions => ({
    dryRun: flag(input, 'dryRun'),
    detach: flag(input, 'detach'),
    current,
    forceNewDeployment: flag(input, 'forceNewDeployment'),
    failFast: input.options['failFast'] !== false,
    timeoutSeconds: timeoutOption(input, target.timeoutSeconds),
    until,
    preflight,
  });
  const [only] = targets;
  const result =
    only !== undefined && targets.length === 1
      ? await deploy(context, only, of(only))
      : await deployMany(context, targets, {
          dryRun: flag(input, 'dryRun'),
          detach: flag(input, 'detach'),
          keepGoing: flag(input, 'keepGoing'),
          of,
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
