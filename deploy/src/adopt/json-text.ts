import type { Json } from '../outputs/outputs';
import { isObject } from '../release/differences';

const WIDTH = 100;

/** JSON as a person would write it: what is short and flat on one line. */
export function jsonText(value: Json): string {
  return `${print(value, 0)}\n`;
}

function print(value: Json, indent: number): string {
  const line = oneLine(value);
  if (!Array.isArray(value) && !isObject(value)) return line;
  if (isFlat(value) && indent + line.length <= WIDTH) return line;
  const inner = ' '.repeat(indent + 2);
  const end = ' '.repeat(indent);
  if (Array.isArray(value)) {
    return `[\n${value.map((element) => inner + print(element, indent + 2)).join(',\n')}\n${end}]`;
  }
  const members = Object.entries(value).map(
    ([name, member]) => `${inner}${JSON.stringify(name)}: ${print(member, indent + 2)}`,
  );
  return `{\n${members.join(',\n')}\n${end}}`;
}

function isFlat(value: Json[] | { [key: string]: Json }): boolean {
  return Object.values(value).every(
    (member) => typeof member !== 'object' || member === null || (Array.isArray(member) && isFlat(member)),
  );
}

function oneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}: ${oneLine(member)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
