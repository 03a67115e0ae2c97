import { parseDuration } from '../config/duration';
import { SlipwayError } from '../errors';
import { loadTarget } from '../load-target';
import { flag, textOption } from '../release/options';
import { quietly } from '../release/quietly';
import { showLogs } from '../tasks/logs';
import type { Handler } from './command';

/** `slipway logs [environment]`: what the containers of the service write, on standard output. */
export const run: Handler = async (context, input) => {
  const since = textOption(input, 'since') ?? '10m';
  const sinceSeconds = parseDuration(since);
  if (sinceSeconds === undefined)
    throw new SlipwayError('USAGE', `--since ${since} is no duration`, {
      hint: 'write it like 90s, 15m or 1h30m',
    });
  const quiet = quietly(context);
  const target = await loadTarget(quiet, input, { definitions: false });
  const lines = {
    ...quiet,
    sink: (event: Parameters<typeof quiet.sink>[0]) => (event.type === 'log' ? context : quiet).sink(event),
  };
  const result = await showLogs(lines, target, {
    follow: flag(input, 'follow'),
    sinceSeconds,
    task: textOption(input, 'task'),
    container: textOption(input, 'container'),
    filterPattern: textOption(input, 'filter'),
  });
  context.sink({ type: 'result', result });
  return result.exitCode;
};
