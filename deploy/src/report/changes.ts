import { isAbsolute, relative } from 'node:path';
import type { Position } from '../definition/definitions';
import type { Change } from '../release/change';
import { shortImage } from './style';

/** One line for a change: `~ containerDefinitions[web].cpu: 256 -> 512`. */
export function changeLine(change: Change): string {
  return `${mark(change)} ${change.path}: ${values(change)}`;
}

/** A change and where its new value stands, in one line of at most `width` columns if it fits, else in two. */
export function changeLines(change: Change, width: number): string[] {
  const where = change.position === undefined ? '' : `  (${positionText(change.position)})`;
  const line = changeLine(change) + where;
  return line.length <= width ? [line] : [`${mark(change)} ${change.path}${where}`, `  ${values(change)}`];
}

function mark({ before, after, ofEnvironment }: Change): string {
  if (ofEnvironment) return '=';
  return before === undefined ? '+' : after === undefined ? '-' : '~';
}

function values({ before, after }: Change): string {
  if (before === undefined) return valueText(after);
  return after === undefined ? valueText(before) : `${valueText(before)} -> ${valueText(after)}`;
}

/** A value as JSON, cut where nobody would read on; images without registry and with a short digest. */
function valueText(value: Change['after']): string {
  const text = typeof value === 'string' ? shortImage(value) : JSON.stringify(value);
  if (text === undefined) return '';
  const shown =
    typeof value === 'string' && /^[\w./:@-]+$/.test(text)
      ? text
      : typeof value === 'string'
        ? JSON.stringify(text)
        : text;
  return shown.length > 200 ? `${shown.slice(0, 200)}... (${shown.length} characters)` : shown;
}

/** `app/ecs/task-definition.json:12:16`, seen from where the command runs. */
export function positionText({ file, line, column }: Position, directory = process.cwd()): string {
  return `${fileFrom(file, directory)}:${line}:${column}`;
}

/** The path as it is seen from a directory, with forward slashes; outside of it, as it is. */
export function fileFrom(file: string, directory: string): string {
  if (!isAbsolute(file)) return file;
  const path = relative(directory, file);
  return path.startsWith('..') ? file : path.replaceAll('\\', '/');
}
