/** Whether a whole text is like a pattern, in which `*` stands for anything. */
export function isLike(text: string, pattern: string): boolean {
  return new RegExp(`^${expression(pattern)}$`, 's').test(text);
}

/** Whether a pattern stands somewhere in a text, however the text is broken into lines. */
export function contains(text: string, pattern: string): boolean {
  const words = (lines: string) => lines.replace(/\s+/g, ' ');
  return new RegExp(expression(words(pattern).trim())).test(words(text));
}

/** The first of the patterns that does not follow the ones before it in the texts; undefined where all do. */
export function firstMissing(texts: readonly string[], patterns: readonly string[]): string | undefined {
  let from = 0;
  for (const pattern of patterns) {
    const found = texts.findIndex((text, index) => index >= from && isLike(text, pattern));
    if (found < 0) return pattern;
    from = found + 1;
  }
  return undefined;
}

function expression(pattern: string): string {
  return pattern
    .split('*')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*?');
}
