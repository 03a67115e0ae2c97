import type { Message } from '../operation';

interface Tree {
  [key: string]: Tree | string;
}

/**
 * The members of a Query or EC2 request: `Names.member.1=a` and `Name.1=a` become lists, `Filter.1.Value.1=x`
 * nested ones, and `Tag.entry.1.key` an object's entries. Scalars stay strings, as on the wire.
 */
export function parseForm(text: string): Message {
  const tree: Tree = {};
  for (const [name, value] of new URLSearchParams(text)) place(tree, name.split('.'), value);
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, simplify(value)]));
}

function place(tree: Tree, path: readonly string[], value: string): void {
  const [head = '', ...rest] = path;
  if (head === '__proto__') return;
  if (rest.length === 0) {
    tree[head] = value;
    return;
  }
  const existing = Object.hasOwn(tree, head) ? tree[head] : undefined;
  const next: Tree = typeof existing === 'object' ? existing : {};
  tree[head] = next;
  place(next, rest, value);
}

function simplify(value: Tree | string): unknown {
  if (typeof value === 'string') return value;
  const entries = Object.entries(value);
  const only = entries.length === 1 ? entries[0] : undefined;
  if (only !== undefined && (only[0] === 'member' || only[0] === 'entry')) return simplify(only[1]);
  if (entries.every(([name]) => /^\d+$/.test(name))) {
    return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, entry]) => simplify(entry));
  }
  return Object.fromEntries(entries.map(([name, entry]) => [name, simplify(entry)]));
}
