import { extname } from 'node:path';
import type { Located } from './located';

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
  if (format !== 'yaml') return (await import('./json-document.ts')).parseJson(text);
  return (await import('./yaml-document.ts')).parseYaml(text);
}
