import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Context } from '../context';
import { formatOf, parseDocument } from '../definition/document';
import { DocumentError, toJson, type Located } from '../definition/located';
import { SlipwayError } from '../errors';
import { shownPath } from '../files';
import type { JsonObject } from '../definition/definitions';
import type { Functions } from '../template/builtins';
import { renderTemplate } from '../template/render';
import type { Rendered } from '../template/rendered';
import { positionAt, printPosition, type Source } from '../template/source';
import { Unread } from '../template/value';
import { checkConfig } from './check';
import type { Config, EnvironmentConfig, StateConfig } from './config';
import { parseDuration } from './duration';
import { configSchema } from './schema';

/** A config with what it was made from: `render config` shows it. */
export interface LoadedConfig {
  config: Config;
  document: JsonObject;
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
export async function parseConfig(path: string, source: Source, functions: Functions): Promise<LoadedConfig> {
  const rendered = await renderTemplate(source, functions);
  const format = formatOf(path);
  if (format === undefined) {
    throw new SlipwayError('CONFIG_INVALID', `the config ${source.file} is neither .yml nor .json`);
  }
  let root: Located;
  try {
    root = await parseDocument(rendered.text, format);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw invalid(rendered, [{ at: error.offset, message: error.message }]);
  }
  const problems = checkConfig(root, configSchema).filter(({ at }) => !isUnread(rendered, at));
  if (problems.length > 0) throw invalid(rendered, problems);
  const document = toJson(root) as JsonObject;
  return { config: toConfig(path, document, (message) => invalid(rendered, [{ at: 0, message }])), document };
}

function invalid(rendered: Rendered, problems: readonly { at: number; message: string }[]): SlipwayError {
  const lines = problems.map(({ at, message }) => {
    const place = printPosition(positionAt(rendered.source, rendered.sourceOffset(at)));
    return `${place}: ${message}`;
  });
  return new SlipwayError('CONFIG_INVALID', lines.join('\n'));
}

/** The document is checked: every value has the type that the schema says. */
interface Document {
  service: string;
  cluster?: string | null;
  region?: string | null;
  task_definition: string;
  service_definition?: string | null;
  timeout?: string | null;
  outputs?: string | null;
  environments?: Record<
    string,
    { region?: string; outputs?: string; env?: Record<string, string | number | boolean | null> } | null
  > | null;
  plugins?:
    { name: string; func_prefix?: string | null; config?: { path?: string; url?: string } | null }[] | null;
}

function toConfig(path: string, json: JsonObject, fail: (message: string) => SlipwayError): Config {
  const document = json as unknown as Document;
  const directory = dirname(path);
  const environments = Object.entries(document.environments ?? {}).map(
    ([name, values]): [string, EnvironmentConfig] => [
      name,
      {
        region: values?.region ?? undefined,
        outputs: values?.outputs ?? undefined,
        env: Object.fromEntries(
          Object.entries(values?.env ?? {}).map(([key, value]) => [key, value === null ? '' : String(value)]),
        ),
      },
    ],
  );
  return {
    path,
    directory,
    service: document.service,
    cluster: document.cluster || 'default',
    region: document.region || undefined,
    taskDefinition: resolve(directory, document.task_definition),
    serviceDefinition: document.service_definition
      ? resolve(directory, document.service_definition)
      : undefined,
    timeoutSeconds: parseDuration(document.timeout || '10m') ?? 0,
    outputs: document.outputs || undefined,
    environments: Object.fromEntries(environments),
    states: toStates(document, fail),
  };
}

function toStates({ plugins }: Document, fail: (message: string) => SlipwayError): StateConfig[] {
  const states: StateConfig[] = [];
  for (const { name, func_prefix, config } of plugins ?? []) {
    if (name !== 'tfstate') continue;
    const prefix = func_prefix ?? '';
    const location = config?.url ?? config?.path;
    if (location === undefined) throw fail('the tfstate plugin wants "path" or "url" in its "config"');
    if (states.some((state) => state.prefix === prefix)) {
      throw fail(`two tfstate plugins make the same function ${prefix}tfstate: give one a "func_prefix"`);
    }
    states.push({ prefix, location });
  }
  return states;
}

/** Whether the value at this offset (behind its quote, if it has one) is not known yet. */
function isUnread(rendered: Rendered, at: number): boolean {
  return rendered.writtenIn(at, at + 2).some(({ value }) => value instanceof Unread);
}
