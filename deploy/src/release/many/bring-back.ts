import type { Context } from '../../context';
import { SlipwayError } from '../../errors';
import type { RenderedTarget } from '../../target';
import type { DeployOptions, Prepared } from '../deploy';
import { goBack } from '../go-back';
import type { DeploymentResult } from '../result';
import { settledTaskDefinition } from '../running';
import { runInOrder } from './in-order';
import { AT_ONCE, serviceContext } from './service-context';

export interface BringBackOptions {
  why: string;
  optionsOf: (target: RenderedTarget) => DeployOptions;
  done: (service: string, result: DeploymentResult) => void;
  failed: (service: string, error: SlipwayError) => void;
}

/**
 * Services of a release that are live go back to what ran before it: those that depend on others first. One that the
 * release created has nothing to go back to, and stays.
 */
export async function bringBack(
  context: Context,
  services: readonly (Prepared & { service: string })[],
  { why, optionsOf, done, failed }: BringBackOptions,
): Promise<void> {
  // Ctrl-C asked for this: the way back is followed to its end.
  const { signal } = new AbortController();
  await runInOrder({
    nodes: services.map((each) => ({
      name: each.service,
      after: dependents(
        services.map(({ target }) => target),
        each.service,
      ),
      each,
    })),
    atOnce: AT_ONCE,
    mayStart: () => true,
    run: async ({ name, each: { target, planned } }) => {
      const own = serviceContext(context, name, signal);
      const previous = planned.running && settledTaskDefinition(planned.running.service);
      if (previous === undefined) {
        const message = `${why}; ${name} has nothing to go back to and stays as it is`;
        own.sink({ type: 'note', level: 'warning', message });
        return true;
      }
      own.sink({ type: 'phase', phase: 'rollback', message: why });
      const { timeoutSeconds, until, detach } = optionsOf(target);
      try {
        const result = await goBack(own, target, {
          to: previous,
          dryRun: false,
          detach,
          reason: why,
          timeoutSeconds,
          until,
        });
        if (result.kind === 'deployment') {
          done(name, result);
          own.sink({ type: 'deployment', result });
        }
      } catch (error) {
        if (!(error instanceof SlipwayError)) throw error;
        own.sink({ type: 'note', level: 'warning', message: `${error.message} [${error.code}]` });
        failed(name, error);
      }
      return true;
    },
  });
}

/** Names of the services that depend on one: on the way back they go first. */
export function dependents(
  targets: readonly { service: string; serviceConfig: { dependsOn: readonly string[] } }[],
  service: string,
): string[] {
  return targets
    .filter(({ serviceConfig }) => serviceConfig.dependsOn.includes(service))
    .map((each) => each.service);
}
