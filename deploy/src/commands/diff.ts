import { exitCodes } from '../errors';
import { loadTarget } from '../load-target';
import { planRelease } from '../release/deploy';
import { openService } from '../release/open-service';
import { flag } from '../release/options';
import { quietly } from '../release/quietly';
import type { Handler } from './command';

/** `slipway diff [environment]`: what a deploy would change; `--exit-code` ends with 2 where it would. */
export const run: Handler = async (given, input) => {
  const context = quietly(given);
  const target = await loadTarget(context, input, { definitions: true });
  const { plan } = await planRelease(context, target, openService(context, target));
  const differs = plan.action !== 'unchanged';
  const exitCode = differs && flag(input, 'exitCode') ? exitCodes.difference : exitCodes.live;
  context.sink({ type: 'result', result: { kind: 'plan', command: 'diff', plan, exitCode } });
  return exitCode;
};
