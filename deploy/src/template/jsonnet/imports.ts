/** `import 'path'` in a Jsonnet file. */
export interface Import {
  /** `importstr` and `importbin` take the text as it is. */
  keyword: string;
  path: string;
  /** Of the whole, in the text: from the keyword to the end of the path. */
  start: number;
  end: number;
}

const token =
  /\/\/[^\n]*|#[^\n]*|\/\*[^]*?\*\/|\|\|\|[^]*?\n[ \t]*\|\|\||@"(?:[^"]|"")*"|@'(?:[^']|'')*'|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|[A-Za-z_]\w*|[^]/g;

/** Every import of a Jsonnet text, comments and strings left aside. */
export function importsOf(text: string): Import[] {
  const imports: Import[] = [];
  let pending: { keyword: string; start: number } | undefined;
  for (const { 0: found, index } of text.matchAll(token)) {
    const isBlank = /^\s$|^\/\/|^#|^\/\*/.test(found);
    if (isBlank) continue;
    if (pending !== undefined && /^@?["']/.test(found)) {
      imports.push({ ...pending, path: readString(found), end: index + found.length });
    }
    pending = /^import(str|bin)?$/.test(found) ? { keyword: found, start: index } : undefined;
  }
  return imports;
}

/** Whether a text asks for a native function: `std.native('env')`. */
export function usesNatives(text: string): boolean {
  return /\bstd\s*\.\s*native\b/.test(text);
}

function readString(literal: string): string {
  const quote = literal.startsWith('@') ? literal.charAt(1) : literal.charAt(0);
  if (literal.startsWith('@')) return literal.slice(2, -1).replaceAll(quote + quote, quote);
  return literal.slice(1, -1).replaceAll(/\\([^])/g, '$1');
}
