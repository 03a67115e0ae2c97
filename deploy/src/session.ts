import type { Input } from './commands/command';
import { findConfig } from './config/find';
import { parseConfig, readConfigSource, type LoadedConfig } from './config/load-config';
import type { Context } from './context';
import { suggestion } from '../schema/did-you-mean';
import { SlipwayError } from './errors';
import type { TemplateFunctions } from './definition/load-definitions';
import type { Outputs } from './outputs/outputs';
import { noOutputs, readOutputs } from './outputs/read-outputs';
import { withoutPassword } from './outputs/sources/http';
import type { TerraformState } from './outputs/terraform-state';
import { resolveRegion } from './region';
import { awsFunctions } from './template/aws-functions';
import type { TemplateFunction } from './template/builtins';
import { environmentFunctions, type EnvironmentVariables } from './template/environment';
import { missingState, outputFunction, stateFunctions, type NamedState } from './template/infrastructure';
import type { Source } from './template/source';
import { Unread } from './template/value';

/** A config that was found, and what is known of it before any output is read. */
export interface OpenConfig {
  path: string;
  source: Source;
  /** Whatever hangs on outputs is not in it yet. */
  provisional: LoadedConfig;
}

export async function openConfig(context: Context, input: Input): Promise<OpenConfig> {
  const { config: given } = input.options;
  const path = findConfig(context.cwd, typeof given === 'string' ? given : undefined);
  const source = await readConfigSource(context, path);
  const layers = [imageVariable(input), context.env];
  const unread = unreadFunctions(layers, ['tfstate', 'tfstatef', 'output', 'ssm', 'secretsmanager_arn']);
  return { path, source, provisional: await parseConfig(path, source, new Map(unread)) };
}

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

/** `--image` is the variable IMAGE, before the process's own. */
export function imageVariable(input: Input): Record<string, string> {
  const { image } = input.options;
  return typeof image === 'string' ? { IMAGE: image } : {};
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

/** One run in one environment: what its templates can read. */
export interface Session {
  loaded: LoadedConfig;
  environment: string | undefined;
  outputs: Outputs;
  region: () => Promise<string>;
  /** New ones for each file, so that what each file uses is known. */
  makeFunctions: () => TemplateFunctions;
}

/** Reads the outputs and the states of an environment, and the config again with them. */
export async function startSession(
  context: Context,
  input: Input,
  open: OpenConfig,
  environment: string | undefined,
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
  }
  const states: NamedState[] = [];
  for (const { prefix, location: place } of config.states) {
    const { state, source } = await read(place);
    if (state === undefined) {
      throw new SlipwayError(
        'FILE_FOREIGN',
        `${source}, which the tfstate plugin names, is not a Terraform state`,
      );
    }
    states.push({ prefix, source, state: state as unknown as TerraformState });
  }
  if (outputs.state !== undefined && !states.some(({ prefix }) => prefix === '')) {
    states.push({ prefix: '', source: outputs.source, state: outputs.state as unknown as TerraformState });
  }

  const layers = [imageVariable(input), context.env, own?.env ?? {}];
  const aws = awsFunctions(context, region);
  const makeFunctions = (): TemplateFunctions => {
    const used = new Set<string>();
    const functions = new Map([
      ...environmentFunctions(layers),
      ...missingState(outputs.source),
      ...states.flatMap(stateFunctions),
      ...aws,
      outputFunction(outputs, config.service, (name) => used.add(name)),
    ]);
    return { functions, used };
  };
  const loaded = await parseConfig(open.path, open.source, makeFunctions().functions);
  return { loaded, environment, outputs, region, makeFunctions };
}
