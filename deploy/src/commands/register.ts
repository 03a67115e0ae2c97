import { loadTarget } from '../load-target';
import { flag } from '../release/options';
import { register } from '../release/register';
import type { Handler } from './command';

/** `slipway register [environment]`: a new revision of the task definition, and nothing else. */
export const run: Handler = async (context, input) => {
  const target = await loadTarget(context, input, { definitions: true });
  const result = await register(context, target, {
    dryRun: flag(input, 'dryRun'),
    output: flag(input, 'output'),
  });
  context.sink({ type: 'result', result });
  return result.exitCode;
};
