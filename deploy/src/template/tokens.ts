import { errorAt, type Source } from './source';

export type Token =
  | { type: 'text'; at: number; text: string }
  | { type: 'open' | 'close'; at: number }
  | { type: 'punctuation'; at: number; text: '|' | '(' | ')' | ',' | ':=' | '=' | '.' }
  | { type: 'word' | 'field' | 'variable'; at: number; text: string; spaced: boolean }
  | { type: 'literal'; at: number; text: string; value: string | number };

const open = '{{';
const close = '}}';
/** What Go counts as space when it trims; not what JavaScript does. */
const space = ' \t\r\n';
const trimRight = /[ \t\r\n]+$/;
const trimLeft = /^[ \t\r\n]+/;
const word = /[\p{L}\p{Nd}_]+/uy;
const number =
  /[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?)/y;

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** Text and the tokens of the actions between it, trim markers applied and comments gone. */
export function tokenize(source: Source): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  while (at < text.length) {
    const start = text.indexOf(open, at);
    let end = start < 0 ? text.length : start;
    const trimsBefore = start >= 0 && text[start + 2] === '-' && isSpace(text[start + 3]);
    let from = at;
    if (trimNext) from += trimLeft.exec(text.slice(at, end))?.[0].length ?? 0;
    if (trimsBefore) end = from + text.slice(from, end).replace(trimRight, '').length;
    if (end > from) tokens.push({ type: 'text', at: from, text: text.slice(from, end) });
    if (start < 0) break;
    const action = readAction(source, start, start + (trimsBefore ? 3 : 2));
    tokens.push(...action.tokens);
    at = action.end;
    trimNext = action.trimsAfter;
  }
  return tokens;
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && space.includes(character);
}

interface Action {
  tokens: Token[];
  end: number;
  trimsAfter: boolean;
}

/** From just behind `{{` (or `{{-`) to behind `}}`. */
function readAction(source: Source, start: number, from: number): Action {
  const { text } = source;
  const comment = match(/[ \t\r\n]*\/\*/y, text, from);
  if (comment !== undefined) return readComment(source, start, from + comment.length);

  const tokens: Token[] = [{ type: 'open', at: start }];
  let at = from;
  while (at < text.length) {
    const spaced = isSpace(text[at]);
    while (isSpace(text[at])) at++;
    if (spaced && text.startsWith(`-${close}`, at)) {
      return { tokens: [...tokens, { type: 'close', at }], end: at + 3, trimsAfter: true };
    }
    if (text.startsWith(close, at)) {
      return { tokens: [...tokens, { type: 'close', at }], end: at + 2, trimsAfter: false };
    }
    if (at >= text.length) break;
    const [token, end] = readToken(source, at, spaced);
    tokens.push(token);
    at = end;
  }
  throw errorAt('TEMPLATE_SYNTAX', source, start, '"{{" is never closed with "}}"');
}

function readComment(source: Source, start: number, from: number): Action {
  const end = source.text.indexOf('*/', from);
  if (end < 0)
    throw errorAt('TEMPLATE_SYNTAX', source, start, 'the comment "{{/*" is never closed with "*/}}"');
  const closing = match(/}}|[ \t\r\n]+-}}/y, source.text, end + 2);
  if (closing === undefined) {
    throw errorAt(
      'TEMPLATE_SYNTAX',
      source,
      end,
      'a comment must end with "*/}}" or "*/ -}}"; nothing may stand between',
    );
  }
  return { tokens: [], end: end + 2 + closing.length, trimsAfter: closing !== close };
}

