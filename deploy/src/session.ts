import type { Input } from './commands/command';
import { findConfig } from './config/find';
import type { ServiceConfig, StateConfig } from './config/config';
import { imageNames, imageVariable, listOption } from './config/image-option';
import { parseConfig, readConfigSource, type LoadedConfig, type ParseOptions } from './config/load-config';
import type { Context } from './context';
import { suggestion } from '../schema/did-you-mean';
import { SlipwayError } from './errors';
import type { TemplateFunctions } from './definition/load-definitions';
import type { Outputs } from './outputs/outputs';
import { noOutputs, readOutputs } from './outputs/read-outputs';
import { withoutPassword } from './outputs/sources/http';
import type { TerraformState } from './outputs/terraform-state';
import { resolveRegion } from './region';
import { watchState, watchVariables } from './secrets';
import { awsFunctions } from './template/aws-functions';
import type { TemplateFunction } from './template/builtins';
import { environmentFunctions, type EnvironmentVariables } from './template/environment';
import {
  missingState,
  outputFunction,
  sharedOutputFunction,
  stateFunctions,
  type NamedState,
} from './template/infrastructure';
import type { Source } from './template/source';
import { Unread } from './template/value';

/** A config that was found, and what is known of it before any output is read. */
export interface OpenConfig {
  path: string;
  source: Source;
  /** Whatever hangs on outputs is not in it yet. */
  provisional: LoadedConfig;
}

export async function openConfig(
  context: Context,
  input: Input,
  options: ParseOptions = {},
): Promise<OpenConfig> {
  const { config: given } = input.options;
  const path = findConfig(context.cwd, typeof given === 'string' ? given : undefined);
  const source = await readConfigSource(context, path);
  const layers = [imageVariable(input, undefined), context.env];
  const unread = unreadFunctions(layers, [...infrastructureFunctions, ...prefixedIn(source.text), 'output']);
  const provisional = await parseConfig(context, path, source, new Map(unread), options);
  for (const message of provisional.notes) context.sink({ type: 'note', level: 'info', message });
  return { path, source, provisional };
}

/** Functions that read AWS or a Terraform state, without those of plugins with a prefix. */
export const infrastructureFunctions = [
  'tfstate',
  'tfstatef',
  'ssm',
  'secretsmanager_arn',
  'cfn_output',
  'cfn_export',
];

/** Functions of a run that reads nothing: each gives a value that is not known, `env` what is known. */
export function unreadFunctions(
  layers: EnvironmentVariables,
  names: readonly string[],
): [string, TemplateFunction][] {
  const unread = names.map((name): [string, TemplateFunction] => [
    name,
    { least: 1, most: Number.POSITIVE_INFINITY, call: () => new Unread(name) },
  ]);
  return [...environmentFunctions(layers, (name) => new Unread(name)), ...unread];
}

/** Functions behind a prefix that only the plugins of the config itself will say. */
function prefixedIn(text: string): string[] {
  const pattern = new RegExp(`\\b\\w+(?:${infrastructureFunctions.join('|')})\\b`, 'g');
  return [...new Set(text.match(pattern))];
}

export interface Selection {
  environment: string | undefined;
  /** Positionals that are left: the command's own. */
  words: readonly string[];
}

/**
 * The environment that the first positional names, if the config declares it.
 *
 * @param words what may stand there instead, or behind it.
 * @throws SlipwayError ENVIRONMENT_UNKNOWN, USAGE
 */
export function selectEnvironment(open: OpenConfig, input: Input, words: readonly string[] = []): Selection {
  const { environments } = open.provisional.config;
  const names = Object.keys(environments);
  const declared = names.length === 0 ? 'it declares none' : `it declares ${names.join(', ')}`;
  const [first, ...rest] = input.positionals;
  const named = first !== undefined && names.includes(first);
  if (first !== undefined && !named && !words.includes(first)) {
    const known = [...names, ...words];
    const also = words.length === 0 ? '' : `, and the words are ${words.join(', ')}`;
    throw new SlipwayError(
      'ENVIRONMENT_UNKNOWN',
      `there is no environment "${first}" in ${open.source.file}: ${declared}${also}${suggestion(first, known)}`,
    );
  }
  const own = named ? rest : input.positionals;
  const stray = own.find((word) => !words.includes(word));
  if (stray !== undefined)
    throw new SlipwayError('USAGE', `unexpected argument "${stray}"${suggestion(stray, words)}`);
  return { environment: named ? first : undefined, words: own };
}

/** The one environment there is, or the one that was named. @throws SlipwayError ENVIRONMENT_UNKNOWN */
export function requireEnvironment(open: OpenConfig, { environment }: Selection): string | undefined {
  const names = Object.keys(open.provisional.config.environments);
  if (environment !== undefined || names.length < 2) return environment ?? names[0];
  throw new SlipwayError(
    'ENVIRONMENT_UNKNOWN',
    `say which environment: ${open.source.file} declares ${names.join(', ')}`,
    {
      hint: `for example: slipway COMMAND ${names[0] ?? ''}`,
    },
  );
}

