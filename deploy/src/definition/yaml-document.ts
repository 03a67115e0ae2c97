import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node } from 'yaml';
import { DocumentError, type Located } from './located';

export function parseYaml(text: string): Located {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    // The parser makes a text of it.
    const isTooDeep = error.message.startsWith('Maximum call stack');
    throw new DocumentError(isTooDeep ? 'this is nested too deeply' : error.message, error.pos[0]);
  }
  if (document.contents === null) throw new DocumentError('the file is empty', 0);
  return locate(document, document.contents, undefined, 0);
}

/** Far beyond any file written by hand: what is deeper is an alias inside itself. */
const deepest = 100;

function locate(document: Document, written: Node, keyStart: number | undefined, depth: number): Located {
  const node = isAlias(written) ? written.resolve(document) : written;
  const [start = 0, end = start] = written.range ?? [];
  if (depth > deepest) throw new DocumentError('this is nested too deeply (an alias inside itself?)', start);
  const place = { start, end, keyStart };
  if (isMap(node)) {
    const entries = new Map<string, Located>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const at = (key as Node).range?.[0];
      const located: Located =
        value === null || value === undefined
          ? { start: at ?? start, end: at ?? end, keyStart: at, content: { type: 'scalar', value: null } }
          : locate(document, value as Node, at, depth + 1);
      if (name !== '<<') entries.set(name, located);
      else
        for (const [merged, inner] of mergedEntries(located))
          if (!entries.has(merged)) entries.set(merged, inner);
    }
    return { ...place, content: { type: 'object', entries } };
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => locate(document, item as Node, undefined, depth + 1));
    return { ...place, content: { type: 'list', items } };
  }
  const value = isScalar(node) ? node.value : null;
  const plain =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
  return { ...place, content: { type: 'scalar', value: plain } };
}

/** `<<: *defaults`, or a list of them; the first wins, and a key beside it wins over all. */
function mergedEntries({ content }: Located): [string, Located][] {
  if (content.type === 'object') return [...content.entries];
  if (content.type === 'list') return content.items.flatMap(mergedEntries);
  return [];
}
