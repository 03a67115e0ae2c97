import { extname } from 'node:path';
import { DocumentError, type Located } from './located';

export type Format = 'json' | 'yaml' | 'jsonnet';

const formats: Record<string, Format> = {
  '.json': 'json',
  '.jsonc': 'json',
  '.jsonnet': 'jsonnet',
  '.yaml': 'yaml',
  '.yml': 'yaml',
};

/** By the file's ending; undefined where it is none of `knownEndings`. */
export function formatOf(path: string): Format | undefined {
  return formats[extname(path).toLowerCase()];
}

export const knownEndings = Object.keys(formats);

/**
 * Parses JSON (with comments and trailing commas) or YAML. Jsonnet is JSON by then: it is evaluated first.
 *
 * @throws DocumentError
 */
export async function parseDocument(text: string, format: Format): Promise<Located> {
  const parse =
    format === 'yaml'
      ? (await import('./yaml-document.ts')).parseYaml
      : (await import('./json-document.ts')).parseJson;
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DocumentError('this is nested too deeply', 0);
  }
}
