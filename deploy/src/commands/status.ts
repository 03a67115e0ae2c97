import { describeService } from '../aws/ecs';
import { exitCodes } from '../errors';
import { loadTarget } from '../load-target';
import { openService } from '../release/open-service';
import { quietly } from '../release/quietly';
import { readRunning } from '../release/running';
import { statusOf } from '../release/status';
import type { Handler } from './command';

/** `slipway status [environment]`: what runs, its deployments, counts, last events and its release record. */
export const run: Handler = async (given, input) => {
  const context = quietly(given);
  const target = await loadTarget(context, input, { definitions: false });
  const { ecs, name, place } = openService(context, target);
  const service = await describeService(ecs, name);
  const running = service?.status === 'ACTIVE' ? await readRunning(ecs, name) : undefined;
  context.sink({ type: 'result', result: statusOf(place, running?.service ?? service, running) });
  return exitCodes.live;
};
