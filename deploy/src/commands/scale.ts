import { SlipwayError } from '../errors';
import { loadTarget } from '../load-target';
import { countOption, flag, timeoutOption } from '../release/options';
import { scale } from '../release/scale';
import type { Handler, Input } from './command';

/** `slipway scale [environment]`: how many tasks run, and what autoscaling may do. */
export const run: Handler = async (context, input) => {
  timeoutOption(input, 0);
  const [tasks, min, max] = [
    countOption(input, 'tasks'),
    countOption(input, 'min'),
    countOption(input, 'max'),
  ];
  const suspend = suspendOption(input);
  if ([tasks, min, max, suspend].every((value) => value === undefined)) {
    throw new SlipwayError('USAGE', 'say what to scale', {
      hint: '--tasks sets the count; --min, --max, --suspend and --resume are about autoscaling',
    });
  }
  const target = await loadTarget(context, input, { definitions: false });
  const result = await scale(context, target, {
    tasks,
    min,
    max,
    suspend,
    dryRun: flag(input, 'dryRun'),
    detach: flag(input, 'detach'),
    timeoutSeconds: timeoutOption(input, target.timeoutSeconds),
  });
  context.sink({ type: 'result', result });
  return result.exitCode;
};

function suspendOption(input: Input): boolean | undefined {
  const suspend = flag(input, 'suspend');
  const resume = flag(input, 'resume');
  if (suspend && resume) {
    throw new SlipwayError('USAGE', '--suspend and --resume exclude each other', {
      hint: 'give one of them',
    });
  }
  return suspend ? true : resume ? false : undefined;
}
