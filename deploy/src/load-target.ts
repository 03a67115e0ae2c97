import type { Input } from './commands/command';
import type { Context } from './context';
import { loadDefinitions } from './definition/load-definitions';
import { openConfig, requireEnvironment, selectEnvironment, startSession } from './session';
import type { RenderedTarget, Target } from './target';

export interface LoadOptions {
  /** Whether the definitions are rendered and validated too. */
  definitions: boolean;
}

/**
 * Config, environment, outputs and, if asked for, definitions of one run.
 * `input.positionals[0]` is the environment; of `input.options` it reads `config` (a path) and `image` (sets IMAGE).
 *
 * @throws SlipwayError for everything that can be wrong with them; nothing in AWS was changed by then.
 */
export function loadTarget(
  context: Context,
  input: Input,
  options: LoadOptions & { definitions: true },
): Promise<RenderedTarget>;
export function loadTarget(
  context: Context,
  input: Input,
  options: LoadOptions & { definitions: false },
): Promise<Target>;
export async function loadTarget(context: Context, input: Input, options: LoadOptions): Promise<Target> {
  const open = await openConfig(context, input);
  const environment = requireEnvironment(open, selectEnvironment(open, input));
  const { loaded, outputs, region, makeFunctions } = await startSession(context, input, open, environment);
  const { config } = loaded;
  const target: Target = {
    config,
    environment,
    service: config.service,
    cluster: config.cluster,
    region: await region(),
    timeoutSeconds: config.timeoutSeconds,
    outputs,
  };
  if (!options.definitions) return target;
  const shown = environment === undefined ? config.service : `${config.service} for ${environment}`;
  context.sink({ type: 'phase', phase: 'render', message: `rendering ${shown}` });
  const rendered: RenderedTarget = {
    ...target,
    definitions: await loadDefinitions(context, config, makeFunctions),
  };
  return rendered;
}
