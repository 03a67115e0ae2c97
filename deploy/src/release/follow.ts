import type { Service } from '@aws-sdk/client-ecs';
import { revisionName } from '../aws/ecs';
import { giveUp, interrupted } from './give-up';
import type { Outcome } from './outcome';
import { outcomeOf } from './outcome-of';
import type { Serving } from './result';
import { watch } from './watch';
import { watchInput, type FollowInput } from './watch-input';

export { pollSeconds, type FollowInput } from './watch-input';

export interface Followed {
  outcome: Outcome;
  serving: readonly Serving[];
  seconds: number;
}

/**
 * Follows a deployment to its outcome, with the evidence that belongs to it. Ctrl-C rolls it back first, and so does
 * this run where no task will ever start.
 */
export async function follow(input: FollowInput): Promise<Followed> {
  const { context, timeoutSeconds, until } = input;
  const back = input.previous === undefined || input.onInterrupt === 'leave' ? '' : '; Ctrl-C rolls it back';
  context.sink({
    type: 'phase',
    phase: 'watch',
    message: `waiting until it is ${until}, at most ${Math.round(timeoutSeconds)} s${back}`,
  });
  const watched = await watch(watchInput(input, context.signal));
  const { verdict } = watched;
  const end =
    verdict.kind === 'interrupted'
      ? await interrupted(input, watched)
      : verdict.kind === 'hopeless'
        ? await giveUp(input, watched, verdict.reason)
        : verdict.kind === 'unfit'
          ? await giveUp(input, watched, verdict.explanation.cause, verdict.explanation)
          : { outcome: await outcomeOf(input, watched), watched, seconds: watched.seconds };
  return { outcome: end.outcome, serving: servingOf(end.watched.service), seconds: end.seconds };
}

/** What has running tasks, most first. */
export function servingOf(service: Service | undefined): Serving[] {
  const counts = new Map<string, number>();
  for (const { taskDefinition = '', runningCount = 0 } of service?.deployments ?? []) {
    const name = revisionName(taskDefinition);
    if (runningCount > 0) counts.set(name, (counts.get(name) ?? 0) + runningCount);
  }
  return [...counts]
    .map(([taskDefinition, runningCount]) => ({ taskDefinition, runningCount }))
    .sort((one, other) => other.runningCount - one.runningCount);
}
