import type { Context } from '../context';
import { loadTargets } from '../load-target';
import { forAll, serviceContext } from '../release/many/service-context';
import { worstOf } from '../release/many/worst';
import type { ManyResult, Result } from '../release/result';
import type { Target } from '../target';
import type { Input } from './command';

type One = Exclude<Result, ManyResult>;

/**
 * Does the same for the one service there is, or for several at once: then the results stand in one of `many`, in the
 * order of the config's dependencies.
 * @returns the exit code; of several the worst
 */
export async function eachService(
  context: Context,
  input: Input,
  command: string,
  run: (context: Context, target: Target) => Promise<One>,
): Promise<number> {
  const targets = await loadTargets(context, input, { definitions: false });
  const [only] = targets;
  const result: Result =
    only !== undefined && targets.length === 1
      ? await run(context, only)
      : many(
          command,
          await forAll(context, targets, (target) => run(serviceContext(context, target.service), target)),
        );
  context.sink({ type: 'result', result });
  return result.exitCode;
}

export function many(command: string, results: readonly One[]): ManyResult {
  return { kind: 'many', command, results, exitCode: worstOf(results.map(({ exitCode }) => exitCode)) };
}
