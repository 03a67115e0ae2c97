import { loadDefinition } from '../definition/load-definition';
import { refuse } from '../definition/load-definitions';
import { parseDuration } from '../config/duration';
import { SlipwayError, exitCodes } from '../errors';
import type { Json } from '../outputs/outputs';
import { openConfig, requireEnvironment, selectEnvironment, startSession, type Session } from '../session';
import type { Context } from '../context';
import type { Handler } from './command';

type Document = 'config' | 'service' | 'task-definition';

/** The names of ecspresso are as good as ours. */
const documents: Readonly<Record<string, Document>> = {
  'task-definition': 'task-definition',
  service: 'service',
  config: 'config',
  taskdef: 'task-definition',
  servicedef: 'service',
};

/** Prints what ECS would be given, as JSON: one document for each that is named, else the task definition and the service. */
export const run: Handler = async (context, input) => {
  const open = await openConfig(context, input);
  const selection = selectEnvironment(open, input, Object.keys(documents));
  const session = await startSession(context, input, open, requireEnvironment(open, selection));
  const named = selection.words.flatMap((word) => documents[word] ?? []);
  const rendered: Json[] = [];
  if (named.length === 0) {
    rendered.push({
      taskDefinition: await renderDocument(context, session, 'task-definition'),
      ...(session.loaded.config.serviceDefinition && {
        service: await renderDocument(context, session, 'service'),
      }),
    });
  }
  for (const document of named) rendered.push(await renderDocument(context, session, document));
  context.sink({ type: 'result', result: { kind: 'render', documents: rendered, exitCode: exitCodes.live } });
  return exitCodes.live;
};

async function renderDocument(context: Context, session: Session, document: Document): Promise<Json> {
  const { config } = session.loaded;
  if (document === 'config') return renderConfig(session, context.env['AWS_REGION']);
  const path = document === 'service' ? config.serviceDefinition : config.taskDefinition;
  if (path === undefined) {
    throw new SlipwayError('CONFIG_INVALID', `${config.path} names no service_definition`);
  }
  const { functions, used } = session.makeFunctions();
  const { definition, findings } = await loadDefinition(context, path, document, functions, used);
  refuse(findings);
  const value = withoutEmpty(definition.value);
  return document === 'service' && typeof value === 'object'
    ? { ...value, serviceName: config.service }
    : value;
}

/** The config's own keys, rendered; the timeout in seconds, and what it says of the chosen environment on top. */
function renderConfig(
  { loaded: { config, document }, environment }: Session,
  fallbackRegion: string | undefined,
): Json {
  const { timeout, ...keys } = document;
  const region = (environment && config.environments[environment]?.region) ?? config.region ?? fallbackRegion;
  return {
    ...withoutEmptyEntries(keys),
    ...(region === undefined ? {} : { region }),
    cluster: config.cluster,
    ...(typeof timeout === 'string' ? { timeout: parseDuration(timeout) ?? 0 } : {}),
  };
}

/** An empty list says as little as none. */
function withoutEmpty(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  return typeof value === 'object' && value !== null ? withoutEmptyEntries(value) : value;
}

function withoutEmptyEntries(value: { [key: string]: Json }): { [key: string]: Json } {
  const kept = Object.entries(value).filter(
    ([, one]) => one !== null && !(Array.isArray(one) && one.length === 0),
  );
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutEmpty(one)]));
}
