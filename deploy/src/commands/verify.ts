import { exitCodes } from '../errors';
import { loadTargets } from '../load-target';
import { preflightOptions } from '../preflight/options';
import { runChecks, type PreflightOptions } from '../preflight/run-checks';
import { forAll, serviceContext } from '../release/many/service-context';
import type { FindingsResult } from '../release/result';
import type { Context } from '../context';
import type { RenderedTarget } from '../target';
import type { Handler } from './command';
import { many } from './each-service';

/** `slipway verify [environment]`: everything that the preflight of a deploy looks at. */
export const run: Handler = async (context, input) => {
  const options = preflightOptions(input);
  const targets = await loadTargets(context, input, { definitions: true });
  const results = await forAll(context, targets, (target) =>
    verify(targets.length === 1 ? context : serviceContext(context, target.service), target, options),
  );
  const [only] = results;
  const result = only !== undefined && results.length === 1 ? only : many('verify', results);
  context.sink({ type: 'result', result });
  return result.exitCode;
};

async function verify(
  context: Context,
  target: RenderedTarget,
  options: PreflightOptions,
): Promise<FindingsResult> {
  const { environment, cluster, service, region } = target;
  const without = options.skip.length === 0 ? '' : `, without ${options.skip.join(', ')}, as asked for`;
  context.sink({
    type: 'phase',
    phase: 'preflight',
    message: `${service} in ${cluster}, ${region}${without}`,
  });
  const { findings, checks } = await runChecks(context, target, options);
  const refused = findings.some(({ level }) => level === 'error');
  return {
    kind: 'findings',
    place: { environment, cluster, service, region },
    findings,
    checks,
    exitCode: refused ? exitCodes.refused : exitCodes.live,
  };
}
