import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { shownPath } from '../files';

/**
 * Variables out of `--envfile` files, in order: a later file wins.
 *
 * @throws SlipwayError FILE_NOT_FOUND; CONFIG_INVALID with file and line of what is no variable.
 */
export async function readEnvfiles(
  context: Context,
  paths: readonly string[],
): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const path of paths) {
    const shown = shownPath(context.cwd, resolve(context.cwd, path));
    let text: string;
    try {
      text = await readFile(resolve(context.cwd, path), 'utf8');
    } catch (cause) {
      const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
      const reason = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
      throw new SlipwayError('FILE_NOT_FOUND', `the envfile ${shown} ${reason}`, {
        hint: 'correct --envfile (or ECSPRESSO_ENVFILE); it is relative to the working directory',
        cause,
      });
    }
    Object.assign(variables, parseEnvfile(text.replace(/^\uFEFF/, ''), shown));
  }
  return variables;
}

/**
 * `KEY=value` a line: an optional `export`, `#` starts a comment outside of quotes, single quotes take everything as
 * it stands, double quotes know JSON's escapes. Nothing is expanded as a shell would.
 */
export function parseEnvfile(text: string, shown: string): Record<string, string> {
  const variables: Record<string, string> = {};
  text.split(/\r?\n/).forEach((line, index) => {
    const fail = (problem: string): never => {
      throw new SlipwayError('CONFIG_INVALID', `${shown}:${index + 1}: ${problem}`, {
        hint: 'an envfile has one KEY=value a line',
      });
    };
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const equals = trimmed.indexOf('=');
    if (equals < 0) fail(`"${trimmed.slice(0, 40)}" has no "="`);
    const key = trimmed
      .slice(0, equals)
      .trim()
      .replace(/^export\s+/, '');
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) fail(`"${key}" is no name of a variable`);
    variables[key] = readValue(trimmed.slice(equals + 1).trim(), fail);
  });
  return variables;
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Quoted and plain stretches may stand side by side: `a"b c"d`. Spaces count unless a comment follows them. */
function readValue(text: string, fail: (problem: string) => never): string {
  let value = '';
  /** Up to here everything is kept, whatever follows. */
  let kept = 0;
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? '';
    if (character === '#') return value.slice(0, kept);
    if (character === '"' || character === "'") {
      const [inner, end] = readQuoted(text, at, character, fail);
      value += inner;
      at = end;
      kept = value.length;
    } else {
      value += character;
      at++;
      if (character.trim() !== '') kept = value.length;
    }
  }
  return value;
}

function readQuoted(
  text: string,
  start: number,
  quote: string,
  fail: (problem: string) => never,
): [string, number] {
  let value = '';
  let at = start + 1;
  for (;;) {
    const character = text[at];
    if (character === undefined) return fail(`the quote ${quote} is not closed on its line`);
    if (character === quote) return [value, at + 1];
    if (quote === "'" || character !== '\\') {
      value += character;
      at++;
      continue;
    }
    const code = /^u([0-9a-fA-F]{4})/.exec(text.slice(at + 1))?.[1];
    const simple = escapes[text[at + 1] ?? ''];
    if (code === undefined && simple === undefined) {
      return fail(`unknown escape "${text.slice(at, at + 2)}" in double quotes`);
    }
    value += code === undefined ? simple : String.fromCharCode(parseInt(code, 16));
    at += code === undefined ? 2 : 6;
  }
}
