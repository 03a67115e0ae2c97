import {
  convertWorkflowTemplate,
  isBasicExpression,
  isBoolean,
  isMapping,
  isNumber,
  isSequence,
  isString,
  NoOperationTraceWriter,
  parseWorkflow,
} from '@actions/workflow-parser';
import { parseAction } from '@actions/workflow-parser/actions/action-parser';
import type { TemplateParseResult } from '@actions/workflow-parser/templates/template-parse-result';
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token';
import { parse } from 'yaml';
import { WorkflowError } from '../errors';
import { interpolate } from './interpolate';
import { Expression, isMap, type Template, type TemplateMap } from './template';

/**
 * Reads a workflow with GitHub's own parser.
 * @param name shown in problems: the path from the repository on.
 * @throws WorkflowError with every problem that the parser finds.
 */
export async function readWorkflowFile(name: string, content: string): Promise<TemplateMap> {
  const result = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const root = rootOf(name, content, result);
  const { errors = [] } = await convertWorkflowTemplate(result.context, result.value as TemplateToken);
  if (errors.length > 0) throw new WorkflowError(errors.map(({ Message }) => named(name, Message)));
  return root;
}

/** Reads an action's file with GitHub's own parser. @throws WorkflowError */
export function readActionFile(name: string, content: string): TemplateMap {
  return rootOf(name, content, parseAction({ name, content }, new NoOperationTraceWriter()));
}

function rootOf(name: string, content: string, { context, value }: TemplateParseResult): TemplateMap {
  const problems = context.errors.getErrors().map(({ message }) => named(name, message));
  if (problems.length > 0) throw new WorkflowError(problems);
  const root = value === undefined ? undefined : templateOf(value, parse(content), name);
  if (!isMap(root)) throw new WorkflowError([`${name}: the file is empty`]);
  return root;
}

function named(name: string, message: string): string {
  return message.includes(name) ? message : `${name}: ${message}`;
}

/**
 * @param plain the same value as YAML alone has it: the parser gives text with expressions in it as one expression, in
 *   which the indentation of a block is part of the text.
 */
function templateOf(token: TemplateToken, plain: unknown, name: string): Template {
  if (isMapping(token)) {
    const map: TemplateMap = {};
    for (const { key, value } of token) {
      if (key.isExpression) {
        throw new WorkflowError([
          `${name}:${key.line}: a key that is an expression (${String(key)}) cannot be rehearsed`,
        ]);
      }
      map[String(key)] = templateOf(value, (plain as Record<string, unknown>)[String(key)], name);
    }
    return map;
  }
  if (isSequence(token)) {
    const entries = Array.isArray(plain) ? (plain as unknown[]) : [plain];
    return entries.map((entry, index) => templateOf(token.get(index), entry, name));
  }
  if (isBasicExpression(token)) {
    const line = token.line ?? 0;
    return typeof plain === 'string' && plain.includes('${{')
      ? interpolate(plain, line)
      : new Expression(token.expression, line);
  }
  if (isString(token) || isNumber(token) || isBoolean(token)) return token.value;
  return null;
}
