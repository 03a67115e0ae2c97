import { ImageError } from './image-store';

/** One instruction of a Dockerfile, with continued lines joined and flags taken off. */
export interface Instruction {
  /** In capitals. */
  keyword: string;
  /** `--from=build` -> `{ from: 'build' }`. */
  flags: Readonly<Record<string, string>>;
  /** What stands after the keyword and its flags; variables are not replaced yet. */
  rest: string;
  /** Where it begins, from 1. */
  line: number;
}

export interface Stage {
  /** As in `FROM ... AS name`. */
  name: string | undefined;
  /** An earlier stage or an image; variables are not replaced yet. */
  from: string;
  line: number;
  instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** ARG instructions before the first FROM. */
  globalArguments: readonly Instruction[];
  stages: readonly Stage[];
}

/**
 * Reads a Dockerfile (https://docs.docker.com/reference/dockerfile/). Here-documents are not supported.
 * Throws `ImageError` that names the line.
 */
export function parseDockerfile(text: string, path: string): Dockerfile {
  const globalArguments: Instruction[] = [];
  const stages: { name: string | undefined; from: string; line: number; instructions: Instruction[] }[] = [];
  for (const instruction of instructionsOf(text, path)) {
    const stage = stages.at(-1);
    if (instruction.keyword === 'FROM') {
      const [from = '', as, name] = instruction.rest.split(/\s+/);
      if (from === '' || (as !== undefined && (as.toUpperCase() !== 'AS' || name === undefined))) {
        throw buildError(path, instruction.line, `"FROM ${instruction.rest}" is not FROM image [AS name]`);
      }
      stages.push({ name: name?.toLowerCase(), from, line: instruction.line, instructions: [] });
    } else if (stage !== undefined) stage.instructions.push(instruction);
    else if (instruction.keyword === 'ARG') globalArguments.push(instruction);
    else throw buildError(path, instruction.line, `${instruction.keyword} stands before the first FROM`);
  }
  if (stages.length === 0) throw buildError(path, 1, 'there is no FROM in it');
  return { globalArguments, stages };
}

export function buildError(path: string, line: number, what: string, cause?: unknown): ImageError {
  return new ImageError(
    'ImageBuildFailed',
    `${path}:${line}: ${what}.`,
    cause === undefined ? {} : { cause },
  );
}

function* instructionsOf(text: string, path: string): Generator<Instruction> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = index + 1;
    let joined = (lines[index] ?? '').trim();
    if (joined === '' || joined.startsWith('#')) continue;
    while (joined.endsWith('\\')) {
      joined = joined.slice(0, -1);
      index += 1;
      if (index >= lines.length) break;
      const next = (lines[index] ?? '').trim();
      // Comments and empty lines may stand between continued lines.
      joined = next === '' || next.startsWith('#') ? `${joined}\\` : joined + next;
    }
    yield instructionOf(joined, line, path);
  }
}

function instructionOf(joined: string, line: number, path: string): Instruction {
  const match = /^([A-Za-z]+)\s*(.*)$/s.exec(joined);
  if (match === null) throw buildError(path, line, `"${joined}" is no instruction`);
  const keyword = (match[1] ?? '').toUpperCase();
  let rest = (match[2] ?? '').trim();
  const flags: Record<string, string> = {};
  for (;;) {
    const flag = /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(rest);
    if (flag === null) break;
    flags[flag[1] ?? ''] = flag[2] ?? '';
    rest = rest.slice(flag[0].length);
  }
  if (/<<-?\s*["']?[A-Za-z]/.test(rest) && ['RUN', 'COPY', 'ADD'].includes(keyword)) {
    throw buildError(
      path,
      line,
      'here-documents cannot be replayed without Docker; write a file and copy it',
    );
  }
  return { keyword, flags, rest, line };
}

/** The array of an exec form (`["node", "main.js"]`), or undefined for a shell form. */
export function execForm(rest: string): string[] | undefined {
  if (!rest.startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(rest);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    // As Docker does: what is not JSON is a shell command that begins with a bracket.
    return undefined;
  }
}

/** Splits at white space outside quotes, and takes quotes and backslashes off. */
export function wordsOf(text: string): string[] {
  const words: string[] = [];
  const pattern = /(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+/g;
  for (const [word] of text.matchAll(pattern)) {
    words.push(
      word.replace(/\\([\s\S])|"((?:[^"\\]|\\[\s\S])*)"|'([^']*)'/g, (_all, escaped, double, single) =>
        String(escaped ?? single ?? String(double).replace(/\\(["\\$])/g, '$1')),
      ),
    );
  }
  return words;
}

/** Replaces `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+value}`; an unknown name becomes nothing. */
export function substitute(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\\(\$)|\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?\})/g,
    (
      _all: string,
      escaped?: string,
      bare?: string,
      braced?: string,
      operator?: string,
      operand: string = '',
    ) => {
      if (escaped !== undefined) return '$';
      const value = variables[bare ?? braced ?? ''];
      const present = operator?.startsWith(':') === true ? Boolean(value) : value !== undefined;
      if (operator?.endsWith('-') === true) return present ? (value ?? '') : substitute(operand, variables);
      if (operator?.endsWith('+') === true) return present ? substitute(operand, variables) : '';
      return value ?? '';
    },
  );
}

/** `NAME=value` pairs of ENV, ARG and LABEL; ENV's old form `NAME the value` too. */
export function assignmentsOf(
  instruction: Instruction,
  variables: Readonly<Record<string, string>>,
): [name: string, value: string | undefined][] {
  const { keyword, rest } = instruction;
  if (keyword === 'ENV' && !/^\w+=/.test(rest)) {
    const [, name = '', value = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
    return [[name, substitute(value, variables)]];
  }
  return wordsOf(substitute(rest, variables)).map((word) => {
    const equals = word.indexOf('=');
    return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
  });
}
