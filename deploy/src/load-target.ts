import type { Input } from './commands/command';
import { dependencyOrder } from './config/dependencies';
import type { Context } from './context';
import { loadDefinitions } from './definition/load-definitions';
import { SlipwayError } from './errors';
import {
  openConfig,
  requireEnvironment,
  selectEnvironment,
  selectServices,
  startSession,
  type Session,
} from './session';
import type { RenderedTarget, Target } from './target';

export interface LoadOptions {
  /** Whether the definitions are rendered and validated too. */
  definitions: boolean;
}

type WithDefinitions = LoadOptions & { definitions: true };

/**
 * Config, environment, outputs and, if asked for, definitions of one run for one service.
 * `input.positionals[0]` is the environment; of `input.options` it reads `config` (a path), `service` (one name,
 * where the config has several) and `image` (sets IMAGE).
 *
 * @throws SlipwayError for everything that can be wrong with them; nothing in AWS was changed by then.
 */
export function loadTarget(context: Context, input: Input, options: WithDefinitions): Promise<RenderedTarget>;
export function loadTarget(context: Context, input: Input, options: LoadOptions): Promise<Target>;
export async function loadTarget(context: Context, input: Input, options: LoadOptions): Promise<Target> {
  const session = await open(context, input);
  const names = session.services.map(({ config }) => config.service);
  const [only, ...others] = names;
  if (only === undefined || others.length > 0) {
    throw new SlipwayError('USAGE', `say which service: there are ${names.join(', ')}`, {
      hint: `for example: --service ${only ?? 'NAME'}`,
    });
  }
  return target(context, session, only, options);
}

/**
 * The same for every service of the config, or for those that `--service` names: each after those that it
 * depends on.
 */
export function loadTargets(
  context: Context,
  input: Input,
  options: WithDefinitions,
): Promise<RenderedTarget[]>;
export function loadTargets(context: Context, input: Input, options: LoadOptions): Promise<Target[]>;
export async function loadTargets(context: Context, input: Input, options: LoadOptions): Promise<Target[]> {
  const session = await open(context, input);
  const targets: Target[] = [];
  for (const { service } of dependencyOrder(session.services.map(({ config }) => config))) {
    targets.push(await target(context, session, service, options));
  }
  return targets;
}

async function open(context: Context, input: Input): Promise<Session> {
  const config = await openConfig(context, input);
  const environment = requireEnvironment(config, selectEnvironment(config, input));
  return startSession(context, input, config, environment, selectServices(config, input));
}

async function target(
  context: Context,
  { environment, outputs, region, services }: Session,
  service: string,
  { definitions }: LoadOptions,
): Promise<Target> {
  const session = services.find(({ config }) => config.service === service);
  if (session === undefined) throw new Error(`there is no session for ${service}`);
  const { loaded, config, makeFunctions } = session;
  const target: Target = {
    config: loaded.config,
    serviceConfig: config,
    environment,
    service,
    cluster: config.cluster,
    region: await region(),
    timeoutSeconds: config.timeoutSeconds,
    outputs,
  };
  if (!definitions) return target;
  const shown = environment === undefined ? service : `${service} for ${environment}`;
  context.sink({ type: 'phase', phase: 'render', message: `rendering ${shown}` });
  const rendered: RenderedTarget = {
    ...target,
    definitions: await loadDefinitions(context, config, makeFunctions),
  };
  return rendered;
}
