import { basename } from 'node:path';
import { parseDuration } from '../config/duration';
import type { Context } from '../context';
import { loadDefinition } from '../definition/load-definition';
import { refuse } from '../definition/load-definitions';
import { SlipwayError, exitCodes } from '../errors';
import { shownPath } from '../files';
import { flag } from '../release/options';
import type { Json } from '../outputs/outputs';
import {
  openConfig,
  requireEnvironment,
  selectEnvironment,
  selectServices,
  startSession,
  type ServiceSession,
  type Session,
} from '../session';
import type { Handler } from './command';

type Document = 'config' | 'service' | 'task-definition';

/** The names of ecspresso are as good as ours. */
const documents: Readonly<Record<string, Document>> = {
  'task-definition': 'task-definition',
  service: 'service',
  config: 'config',
  taskdef: 'task-definition',
  servicedef: 'service',
  'service-definition': 'service',
};

/**
 * Prints what ECS would be given, as JSON: one document for each that is named (of several services one each), else
 * the task definition and the service.
 */
export const run: Handler = async (context, input) => {
  const open = await openConfig(context, input, { partial: true });
  // A pipe that reads what ecspresso renders gets the same from an ecspresso.yml.
  if (flag(input, 'showSensitive') || basename(open.path).startsWith('ecspresso.')) context.secrets?.reveal();
  const selection = selectEnvironment(open, input, Object.keys(documents));
  const environment = requireEnvironment(open, selection);
  const session = await startSession(context, input, open, environment, selectServices(open, input), {
    partial: true,
  });
  const named = selection.words.flatMap((word) => documents[word] ?? []);
  const rendered: Json[] = [];
  if (named.length === 0) {
    const all: [string, Json][] = [];
    for (const one of session.services) all.push([one.config.service, await renderBoth(context, one)]);
    const [only] = all;
    rendered.push(all.length === 1 && only !== undefined ? only[1] : Object.fromEntries(all));
  }
  for (const document of named) {
    if (document === 'config') rendered.push(renderConfig(session, context.env['AWS_REGION']));
    else for (const one of session.services) rendered.push(await renderDocument(context, one, document));
  }
  context.sink({ type: 'result', result: { kind: 'render', documents: rendered, exitCode: exitCodes.live } });
  return exitCodes.live;
};

async function renderBoth(context: Context, session: ServiceSession): Promise<Json> {
  const taskDefinition = await renderDocument(context, session, 'task-definition');
  if (session.config.serviceDefinition === undefined) return { taskDefinition };
  return { taskDefinition, service: await renderDocument(context, session, 'service') };
}

async function renderDocument(
  context: Context,
  { loaded, config, makeFunctions }: ServiceSession,
  document: 'service' | 'task-definition',
): Promise<Json> {
  const path = document === 'service' ? config.serviceDefinition : config.taskDefinition;
  if (path === undefined || path === '') {
    const key = document === 'service' ? 'service_definition' : 'task_definition';
    const whose = loaded.config.services.length > 1 ? ` for service "${config.service}"` : '';
    const file = shownPath(context.cwd, loaded.config.path);
    throw new SlipwayError('CONFIG_INVALID', `${file} names no ${key}${whose}`);
  }
  const { functions, used } = makeFunctions();
  const { definition, findings } = await loadDefinition(context, path, document, functions, used);
  refuse(findings);
  const value = withoutEmpty(definition.value);
  return document === 'service' && typeof value === 'object'
    ? { ...value, serviceName: config.service }
    : value;
}

/** The config's own keys, rendered; the timeout in seconds, and what it says of the chosen environment on top. */
function renderConfig({ services, environment }: Session, fallbackRegion: string | undefined): Json {
  const [first] = services;
  if (first === undefined) return {};
  const { config, document } = first.loaded;
  const { timeout, ...keys } = document;
  // Each service has read the file with its own outputs.
  const parts = services.flatMap(({ config: { service }, loaded }): [string, Json][] => {
    const all = loaded.document['services'];
    const part = typeof all === 'object' && all !== null && !Array.isArray(all) ? all[service] : undefined;
    return part === undefined ? [] : [[service, part]];
  });
  const region = (environment && config.environments[environment]?.region) ?? config.region ?? fallbackRegion;
  return {
    ...withoutEmptyEntries(keys),
    ...(region === undefined ? {} : { region }),
    cluster: config.cluster,
    ...(typeof timeout === 'string' ? { timeout: parseDuration(timeout) ?? 0 } : {}),
    ...(parts.length === 0 ? {} : { services: withoutEmptyEntries(Object.fromEntries(parts)) }),
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
