import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Functions } from '../builtins';
import { importsOf, usesNatives } from './imports';

/** Starts the line that the program writes for each native call that has no answer yet. */
export const callMark = 'slipway-native ';
/** Starts the error of a native call that failed. */
export const failureMark = 'slipway-failed ';
/** Stands for what a native call gives while it has no answer. */
export const unanswered = 'slipway-unanswered';

/** A text of the program, and the file that it is from; undefined where it was made here. */
interface Part {
  file: string | undefined;
  text: string;
}

/** What the executable is given, and the way back from its lines. */
export interface Program {
  /** With answers to native calls, by the text of the call. */
  write: (answers: ReadonlyMap<string, string>) => string;
  /** The file and its line behind a line of the program; undefined for what was made here. */
  placeOf: (line: number) => { file: string; line: number } | undefined;
}

/**
 * One program out of a Jsonnet file. The executable has no native functions, so where the file, or one that it
 * imports, asks for them, `std` gets a `native` that looks calls up among answers: each call without one is written
 * to the trace, and gives a text in place of its value. Imported files that ask for natives become a part of the
 * program; all others stay imports.
 *
 * @param path absolute. @param text of that file.
 */
export async function makeProgram(path: string, text: string, functions: Functions): Promise<Program> {
  const inlined = await nativeImports(path, text);
  if (inlined.size === 0 && !usesNatives(text)) {
    return { write: () => text, placeOf: (line) => ({ file: path, line }) };
  }
  const names = [...inlined.keys()];
  const made = (text: string): Part => ({ file: undefined, text });
  // Imports may import each other, so that one `local` binds them all.
  const imports = names.flatMap((file, index) => [
    made(`${index === 0 ? 'local ' : ''}${nameOf(index)} = (`),
    { file, text: linked(file, inlined.get(file) ?? '', names, true) },
    made(index === names.length - 1 ? ');' : '),'),
  ]);
  const all: Part[] = [
    made(prelude(functions)),
    ...imports,
    { file: path, text: linked(path, text, names, false) },
  ];
  const lines = all.flatMap(({ file, text: one }) =>
    one.split('\n').map((_, index) => (file === undefined ? undefined : { file, line: index + 1 })),
  );
  return {
    write: (answers) => `${answerTable(answers)}\n${all.map(({ text: one }) => one).join('\n')}`,
    placeOf: (line) => lines[line - 2],
  };
}

function nameOf(index: number): string {
  return `slipway_import_${index}`;
}

/** Imported files that use native functions, or import one that does. */
async function nativeImports(path: string, text: string): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const importers = new Map<string, Set<string>>();
  const visit = async (file: string, content: string): Promise<void> => {
    for (const { keyword, path: written } of importsOf(content)) {
      const target = resolve(dirname(file), written);
      if (keyword !== 'import') continue;
      importers.set(target, new Set([...(importers.get(target) ?? []), file]));
      if (texts.has(target)) continue;
      try {
        const imported = await readFile(target, 'utf8');
        texts.set(target, imported);
        await visit(target, imported);
      } catch {
        // It is on the library path, or not at all: the executable says so.
      }
    }
  };
  await visit(path, text);
  const native = new Map<string, string>();
  const add = (file: string): void => {
    const content = texts.get(file);
    if (content === undefined || native.has(file)) return;
    native.set(file, content);
    for (const importer of importers.get(file) ?? []) add(importer);
  };
  for (const [file, content] of texts) if (usesNatives(content)) add(file);
  native.delete(path);
  return native;
}

/** A text in which imports of inlined files are their names, and other paths are right from the main file's place. */
function linked(file: string, text: string, names: readonly string[], moved: boolean): string {
  let result = '';
  let from = 0;
  for (const { keyword, path, start, end } of importsOf(text)) {
    const target = resolve(dirname(file), path);
    const index = keyword === 'import' ? names.indexOf(target) : -1;
    result += text.slice(from, start);
    const absolute = moved && !isAbsolute(path) ? join(dirname(file), path) : path;
    result += index < 0 ? `${keyword} ${JSON.stringify(absolute)}` : nameOf(index);
    // A path over several lines is no more than one here.
    result += '\n'.repeat(text.slice(start, end).split('\n').length - 1);
    from = end;
  }
  return result + text.slice(from);
}

function answerTable(answers: ReadonlyMap<string, string>): string {
  const entries = [...answers].map(([key, value]) => `${JSON.stringify(key)}: ${value}`);
  return `local slipway_std = std, slipway_answers = {${entries.join(', ')}};`;
}

/** `local std`, on one line: it stands in front of the file's own text. */
function prelude(functions: Functions): string {
  const natives = [...functions].map(([name, { least, most }]) => {
    const shape = parameters[name] ?? { least, names: generic(most) };
    const list = shape.names.map((one, index) => (index < shape.least ? one : `${one}=null`)).join(', ');
    return `${name}: function(${list}) slipway_call('${name}', [${shape.names.join(', ')}])`;
  });
  const lists = [...functions.keys()].filter((name) => /(^|_)ssm$/.test(name));
  for (const name of lists)
    natives.push(`${name}_list: function(name, index) slipway_call('${name}', [name, index])`);
  return [
    'local slipway_call(name, args) =',
    'local key = slipway_std.toString([name, args]); local answer = if slipway_std.objectHas(slipway_answers, key) then slipway_answers[key] else null;',
    `if answer == null then slipway_std.trace('${callMark}' + key, '${unanswered}')`,
    `else if slipway_std.objectHas(answer, 'failed') then error '${failureMark}' + key else answer.value;`,
    `local slipway_natives = { ${natives.join(', ')} };`,
    'local std = slipway_std { native(name):: if slipway_std.objectHas(slipway_natives, name) then slipway_natives[name]',
    "else error 'there is no native function \"' + name + '\"; there are ' + slipway_std.join(', ', slipway_std.objectFields(slipway_natives)) };",
  ].join(' ');
}

/** Names of parameters, as files may call them by name. */
const parameters: Readonly<Record<string, { least: number; names: readonly string[] }>> = {
  env: { least: 1, names: ['name', 'default'] },
};

function generic(most: number): string[] {
  const count = Math.min(most, 6);
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? 'name' : index === 1 ? 'key' : `value${index}`,
  );
}
