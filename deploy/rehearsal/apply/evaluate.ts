import { ExpressionError, parseTemplate, type Expression } from './expression';

/** The value behind the first names of a traversal, and how many steps they took. */
export type Lookup = (root: string, steps: readonly (string | number)[]) => { value: unknown; used: number };

/**
 * Evaluates every string of a value of a synthesised stack, at any depth.
 * @throws ExpressionError for an expression that is not known here, or refers to what is not there.
 */
export function evaluate(value: unknown, lookup: Lookup): unknown {
  if (typeof value === 'string') return run(parseTemplate(value), lookup);
  if (Array.isArray(value)) return value.map((entry) => evaluate(entry, lookup));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, evaluate(entry, lookup)]));
}

/** Every traversal in a value, as far as its names are fixed: what must be there before it can be evaluated. */
export function references(value: unknown): (readonly (string | number)[])[] {
  if (typeof value === 'string') return value.includes('${') ? within(parseTemplate(value)) : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(references);
}

function within(expression: Expression): (readonly (string | number)[])[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'list':
      return expression.items.flatMap(within);
    case 'object':
      return expression.members.flatMap(([key, value]) => [...within(key), ...within(value)]);
    case 'call':
      return expression.arguments.flatMap(within);
    case 'template':
      return expression.parts.flatMap((part) => (typeof part === 'string' ? [] : within(part)));
    case 'access':
      return [...within(expression.of), ...withinSteps(expression.steps)];
    case 'traversal': {
      const fixed = expression.steps.filter((step) => typeof step !== 'object');
      return [[expression.root, ...fixed], ...withinSteps(expression.steps)];
    }
  }
}

function withinSteps(steps: Steps): (readonly (string | number)[])[] {
  return steps.flatMap((step) => (typeof step === 'object' ? within(step) : []));
}

type Steps = readonly (string | number | Expression)[];

function run(expression: Expression, lookup: Lookup): unknown {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'list':
      return expression.items.map((item) => run(item, lookup));
    case 'object':
      return Object.fromEntries(
        expression.members.map(([key, value]) => [toText(run(key, lookup)), run(value, lookup)]),
      );
    case 'template':
      return expression.parts
        .map((part) => (typeof part === 'string' ? part : toText(run(part, lookup))))
        .join('');
    case 'call':
      return call(
        expression.name,
        expression.arguments.map((argument) => run(argument, lookup)),
      );
    case 'access':
      return descend(run(expression.of, lookup), 'the value', pathOf(expression.steps, lookup));
    case 'traversal':
      return traverse(expression.root, expression.steps, lookup);
  }
}

function traverse(root: string, steps: Steps, lookup: Lookup): unknown {
  const path = pathOf(steps, lookup);
  const { value, used } = lookup(root, path);
  return descend(value, [root, ...path.slice(0, used)].join('.'), path.slice(used));
}

function pathOf(steps: Steps, lookup: Lookup): (string | number)[] {
  return steps.map((step) => (typeof step === 'object' ? (run(step, lookup) as string | number) : step));
}

/** @param name of the value, for messages. */
function descend(start: unknown, name: string, path: readonly (string | number)[]): unknown {
  let value = start;
  for (const [index, step] of path.entries()) {
    const so = [name, ...path.slice(0, index)].join('.');
    if (typeof value !== 'object' || value === null) {
      throw new ExpressionError(`${so} is ${JSON.stringify(value)}, which has no "${step}"`);
    }
    // A single nested block is written as an object by CDKTF, and read as a list of one by expressions.
    const next: unknown = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
    if (next === undefined && !(step === 0 && !Array.isArray(value)))
      throw new ExpressionError(`${so} has no "${step}"`);
    value = next ?? value;
  }
  return value;
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ExpressionError(`${JSON.stringify(value)} cannot stand inside a string`);
}

const functions: Readonly<Record<string, (...values: never[]) => unknown>> = {
  jsonencode: (value: unknown) => JSON.stringify(value),
  jsondecode: (text: string) => JSON.parse(text) as unknown,
  tostring: (value: unknown) => toText(value),
  tonumber: (value: unknown) => Number(value),
  tolist: (value: unknown) => value,
  toset: (values: unknown[]) => [...new Set(values)],
  join: (separator: string, values: unknown[]) => values.map(toText).join(separator),
  concat: (...lists: unknown[][]) => lists.flat(),
  lower: (text: string) => text.toLowerCase(),
  upper: (text: string) => text.toUpperCase(),
  length: (value: string | unknown[]) => value.length,
  element: (values: unknown[], index: number) => values[index % values.length],
};

function call(name: string, values: readonly unknown[]): unknown {
  const known = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (known === undefined) {
    throw new ExpressionError(`the function ${name}() is not one of ${Object.keys(functions).join(', ')}`);
  }
  return known(...(values as never[]));
}
