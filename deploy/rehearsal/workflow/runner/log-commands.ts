import type { Annotation } from '../report/records';

export type LogCommand =
  | { kind: 'annotation'; annotation: Annotation }
  | { kind: 'mask'; value: string }
  | { kind: 'output'; name: string; value: string }
  | { kind: 'stop'; token: string }
  | { kind: 'other' };

const levels = ['error', 'warning', 'notice'] as const;

/** Reads `::name key=value,...::text`; undefined for a line that is no command. */
export function parseLogCommand(line: string): LogCommand | undefined {
  const match = /^\s*::([A-Za-z-]+)(?:\s+([^]*?))?::([^]*)$/.exec(line);
  if (match === null) return undefined;
  const [, name = '', list = '', data = ''] = match;
  const text = unescapeData(data);
  const properties = Object.fromEntries(
    list
      .split(',')
      .map((pair) => pair.trim().split('='))
      .map(([key = '', ...value]) => [key.toLowerCase(), unescapeProperty(value.join('='))]),
  );
  const level = levels.find((known) => known === name);
  if (level !== undefined) {
    return { kind: 'annotation', annotation: { level, message: text, ...placeOf(properties) } };
  }
  if (name === 'add-mask') return { kind: 'mask', value: text };
  if (name === 'set-output') return { kind: 'output', name: properties.name ?? '', value: text };
  if (name === 'stop-commands') return { kind: 'stop', token: text };
  return ['group', 'endgroup', 'debug', 'save-state', 'echo', 'add-matcher', 'remove-matcher'].includes(name)
    ? { kind: 'other' }
    : undefined;
}

function placeOf({ file, line, col, title }: Record<string, string>): Partial<Annotation> {
  return {
    ...(title ? { title } : {}),
    ...(file ? { file } : {}),
    ...(line && Number.isInteger(Number(line)) ? { line: Number(line) } : {}),
    ...(col && Number.isInteger(Number(col)) ? { column: Number(col) } : {}),
  };
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}
