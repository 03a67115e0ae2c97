import { loadTarget } from '../load-target';
import { timeoutOption } from '../release/options';
import { runOnce } from '../tasks/run';
import { runOptions } from '../tasks/run-options';
import type { Handler } from './command';

/** `slipway run [environment] -- words`: a one-off task; ends with the exit status of its container. */
export const run: Handler = async (context, input) => {
  const options = runOptions(context, input, input.words ?? []);
  const definitions = options.which.kind === 'rendered';
  const target = definitions
    ? await loadTarget(context, input, { definitions: true })
    : await loadTarget(context, input, { definitions: false });
  const timeoutSeconds = timeoutOption(input, target.timeoutSeconds);
  const result = await runOnce(context, target, { ...options, timeoutSeconds });
  context.sink({ type: 'result', result });
  return result.exitCode;
};
