import { SlipwayError, exitCodes } from '../errors';
import { shownPath } from '../files';
import { loadTargets } from '../load-target';
import type { Context } from '../context';
import { comparedPlan } from '../release/against';
import { makePlan } from '../release/make-plan';
import { openService } from '../release/open-service';
import { flag, textOption } from '../release/options';
import { readPlanInput } from '../release/plan-release';
import { quietly } from '../release/quietly';
import { resolveImages } from '../release/images';
import type { PlanResult } from '../release/result';
import { unifiedDiff } from '../release/unified';
import type { RenderedTarget } from '../target';
import type { Handler, Input } from './command';

/**
 * `slipway diff [environment]`: what a deploy would change; with `--exit-code` it ends with 2 where it would.
 * `--against production` lays what this environment's definitions say beside what runs in another one.
 */
export const run: Handler = async (given, input) => {
  const context = quietly(given);
  const against = textOption(input, 'against');
  const targets = await loadTargets(context, input, { definitions: true });
  const others =
    against === undefined
      ? undefined
      : await loadTargets(context, inEnvironment(input, against), { definitions: true });
  const results: PlanResult[] = [];
  for (const target of targets) {
    const other = others && partnerOf(target, others);
    results.push(await diff(context, target, other, flag(input, 'unified')));
  }
  const differs = results.some(({ plan }) => plan.action !== 'unchanged');
  const exitCode = differs && flag(input, 'exitCode') ? exitCodes.difference : exitCodes.live;
  const coded = results.map((result): PlanResult => ({
    ...result,
    exitCode: result.plan.action === 'unchanged' ? exitCodes.live : exitCode,
  }));
  const [only, ...more] = coded;
  if (only !== undefined && more.length === 0) context.sink({ type: 'result', result: only });
  else context.sink({ type: 'result', result: { kind: 'many', command: 'diff', results: coded, exitCode } });
  return exitCode;
};

/** The same run, in another environment. */
function inEnvironment(input: Input, environment: string): Input {
  return { ...input, positionals: [environment] };
}

function partnerOf(target: RenderedTarget, others: readonly RenderedTarget[]): RenderedTarget {
  const partner = others.find(({ service }) => service === target.service) ?? others[0];
  if (partner !== undefined) return partner;
  throw new SlipwayError('USAGE', `there is no service ${target.service} to compare with`);
}

async function diff(
  context: Context,
  target: RenderedTarget,
  other: RenderedTarget | undefined,
  unified: boolean,
): Promise<PlanResult> {
  const own = other ?? target;
  const input = await readPlanInput(context, own, openService(context, own));
  const result = { kind: 'plan', command: 'diff', exitCode: exitCodes.live } as const;
  const shown = (file: string) => shownPath(context.cwd, file).replaceAll('\\', '/');
  if (other === undefined) {
    const text = unified ? { unified: unifiedDiff(input, shown) } : {};
    return { ...result, plan: makePlan(input), ...text };
  }
  const resolved = await resolveImages(target.definitions.taskDefinition, context.env);
  const promoted = { ...input, target: { ...other, definitions: target.definitions }, resolved };
  const text = unified ? { unified: unifiedDiff(promoted, shown) } : {};
  const plan = comparedPlan(makePlan(promoted), makePlan(input));
  return { ...result, plan, rendered: target.environment ?? target.cluster, ...text };
}
