import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import { ensureStatusFunction } from '@actions/workflow-parser/model/converter/if-condition';
import { Expression, Interpolation, isMap, textOf, type Template, type Value } from './template';

/** What an expression can name. A context that is not there is null. */
export interface Scope {
  contexts: Readonly<Record<string, Value | undefined>>;
  /** `success()` and its like, and `hashFiles`; outside of conditions the status functions are not needed. */
  functions: Readonly<Record<string, (...args: string[]) => Value>>;
}

export const contextNames = [
  'github',
  'env',
  'vars',
  'secrets',
  'inputs',
  'needs',
  'steps',
  'job',
  'jobs',
  'runner',
  'matrix',
  'strategy',
] as const;

const functionNames = ['success', 'failure', 'always', 'cancelled', 'hashFiles'] as const;
const MOST_ARGUMENTS = 255;

/** A template with its expressions evaluated. @throws Error as the evaluator words it. */
export function evaluate(template: Template, scope: Scope): Value {
  if (template instanceof Expression) return evaluateExpression(template.source, scope);
  if (template instanceof Interpolation) {
    const { parts } = template;
    return parts.map((part) => (typeof part === 'string' ? part : textOf(evaluate(part, scope)))).join('');
  }
  if (Array.isArray(template)) return template.map((entry) => evaluate(entry, scope));
  if (isMap(template))
    return Object.fromEntries(Object.entries(template).map(([key, entry]) => [key, evaluate(entry, scope)]));
  return template;
}

/** As `evaluate`, for a mapping of texts such as `env:` or `with:`; nothing at all gives an empty one. */
export function evaluateTexts(template: Template | undefined, scope: Scope): Record<string, string> {
  const value = template === undefined ? null : evaluate(template, scope);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, textOf(entry)]));
}

export function evaluateText(template: Template | undefined, scope: Scope): string {
  return template === undefined ? '' : textOf(evaluate(template, scope));
}

/** Whether an `if:` holds. One that calls no status function holds only while `success()` does. */
export function holds(condition: Template | undefined, scope: Scope): boolean {
  const written = condition instanceof Expression ? condition.source : evaluateText(condition, scope);
  const expression = written.trim() === '' ? 'success()' : withStatusFunction(written.trim());
  return isTruthy(evaluateExpression(expression, scope));
}

/** As the runner converts: empty text, 0, NaN, false and null are false. */
export function isTruthy(value: Value): boolean {
  return value !== '' && value !== 0 && value !== false && value !== null && !Number.isNaN(value);
}

function withStatusFunction(condition: string): string {
  const allowed = [...contextNames, ...functionNames.map((name) => `${name}(0,${MOST_ARGUMENTS})`)];
  return ensureStatusFunction(condition, { allowedContext: allowed } as never);
}

function evaluateExpression(source: string, scope: Scope): Value {
  const known = functionNames.map((name) => ({ name, minArgs: 0, maxArgs: MOST_ARGUMENTS }));
  const tree = new Parser(tokensOf(source), [...contextNames], known).parse();
  const contexts = new data.Dictionary(
    ...contextNames.map((key) => ({ key, value: dataOf(scope.contexts[key] ?? null) })),
  );
  const functions = new Map<string, FunctionDefinition>(
    known.map((info) => [info.name.toLowerCase(), { ...info, call: caller(info.name, scope) }]),
  );
  return valueOf(new Evaluator(tree, contexts, functions).evaluate());
}

/** The lexer takes only the first doubled quote of a text for one. */
function tokensOf(source: string): ReturnType<Lexer['lex']>['tokens'] {
  return new Lexer(source)
    .lex()
    .tokens.map((token) =>
      typeof token.value === 'string' && token.lexeme.startsWith("'")
        ? { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") }
        : token,
    );
}

function caller(name: string, { functions }: Scope): FunctionDefinition['call'] {
  return (...args) => {
    const called = functions[name];
    if (called === undefined) throw new Error(`${name}() cannot be used here`);
    return dataOf(called(...args.map((argument) => argument.coerceString())));
  };
}

function dataOf(value: Value): data.ExpressionData {
  return JSON.parse(JSON.stringify(value), data.reviver) as data.ExpressionData;
}

function valueOf(result: data.ExpressionData): Value {
  return JSON.parse(JSON.stringify(result, data.replacer)) as Value;
}
