import { SlipwayError } from '../errors';
import { loadTarget } from '../load-target';
import { textOption } from '../release/options';
import { quietly } from '../release/quietly';
import { joinWords } from '../tasks/command-line';
import { execInTask } from '../tasks/exec';
import { parsePortForward } from '../tasks/port-forward';
import type { Handler } from './command';

/** `slipway exec [environment]`: a shell, or one command, in a container that runs. */
export const run: Handler = async (context, input) => {
  const line = textOption(input, 'command');
  const words = input.words ?? [];
  const forward = textOption(input, 'portForward');
  const given = [line !== undefined, words.length > 0, forward !== undefined].filter(Boolean);
  if (given.length > 1)
    throw new SlipwayError('USAGE', '--command, words behind -- and --port-forward exclude each other', {
      hint: 'give one of them',
    });
  const options = {
    task: textOption(input, 'task'),
    container: textOption(input, 'container'),
    command: line ?? (words.length > 0 ? joinWords(words) : 'sh'),
    forward: forward === undefined ? undefined : parsePortForward(forward),
  };
  const target = await loadTarget(quietly(context), input, { definitions: false });
  const result = await execInTask(context, target, options);
  context.sink({ type: 'result', result });
  return result.exitCode;
};
