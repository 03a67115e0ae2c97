import { isMap, isPair, isScalar, isSeq, parseDocument, visit, type Node } from 'yaml';

/** What the app's directory leaves behind as it becomes the top of a repository: `app/src` is `src` from then on. */
export interface Move {
  /** `app` */
  app: string;
  /** Whether the app has this file or directory; the path is relative to the app. */
  has: (path: string) => boolean;
}

/** Made by a build, so they may be named without being there. */
const BUILT = ['dist', 'node_modules'];
const KEY_OF_A_DIRECTORY = /director|^(context|path|working-directory|APP_.*)$/i;

/** Paths of the app in any text. What only looks like one (`app/web`, a name of an image) stays as it is. */
export function movePaths(text: string, { app, has }: Move): string {
  const top = String.raw`(?<=\$GITHUB_WORKSPACE/|github\.workspace *\}\}/)`;
  const path = new RegExp(`(?:${top}|(?<![\\w./@$}-])(?:\\./)?)${escape(app)}/([\\w./*-]*)`, 'g');
  const workspace = new RegExp(`\\s(?:--workspace|-w)[ =](?:\\./)?${escape(app)}(?![\\w/-])`, 'g');
  return text.replace(workspace, '').replace(path, (whole, rest: string) => {
    const [first = ''] = rest.replace(/\.+$/, '').split('/');
    const known = first === '' || first.includes('*') || BUILT.includes(first) || has(first);
    return known ? rest || './' : whole;
  });
}

/** The same in YAML, where a value can also be the directory itself. Comments and layout stay. */
export function moveYaml(source: string, move: Move): string {
  const edits: [start: number, end: number, text: string][] = [];
  visit(parseDocument(source), {
    Scalar(_, { type, value, range }) {
      if (type !== 'PLAIN' || typeof value !== 'string' || !range) return;
      const moved = movePaths(value, move);
      // Without quotes it would be an alias.
      if (moved !== value && moved.startsWith('*')) edits.push([range[0], range[1], `'${moved}'`]);
    },
    Pair(_, pair, ancestors) {
      if (!isScalar(pair.key) || !isScalar(pair.value)) return;
      const key = String(pair.key.value);
      const outer = ancestors.flatMap((one) => (isPair(one) && isScalar(one.key) ? [one.key.value] : []));
      const name = key === 'default' ? String(outer.at(-1)) : key;
      const moved = KEY_OF_A_DIRECTORY.test(name) ? directory(pair.value.value, move) : undefined;
      if (moved !== undefined && pair.value.range)
        edits.push([pair.value.range[0], pair.value.range[1], moved]);
    },
    Seq(_, sequence, ancestors) {
      const pair = ancestors.at(-1);
      if (!isPair(pair) || !isScalar(pair.key) || !isSeq(sequence)) return;
      for (const item of sequence.items) {
        if (!isScalar(item) || !item.range) continue;
        const named = KEY_OF_A_DIRECTORY.test(String(pair.key.value));
        const moved = named ? directory(item.value, move) : undefined;
        if (moved !== undefined) edits.push([item.range[0], item.range[1], moved]);
      }
    },
  });
  const edited = edits
    .sort(([left], [right]) => right - left)
    .reduce((text, [start, end, moved]) => text.slice(0, start) + moved + text.slice(end), source);
  return withoutCovered(movePaths(edited, move));
}

function directory(value: unknown, { app }: Move): string | undefined {
  if (value === app || value === `./${app}`) return '.';
  // Dependabot's way.
  if (value === `/${app}`) return '/';
  // From the app's directory, as compose files say it.
  return value === app.replace(/[^/]+/g, '..') ? '.' : undefined;
}

/** A filter `**` takes every path: what else stands beside it says nothing any more. */
function withoutCovered(source: string): string {
  const lines = source.split('\n');
  const gone = new Set<number>();
  visit(parseDocument(source), {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'paths' || !isSeq(value)) return;
      const items = value.items as Node[];
      const texts = items.map((item) => (isScalar(item) ? String(item.value) : ''));
      if (!texts.includes('**')) return;
      items.forEach((item, index) => {
        const line = source.slice(0, item.range?.[0]).split('\n').length - 1;
        const itself = texts[index] === '**' || texts[index]?.startsWith('!');
        if (!itself && /^\s*- /.test(lines[line] ?? '')) gone.add(line);
      });
    },
  });
  return lines.filter((_, index) => !gone.has(index)).join('\n');
}

/** Lines that still seem to name a path of the app as it was: a person must look at them. */
export function leftBehind(text: string, { app, has }: Move): { line: number; text: string }[] {
  const path = new RegExp(`(?<![\\w.-])${escape(app)}/([\\w-][\\w.-]*)`, 'g');
  return text.split('\n').flatMap((line, index) => {
    const names = [...line.matchAll(path)].map((match) => (match[1] ?? '').replace(/\.+$/, ''));
    return names.some(has) ? [{ line: index + 1, text: line.trim() }] : [];
  });
}

/** Patterns of ignore and attribute files, without those for directories that stay behind. */
export function movePatterns(text: string, move: Move, stays: (directory: string) => boolean): string {
  const kept = text.split('\n').filter((line) => {
    const [, first] = /^!?\/?([^/\s]+)\//.exec(line) ?? [];
    return first === undefined || !stays(first);
  });
  const moved = kept.map((line) => movePaths(line, move));
  return moved.filter((line, index) => line === '' || moved.indexOf(line) === index).join('\n');
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Entries of Dependabot's file for directories that are still there. */
export function keepUpdates(source: string, exists: (directory: string) => boolean): string {
  const document = parseDocument(source);
  const updates = document.get('updates');
  if (!isSeq(updates)) return source;
  const before = updates.items.length;
  updates.items = updates.items.filter((item) => {
    const directory = isMap(item) ? item.get('directory') : undefined;
    return typeof directory !== 'string' || directory === '/' || exists(directory.replace(/^\//, ''));
  });
  return updates.items.length === before ? source : document.toString({ lineWidth: 0 });
}
