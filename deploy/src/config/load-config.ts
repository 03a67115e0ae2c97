import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Context } from '../context';
import type { JsonObject } from '../definition/definitions';
import { formatOf, knownEndings, parseDocument } from '../definition/document';
import { DocumentError, locate, toJson, type Located } from '../definition/located';
import { SlipwayError } from '../errors';
import { shownPath } from '../files';
import type { Functions } from '../template/builtins';
import { renderFile } from '../template/render';
import type { Rendered } from '../template/rendered';
import { errorAt, positionAt, printPosition, type Source } from '../template/source';
import { ForeignOutput, Unread } from '../template/value';
import { checkConfig, type ConfigProblem } from './check';
import type { Config, EnvironmentConfig } from './config';
import { parseDuration } from './duration';
import { checkPlugins, checkRequiredVersion, toPlugins, type PluginDocument } from './plugins';
import { configSchema } from './schema';
import { checkServices, toServiceConfig, type ServiceDocument } from './services';

/** A config with what it was made from: `render config` shows it. */
export interface LoadedConfig {
  config: Config;
  document: JsonObject;
  /** What it says without effect. */
  notes: readonly string[];
}

export interface ParseOptions {
  /** What is missing is no error: the command needs only a part of the config. */
  partial?: boolean;
  /** Services of the same file for which this run of it is not: their outputs may be missing in their own part. */
  others?: readonly string[];
}

export async function readConfigSource(context: Context, path: string): Promise<Source> {
  const file = shownPath(context.cwd, path);
  try {
    return { file, text: (await readFile(path, 'utf8')).replace(/^\uFEFF/, '') };
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new SlipwayError('CONFIG_NOT_FOUND', `the config file ${file} cannot be read (${code})`, { cause });
  }
}

/**
 * Renders, parses and checks a config.
 *
 * @throws SlipwayError CONFIG_INVALID with every problem and its place; what its templates throw.
 */
export async function parseConfig(
  context: Context,
  path: string,
  source: Source,
  functions: Functions,
  { partial = false, others = [] }: ParseOptions = {},
): Promise<LoadedConfig> {
  const format = formatOf(path);
  if (format === undefined) {
    const known = knownEndings.join(', ');
    throw new SlipwayError(
      'CONFIG_INVALID',
      `the config ${source.file} has an unknown file type: ${known} are read`,
    );
  }
  const rendered = await renderFile(context, path, source, functions);
  let root: Located;
  try {
    root = await parseDocument(rendered.text, format);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw invalid(rendered, [{ at: error.offset, message: error.message }]);
  }
  const check = (problems: readonly ConfigProblem[]): void => {
    const known = problems.filter(({ at }) => !isUnread(rendered, at));
    if (known.length > 0 && !(partial && known.every(({ isMissing }) => isMissing))) {
      throw invalid(rendered, known);
    }
  };
  check(checkPlugins(root));
  check(checkConfig(root, configSchema));
  const document = toJson(root) as JsonObject;
  const config = toConfig(path, document);
  check([...checkRequiredVersion(root), ...checkServices(root, config.services)]);
  refuseForeign(
    rendered,
    others.map((name) => locate(root, ['services', name])),
  );
  return { config, document, notes: notesOf(rendered, root) };
}

function invalid(rendered: Rendered, problems: readonly ConfigProblem[]): SlipwayError {
  const lines = problems.map(({ at, message }) => `${placeOf(rendered, at)}: ${message}`);
  return new SlipwayError('CONFIG_INVALID', lines.join('\n'));
}

function placeOf(rendered: Rendered, at: number): string {
  return printPosition(positionAt(rendered.source, rendered.sourceOffset(at)));
}

function notesOf(rendered: Rendered, root: Located): string[] {
  const filter = locate(root, ['filter_command']);
  if (filter === root || toJson(filter) === '') return [];
  const place = placeOf(rendered, filter.keyStart ?? filter.start);
  return [`${place}: "filter_command" has no effect: slipway never asks you to pick from a list`];
}

/** The document is checked: every value has the type that the schema says. */
interface Document extends ServiceDocument {
  service?: string | null;
  services?: Record<string, ServiceDocument | null> | null;
  region?: string | null;
  outputs?: string | null;
  environments?: Record<
    string,
    { region?: string; outputs?: string; env?: Record<string, string | number | boolean | null> } | null
  > | null;
  plugins?: PluginDocument[] | null;
  ignore?: { tags?: (string | number)[] | null } | null;
}

function toConfig(path: string, json: JsonObject): Config {
  const document = json as unknown as Document;
  const directory = dirname(path);
  const defaults = {
    directory,
    cluster: document.cluster || 'default',
    timeoutSeconds: parseDuration(document.timeout || '10m') ?? 0,
    ignoreTags: (document.ignore?.tags ?? []).map(String),
  };
  const services: [string, ServiceDocument | null][] =
    document.services === undefined || document.services === null
      ? [[document.service ?? '', document]]
      : Object.entries(document.services);
  return {
    path,
    directory,
    cluster: defaults.cluster,
    region: document.region || undefined,
    timeoutSeconds: defaults.timeoutSeconds,
    outputs: document.outputs || undefined,
    environments: toEnvironments(document.environments ?? {}),
    ...toPlugins(document.plugins ?? []),
    services: services.map(([name, service]) => toServiceConfig(name, service ?? {}, defaults)),
  };
}

function toEnvironments(
  environments: NonNullable<Document['environments']>,
): Record<string, EnvironmentConfig> {
  const entries = Object.entries(environments).map(([name, values]): [string, EnvironmentConfig] => {
    const env = Object.entries(values?.env ?? {}).map(([key, value]) => [
      key,
      value === null ? '' : String(value),
    ]);
    return [
      name,
      {
        region: values?.region ?? undefined,
        outputs: values?.outputs ?? undefined,
        env: Object.fromEntries(env) as Record<string, string>,
      },
    ];
  });
  return Object.fromEntries(entries);
}

/** @throws SlipwayError where an output that only another service has is read outside of that service's part. */
function refuseForeign(rendered: Rendered, parts: readonly Located[]): void {
  for (const { value, start, at } of rendered.writtenIn(0, rendered.text.length)) {
    if (!(value instanceof ForeignOutput)) continue;
    if (parts.some((part) => part.start <= start && start < part.end)) continue;
    const { code, message, hint } = value.problem;
    throw errorAt(code, rendered.source, at, message, hint);
  }
}

/** Whether the value at this offset (behind its quote, if it has one) is not known yet. */
function isUnread(rendered: Rendered, at: number): boolean {
  return rendered.writtenIn(at, at + 2).some(({ value }) => value instanceof Unread);
}
