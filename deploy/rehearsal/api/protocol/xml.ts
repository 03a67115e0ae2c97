import type { Message } from '../operation';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
};

// eslint-disable-next-line no-control-regex -- these are what is looked for
const forbidden = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g;

/** Text for an XML element or attribute. Characters that XML 1.0 cannot hold become U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(forbidden, '\uFFFD').replace(/[&<>"\r]/g, (found) => escapes[found] ?? found);
}

/**
 * An object's members as XML elements, in their order. Lists become `<name><item>..</item></name>` with the given
 * item name, or repeated elements where the list is wrapped in `flat`.
 */
export function toXml(message: Message, item: string): string {
  return Object.entries(message)
    .map(([name, value]) => element(name, value, item))
    .join('');
}

class FlatList {
  constructor(readonly values: readonly unknown[]) {}
}

/** A list whose elements repeat its own name, as S3's `Contents`. */
export function flat(values: readonly unknown[]): FlatList {
  return new FlatList(values);
}

function element(name: string, value: unknown, item: string): string {
  if (value === undefined || value === null) return '';
  if (value instanceof FlatList) return value.values.map((entry) => element(name, entry, item)).join('');
  return `<${name}>${content(value, item)}</${name}>`;
}

function content(value: unknown, item: string): string {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((entry) => element(item, entry, item)).join('');
  if (typeof value === 'object' && value !== null) return toXml(value as Message, item);
  return escapeXml(String(value));
}
