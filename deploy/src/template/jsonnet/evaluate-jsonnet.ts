import { dirname, resolve } from 'node:path';
import type { Context } from '../../context';
import { SlipwayError } from '../../errors';
import { shownPath } from '../../files';
import type { Json } from '../../outputs/outputs';
import type { Functions, TemplateFunction } from '../builtins';
import type { Source } from '../source';
import { TemplateProblem, Unread, unwrap, type Value } from '../value';
import { runJsonnet, type Executed } from './executable';
import { callMark, failureMark, makeProgram, unanswered, type Program } from './program';

/** Far beyond what calls that hang on each other's results need. */
const mostRounds = 50;

/**
 * Evaluates a Jsonnet file. Native functions are the functions of templates; they give values of any type.
 *
 * @param path absolute. @returns the JSON that it comes to, as a template: what is not known yet is an action in it.
 * @throws SlipwayError TEMPLATE_SYNTAX with its place, JSONNET_MISSING, what the functions throw.
 */
export async function evaluateJsonnet(
  context: Context,
  path: string,
  source: Source,
  functions: Functions,
): Promise<{ source: Source; functions: Functions }> {
  const program = await makeProgram(path, source.text, functions);
  const answers = new Map<string, string>();
  const failures = new Map<string, unknown>();
  for (let round = 0; round < mostRounds; round++) {
    const executed = await runJsonnet(context, dirname(path), program.write(answers));
    const calls = callsIn(executed.stderr).filter((call) => !answers.has(call) && !call.includes(unanswered));
    if (calls.length === 0) return finish(context, path, source, functions, program, executed, failures);
    for (const call of calls) {
      try {
        answers.set(call, JSON.stringify({ value: await answer(call, functions) }));
      } catch (error) {
        // It counts only where the call is still made when all answers are there.
        failures.set(call, error);
        answers.set(call, '{"failed": true}');
      }
    }
  }
  throw new SlipwayError('TEMPLATE_SYNTAX', `${source.file}: its native functions are called without end`);
}

function finish(
  context: Context,
  path: string,
  source: Source,
  functions: Functions,
  program: Program,
  executed: Executed,
  failures: ReadonlyMap<string, unknown>,
): { source: Source; functions: Functions } {
  if (executed.exitCode !== 0) throw jsonnetError(context, path, program, executed, failures);
  // What this run does not know becomes an action, so that nobody takes it for a text.
  const name = 'slipway_unread';
  const text = executed.stdout.replaceAll(Unread.text, `{{ ${name} }}`);
  const unread: TemplateFunction = { least: 0, most: 0, call: () => new Unread('native') };
  return {
    source: { file: `${source.file} (evaluated)`, text, format: 'json' },
    functions: new Map([...functions, [name, unread]]),
  };
}

function callsIn(stderr: string): string[] {
  const lines = stderr.split(/\r?\n/).filter((line) => line.startsWith('TRACE: ') && line.includes(callMark));
  return [...new Set(lines.map((line) => line.slice(line.indexOf(callMark) + callMark.length)))];
}

/** What a call like `["env", ["NAME", null]]` gives. */
async function answer(call: string, functions: Functions): Promise<Json> {
  const [name, given] = JSON.parse(call) as [string, Json[]];
  const called = functions.get(name);
  if (called === undefined) throw new TemplateProblem('TEMPLATE_SYNTAX', `there is no function "${name}"`);
  const values: Value[] = [...given];
  while (values.length > called.least && values.at(-1) === null) values.pop();
  if (values.length > called.most)
    throw new TemplateProblem('TEMPLATE_SYNTAX', `${name} has too many arguments`);
  const result = await (called.native ?? called.call)(...values);
  const plain = unwrap(result);
  return plain instanceof Unread ? Unread.text : plain;
}

/** `<stdin>:4:7-20`, `lib/x.libsonnet:(1:2)-(3:4)`: where Jsonnet says that something is. */
const place = /^(?:STATIC ERROR: |\t)(.+?):\(?(\d+):(\d+)/;

function jsonnetError(
  context: Context,
  path: string,
  program: Program,
  { stderr }: Executed,
  failures: ReadonlyMap<string, unknown>,
): SlipwayError {
  const lines = stderr.split(/\r?\n/).filter((line) => !line.startsWith('TRACE: '));
  const end = lines.findIndex((line) => line.startsWith('\t'));
  const message = lines
    .slice(0, end < 0 ? undefined : end)
    .join(' ')
    .replace(/^RUNTIME ERROR: /, '')
    .replace(/^STATIC ERROR: (.+?):\(?\d+:\d+\)?(?:-\S+)?: /, '')
    .trim();
  const where = lines.map((line) => placeIn(context, path, program, line)).find((one) => one !== undefined);
  const at = where ?? shownPath(context.cwd, path);
  if (!message.startsWith(failureMark)) return new SlipwayError('TEMPLATE_SYNTAX', `${at}: ${message}`);
  const cause = failures.get(message.slice(failureMark.length));
  if (cause instanceof TemplateProblem || cause instanceof SlipwayError) {
    const options = cause.hint === undefined ? { cause } : { cause, hint: cause.hint };
    return new SlipwayError(cause.code, `${at}: ${cause.message}`, options);
  }
  throw cause;
}

function placeIn(context: Context, path: string, program: Program, text: string): string | undefined {
  const [, file, line, column] = place.exec(text) ?? [];
  if (file === undefined) return undefined;
  const found =
    file === '<stdin>'
      ? program.placeOf(Number(line))
      : { file: resolve(dirname(path), file), line: Number(line) };
  return found && `${shownPath(context.cwd, found.file)}:${found.line}:${column}`;
}
