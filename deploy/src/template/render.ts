import type { Context } from '../context';
import { formatOf } from '../definition/document';
import { builtins, type Functions } from './builtins';
import { Evaluation } from './evaluate';
import { parseTemplate } from './parse';
import { assemble, type Rendered } from './rendered';
import { errorAt, type Source } from './source';
import type { Node, Operand, Pipeline } from './syntax';

/** `and` and `or` are the evaluator's own; the rest are Go's builtins and the caller's functions. */
function namesOf(functions: Functions): Set<string> {
  return new Set(['and', 'or', ...builtins.keys(), ...functions.keys()]);
}

/**
 * Renders a file as Go's text/template would, over its whole text and before it is parsed.
 *
 * @throws SlipwayError TEMPLATE_SYNTAX, OUTPUT_TYPE, and what the functions throw, with file, line and column.
 */
export async function renderTemplate(source: Source, functions: Functions): Promise<Rendered> {
  const all = new Map([...builtins, ...functions]);
  try {
    const template = parseTemplate(source, namesOf(functions));
    return assemble(source, await new Evaluation(source, template, all).run());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw errorAt('TEMPLATE_SYNTAX', source, 0, 'the template is nested too deeply');
  }
}

/**
 * Renders a file of any kind: one of Jsonnet is evaluated first, and its JSON is the template.
 *
 * @param path absolute; its ending says what the file is.
 */
export async function renderFile(
  context: Context,
  path: string,
  source: Source,
  functions: Functions,
): Promise<Rendered> {
  if (formatOf(path) !== 'jsonnet') return renderTemplate(source, functions);
  const { evaluateJsonnet } = await import('./jsonnet/evaluate-jsonnet.ts');
  const evaluated = await evaluateJsonnet(context, path, source, functions);
  return renderTemplate(evaluated.source, evaluated.functions);
}

export interface LiteralCall {
  argument: string;
  /** Offset in the source. */
  at: number;
}

/** Every call of a function with a literal first argument, in every branch, whether it would be taken or not. */
export function callsOf(source: Source, functions: Functions, name: string): LiteralCall[] {
  const { body, named } = parseTemplate(source, namesOf(functions));
  const calls: LiteralCall[] = [];
  const operand = (one: Operand): void => {
    if (one.type === 'pipeline') pipeline(one.pipeline);
    else if (one.type === 'chain') operand(one.base);
  };
  const pipeline = ({ commands }: Pipeline): void => {
    commands.forEach(({ operands }, index) => {
      const [head, first] = operands;
      // {{ `name` | output }} hands its argument over from the command before.
      const before = commands[index - 1]?.operands;
      const argument = first ?? (before?.length === 1 ? before[0] : undefined);
      if (head?.type === 'function' && head.name === name && argument?.type === 'literal') {
        calls.push({ argument: String(argument.value), at: head.at });
      }
      operands.forEach(operand);
    });
  };
  const list = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if ('pipeline' in node && node.pipeline !== undefined) pipeline(node.pipeline);
      if ('body' in node) {
        list(node.body);
        list(node.otherwise);
      }
    }
  };
  list(body);
  for (const nodes of named.values()) list(nodes);
  return calls;
}
