import { exitCodes, SlipwayError } from '../errors';
import { readHistory } from '../release/history';
import { openService } from '../release/open-service';
import { textOption } from '../release/options';
import { quietly } from '../release/quietly';
import { readRunning } from '../release/running';
import type { Handler, Input } from './command';
import { eachService } from './each-service';

const DEFAULT_LIMIT = 20;

/** `slipway history [environment]`: the releases of a service, newest first. */
export const run: Handler = async (given, input) => {
  const limit = limitOption(input);
  return eachService(quietly(given), input, 'history', async (context, target) => {
    const { ecs, name, place, serviceDeployments } = openService(context, target);
    const running = await readRunning(ecs, name);
    const releases = running === undefined ? [] : await readHistory(ecs, running, serviceDeployments, limit);
    return { kind: 'history', place, releases, exitCode: exitCodes.live };
  });
};

function limitOption(input: Input): number {
  const text = textOption(input, 'limit');
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= 100) return limit;
  throw new SlipwayError('USAGE', `--limit ${text} is no whole number from 1 to 100`);
}