/**
 * The services that `--service` names, all without it; in the order of the config.
 * @throws SlipwayError USAGE where one is not there, also behind `--image NAME=`
 */
export function selectServices({ provisional, source }: OpenConfig, input: Input): string[] {
  const names = provisional.config.services.map(({ service }) => service);
  const wanted = listOption(input, 'service');
  for (const name of [...wanted, ...imageNames(input)]) {
    if (names.includes(name)) continue;
    throw new SlipwayError(
      'USAGE',
      `there is no service "${name}" in ${source.file}${suggestion(name, names)}; there are ${names.join(', ')}`,
    );
  }
  return wanted.length === 0 ? names : names.filter((name) => wanted.includes(name));
}

/** One run in one environment: what its templates can read. */
export interface Session {
  environment: string | undefined;
  outputs: Outputs;
  region: () => Promise<string>;
  services: readonly ServiceSession[];
}

/** One service of the run: `{{ output }}` and IMAGE are its own. */
export interface ServiceSession {
  loaded: LoadedConfig;
  config: ServiceConfig;
  /** New ones for each file, so that what each file uses is known. */
  makeFunctions: () => TemplateFunctions;
}

/** Reads the outputs and the states of an environment, and the config again with them, as each service sees it. */
export async function startSession(
  context: Context,
  input: Input,
  open: OpenConfig,
  environment: string | undefined,
  services: readonly string[],
  options: ParseOptions = {},
): Promise<Session> {
  const { config } = open.provisional;
  const own = environment === undefined ? undefined : config.environments[environment];
  const region = resolveRegion(context, own?.region ?? config.region);
  const read = (location: string) => {
    if (!location.includes(Unread.text))
      return readOutputs(context, { location, directory: config.directory, environment, region });
    throw new SlipwayError(
      'CONFIG_INVALID',
      `${open.source.file}: "outputs" says where outputs are, so only env and must_env work in it`,
    );
  };

  const location = own?.outputs ?? config.outputs;
  let outputs = noOutputs;
  if (location !== undefined) {
    context.sink({
      type: 'phase',
      phase: 'outputs',
      message: `reading outputs from ${withoutPassword(location)}`,
    });
    outputs = await read(location);
    context.secrets?.addOutputs(outputs);
  }
  const states = await readStates(context, config.states, read);
  if (outputs.state !== undefined && !states.some(({ prefix }) => prefix === '')) {
    states.push({ prefix: '', source: outputs.source, state: outputs.state as unknown as TerraformState });
  }

  const aws = awsFunctions(context, region, config.plugins);
  const sessions: ServiceSession[] = [];
  for (const service of services) {
    const layers = [imageVariable(input, service), context.env, own?.env ?? {}];
    const others = config.services.map((one) => one.service).filter((one) => one !== service);
    const makeFunctions = (): TemplateFunctions => {
      const used = new Set<string>();
      const functions = new Map([
        ...watchVariables(environmentFunctions(layers), context.secrets),
        ...missingState(outputs.source),
        ...states.flatMap((each) => watchState(stateFunctions(each), each.state, context.secrets)),
        ...aws,
        outputFunction(outputs, service, (name) => used.add(name)),
      ]);
      return { functions, used };
    };
    const functions = new Map([...makeFunctions().functions, sharedOutputFunction(outputs, service, others)]);
    const loaded = await parseConfig(context, open.path, open.source, functions, { ...options, others });
    const [first, ...more] = loaded.config.services;
    // The name of the only one may hang on an output, and is known only now.
    const found = more.length === 0 ? first : loaded.config.services.find((one) => one.service === service);
    if (found === undefined) {
      throw new SlipwayError(
        'CONFIG_INVALID',
        `${open.source.file}: names of "services" are known before outputs are read: only env and must_env work in them`,
      );
    }
    sessions.push({ loaded, config: found, makeFunctions });
  }
  return { environment, outputs, region, services: sessions };
}

async function readStates(
  context: Context,
  configured: readonly StateConfig[],
  read: (location: string) => Promise<Outputs>,
): Promise<NamedState[]> {
  const states: NamedState[] = [];
  for (const { prefix, location, optional } of configured) {
    try {
      const { state, source } = await read(location);
      if (state === undefined) {
        throw new SlipwayError(
          'FILE_FOREIGN',
          `${source}, which the tfstate plugin names, is not a Terraform state`,
        );
      }
      states.push({ prefix, source, state: state as unknown as TerraformState });
    } catch (error) {
      if (!optional || !(error instanceof SlipwayError) || error.code === 'INTERRUPTED') throw error;
      const message = `${error.message}; it is optional, and taken as empty`;
      context.sink({ type: 'note', level: 'warning', message });
      const source = withoutPassword(location);
      states.push({ prefix, source, state: { outputs: {}, resources: [] } });
    }
  }
  return states;
}
