import { createInterface } from 'node:readline/promises';
import { describeService } from '../aws/ecs';
import type { Context } from '../context';
import { exitCodes, SlipwayError, type ExitCode } from '../errors';
import { loadTarget } from '../load-target';
import { deleteService } from '../release/delete';
import { pollSeconds } from '../release/follow';
import { openService } from '../release/open-service';
import { flag, timeoutOption } from '../release/options';
import type { DeleteResult } from '../release/result';
import type { Handler } from './command';

const EXIT: Readonly<Record<DeleteResult['outcome'], ExitCode>> = {
  deleted: exitCodes.live,
  unchanged: exitCodes.live,
  planned: exitCodes.live,
  'in-progress': exitCodes.timedOut,
  cancelled: exitCodes.interrupted,
};

/** `slipway delete [environment]`: removes the service and its tasks; infrastructure stays as it is. */
export const run: Handler = async (context, input) => {
  timeoutOption(input, 0);
  const target = await loadTarget(context, input, { definitions: false });
  const { ecs, name, place } = openService(context, target);
  const finish = (outcome: DeleteResult['outcome'], message: string): ExitCode => {
    context.sink({
      type: 'result',
      result: { kind: 'delete', place, outcome, message, exitCode: EXIT[outcome] },
    });
    return EXIT[outcome];
  };

  const service = await describeService(ecs, name);
  const full = `service ${name.service} in ${name.cluster} (${place.region})`;
  if (service === undefined || service.status === 'INACTIVE')
    return finish('unchanged', `${full} does not exist`);
  const tasks = `${service.runningCount ?? 0} running tasks`;
  if (flag(input, 'dryRun')) return finish('planned', `${full} would be deleted with its ${tasks}`);
  if (!flag(input, 'yes')) await confirm(context, name.service, `${full} and its ${tasks} will be deleted.`);

  context.sink({ type: 'phase', phase: 'delete', message: full });
  const outcome = await deleteService({
    ecs,
    name,
    sink: context.sink,
    signal: context.signal,
    pollSeconds: pollSeconds(context.env),
    timeoutSeconds: timeoutOption(input, target.timeoutSeconds),
  });
  const messages = {
    deleted: `${full} is deleted`,
    'in-progress': `${full} is still being deleted; ECS goes on with it`,
    cancelled: `interrupted; ${full} is still being deleted, ECS goes on with it`,
  };
  return finish(outcome, messages[outcome]);
};

/** The service's name has to be typed, as nothing brings the tasks back; without a terminal only `--yes` will do. */
async function confirm(context: Context, service: string, what: string): Promise<void> {
  if (!context.isTerminal) {
    throw new SlipwayError('USAGE', `${what} Nothing was done: it was not confirmed`, {
      hint: 'confirm with --yes',
    });
  }
  const prompt = createInterface({ input: process.stdin });
  try {
    context.stderr(`${what} Type the service's name to go on: `);
    const answer = await prompt.question('', { signal: context.signal });
    if (answer.trim() === service) return;
    throw new SlipwayError('USAGE', `"${answer.trim()}" is not "${service}": nothing was deleted`);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was deleted');
  } finally {
    prompt.close();
  }
}
