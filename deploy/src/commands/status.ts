import { readScaling } from '../autoscaling/read-scaling';
import { describeService } from '../aws/ecs';
import type { Context } from '../context';
import { openService } from '../release/open-service';
import { quietly } from '../release/quietly';
import type { StatusResult } from '../release/result';
import { readRunning } from '../release/running';
import { readInProgress, statusOf } from '../release/status';
import type { Target } from '../target';
import type { Handler } from './command';
import { eachService } from './each-service';

/** `slipway status [environment]`: what runs, its deployments, counts, last events and its release record. */
export const run: Handler = (context, input) => eachService(quietly(context), input, 'status', read);

async function read(context: Context, target: Target): Promise<StatusResult> {
  const opened = openService(context, target);
  const { ecs, name, place } = opened;
  const service = await describeService(ecs, name);
  if (service?.status !== 'ACTIVE') return statusOf(place, service, undefined);
  const running = await readRunning(ecs, name);
  const [inProgress, scaling] = await Promise.all([
    running === undefined ? undefined : readInProgress(opened, running),
    // How it is scaled is the least of what is asked for.
    readScaling(context, target, running?.service).catch(() => undefined),
  ]);
  return statusOf(place, running?.service ?? service, running, { inProgress, scaling });
}
