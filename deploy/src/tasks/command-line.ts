import { SlipwayError } from '../errors';

/**
 * A command line as words: quotes and backslashes count as in a shell, nothing else does.
 * @throws SlipwayError USAGE for an open quote, and for what only a shell could do
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at] ?? '';
    const next = line[at + 1];
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      else if (letter === '\\' && quote === '"' && (next === '"' || next === '\\')) {
        word = (word ?? '') + next;
        at += 1;
      } else word = (word ?? '') + letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      word ??= '';
    } else if (letter === '\\' && next !== undefined) {
      word = (word ?? '') + next;
      at += 1;
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (/[|&;<>`]/.test(letter) || (letter === '$' && next === '(')) {
      throw new SlipwayError('USAGE', `--command ${line}: "${letter}" needs a shell, and none reads it`, {
        hint: "start one: -- sh -c 'first && second'",
      });
    } else word = (word ?? '') + letter;
  }
  if (quote !== undefined)
    throw new SlipwayError('USAGE', `--command ${line}: the quote ${quote} is not closed`);
  return word === undefined ? words : [...words, word];
}

/** Words as one line that a shell reads as the same words. */
export function joinWords(words: readonly string[]): string {
  return words
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`))
    .join(' ');
}