function readToken(source: Source, at: number, spaced: boolean): [Token, number] {
  const { text } = source;
  const character = text[at] ?? '';
  const literal = (value: string | number, end: number): [Token, number] => [
    { type: 'literal', at, text: text.slice(at, end), value },
    end,
  ];
  if (character === '`') {
    const end = text.indexOf('`', at + 1);
    if (end < 0)
      throw errorAt('TEMPLATE_SYNTAX', source, at, 'the string that starts with ` is never closed with `');
    return literal(text.slice(at + 1, end).replaceAll('\r', ''), end + 1);
  }
  if (character === '"' || character === "'") return readQuoted(source, at, character, literal);
  const punctuation = match(/:=|[|(),=]/y, text, at);
  if (punctuation !== undefined) {
    return [{ type: 'punctuation', at, text: punctuation as '|' }, at + punctuation.length];
  }
  const digits = match(number, text, at);
  if (digits !== undefined) return readNumber(source, at, digits, literal);
  if (character === '.') {
    const name = match(word, text, at + 1);
    if (name === undefined) return [{ type: 'punctuation', at, text: '.' }, at + 1];
    return [{ type: 'field', at, text: name, spaced }, at + 1 + name.length];
  }
  if (character === '$') {
    const name = match(word, text, at + 1) ?? '';
    return [{ type: 'variable', at, text: `$${name}`, spaced }, at + 1 + name.length];
  }
  const name = match(word, text, at);
  if (name !== undefined) return [{ type: 'word', at, text: name, spaced }, at + name.length];
  if (character === '\\') {
    throw errorAt(
      'TEMPLATE_SYNTAX',
      source,
      at,
      'unexpected "\\" inside {{ }}',
      'write strings there as `text`: it needs no escaping',
    );
  }
  throw errorAt('TEMPLATE_SYNTAX', source, at, `unexpected ${JSON.stringify(character)} inside {{ }}`);
}

type Literal = (value: string | number, end: number) => [Token, number];

function readNumber(source: Source, at: number, digits: string, literal: Literal): [Token, number] {
  const end = at + digits.length;
  const sign = digits.startsWith('-') ? -1 : 1;
  const value =
    sign *
    Number(
      digits
        .replace(/^[+-]/, '')
        .replaceAll('_', '')
        .replace(/^0(?=\d+$)/, '0o'),
    );
  if (Number.isNaN(value) || match(word, source.text, end) !== undefined) {
    const found = digits + (match(word, source.text, end) ?? '');
    throw errorAt('TEMPLATE_SYNTAX', source, at, `"${found}" is not a number`, 'a text needs quotes: `text`');
  }
  return literal(value, end);
}

const escapes: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** `"..."` with Go's escapes, or `'c'`, which is a number. */
function readQuoted(source: Source, start: number, quote: string, literal: Literal): [Token, number] {
  const { text } = source;
  let value = '';
  let at = start + 1;
  for (;;) {
    const character = text[at];
    if (character === undefined || character === '\n') {
      const hint = 'is "}}" missing, or a string not closed?';
      throw errorAt(
        'TEMPLATE_SYNTAX',
        source,
        start,
        `the string that starts with ${quote} is not closed on its line`,
        hint,
      );
    }
    if (character === quote) break;
    if (character !== '\\') {
      value += character;
      at++;
      continue;
    }
    const code = match(/\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3})/y, text, at);
    const simple = escapes[text[at + 1] ?? ''];
    if (code === undefined && simple === undefined) {
      throw errorAt('TEMPLATE_SYNTAX', source, at, `unknown escape "${text.slice(at, at + 2)}" in a string`);
    }
    if (code === undefined) value += simple;
    else
      value += String.fromCodePoint(
        /^\\[0-7]/.test(code) ? parseInt(code.slice(1), 8) : parseInt(code.slice(2), 16),
      );
    at += code?.length ?? 2;
  }
  if (quote === '"') return literal(value, at + 1);
  const [character, ...rest] = value;
  if (character === undefined || rest.length > 0) {
    const hint = 'a text needs `text` or "text"';
    throw errorAt('TEMPLATE_SYNTAX', source, start, `'${value}' is not one character`, hint);
  }
  return literal(character.codePointAt(0) ?? 0, at + 1);
}
