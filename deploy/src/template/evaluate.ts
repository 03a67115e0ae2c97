import { SlipwayError } from '../errors';
import type { TemplateFunction, Functions } from './builtins';
import { errorAt, type Source } from './source';
import type { Command, Node, Operand, Pipeline, Template } from './syntax';
import { TemplateProblem, Unread, isTrue, printValue, typeName, unwrap, type Value } from './value';

/** A stretch of rendered text, and where it comes from. */
export interface Piece {
  text: string;
  /** Offset in the source: of the text itself, or of the action that made it. */
  at: number;
  /** The value that an action printed; undefined for text that stands there as it was written. */
  value: Value | undefined;
}

/** Go's own protection against a template that calls itself. */
const deepest = 1000;

/** Walks a template and collects what it writes. Functions may be asynchronous; they run one after another. */
export class Evaluation {
  readonly pieces: Piece[] = [];
  private readonly variables: { name: string; value: Value }[] = [];
  private depth = 0;

  constructor(
    private readonly source: Source,
    private readonly template: Template,
    private readonly functions: Functions,
  ) {}

  async run(): Promise<readonly Piece[]> {
    this.variables.push({ name: '$', value: null });
    await this.list(this.template.body, null);
    return this.pieces;
  }

  private fail(at: number, message: string, hint?: string): never {
    throw errorAt('TEMPLATE_SYNTAX', this.source, at, message, hint);
  }

  /** @returns the loop control that ended the list early, if one did. */
  private async list(nodes: readonly Node[], dot: Value): Promise<'break' | 'continue' | undefined> {
    for (const node of nodes) {
      const control = await this.node(node, dot);
      if (control !== undefined) return control;
    }
    return undefined;
  }

  private async node(node: Node, dot: Value): Promise<'break' | 'continue' | undefined> {
    switch (node.type) {
      case 'text':
        this.pieces.push({ text: node.text, at: node.at, value: undefined });
        return undefined;
      case 'action': {
        const value = await this.pipeline(node.pipeline, dot);
        if (node.pipeline.declares.length > 0) return undefined;
        if (unwrap(value) === null) this.fail(node.at, 'the value is nil: there is nothing to write');
        this.pieces.push({ text: printValue(value), at: node.at, value });
        return undefined;
      }
      case 'break':
      case 'continue':
        return node.type;
      case 'template':
        return this.call(node, dot);
      case 'if':
      case 'with':
      case 'range': {
        const scope = this.variables.length;
        try {
          if (node.type === 'range') return await this.range(node, dot);
          const value = await this.pipeline(node.pipeline, dot);
          const inner = node.type === 'with' ? value : dot;
          return await (isTrue(value) ? this.list(node.body, inner) : this.list(node.otherwise, dot));
        } finally {
          this.variables.length = scope;
        }
      }
    }
  }

  private async call(node: Node & { type: 'template' }, dot: Value): Promise<undefined> {
    const body = this.template.named.get(node.name);
    if (body === undefined) this.fail(node.at, `there is no {{ define "${node.name}" }}`);
    if (++this.depth > deepest) this.fail(node.at, `template "${node.name}" calls itself without end`);
    const value = node.pipeline === undefined ? null : await this.pipeline(node.pipeline, dot);
    const outer = this.variables.splice(0, this.variables.length, { name: '$', value });
    await this.list(body, value);
    this.variables.splice(0, this.variables.length, ...outer);
    this.depth--;
    return undefined;
  }

  private async range(
    node: Node & { type: 'range' | 'if' | 'with' },
    dot: Value,
  ): Promise<'break' | 'continue' | undefined> {
    const value = unwrap(await this.pipeline({ ...node.pipeline, declares: [] }, dot));
    const entries = this.entries(node.at, value);
    if (entries.length === 0) return this.list(node.otherwise, dot);
    const scope = this.variables.length;
    const [first, second] = node.pipeline.declares;
    for (const [key, element] of entries) {
      const named =
        second === undefined
          ? [[first, element]]
          : [
              [first, key],
              [second, element],
            ];
      for (const [name, bound] of named as [string | undefined, Value][]) {
        if (name === undefined) continue;
        if (node.pipeline.assigns) this.assign(name, bound);
        else this.variables.push({ name, value: bound });
      }
      const control = await this.list(node.body, element);
      this.variables.length = scope;
      if (control === 'break') break;
    }
    return undefined;
  }

  private entries(at: number, value: Value): [Value, Value][] {
    if (value === null || value instanceof Unread) return [];
    if (Array.isArray(value)) return value.map((element, index) => [index, element]);
    if (typeof value === 'number')
      return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index]);
    if (typeof value !== 'object') this.fail(at, `range cannot go over a ${typeName(value)}`);
    return Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)) as [Value, Value][];
  }

  private assign(name: string, value: Value): void {
    const variable = this.variables.findLast((one) => one.name === name);
    if (variable !== undefined) variable.value = value;
  }

  private async pipeline(pipeline: Pipeline, dot: Value): Promise<Value> {
    let value: Value | undefined;
    for (const command of pipeline.commands) value = await this.command(command, dot, value);
    const result = value ?? null;
    for (const name of pipeline.declares) {
      if (pipeline.assigns) this.assign(name, result);
      else this.variables.push({ name, value: result });
    }
    return result;
  }

  private async command(command: Command, dot: Value, piped: Value | undefined): Promise<Value> {
    const [head, ...rest] = command.operands;
    if (head?.type === 'function') return this.apply(head, rest, dot, piped);
    if (head === undefined) return null;
    if (rest.length > 0 || piped !== undefined) this.fail(head.at, 'only a function can take arguments');
    return this.operand(head, dot);
  }

  private async operand(operand: Operand, dot: Value): Promise<Value> {
    switch (operand.type) {
      case 'dot':
        return dot;
      case 'nil':
        return null;
      case 'literal':
        return operand.value;
      case 'function':
        return this.apply(operand, [], dot, undefined);
      case 'pipeline':
        return this.pipeline(operand.pipeline, dot);
      case 'variable':
        return this.variables.findLast((one) => one.name === operand.name)?.value ?? null;
      case 'field':
        return this.fields(operand.at, dot, operand.names);
      case 'chain':
        return this.fields(operand.at, await this.operand(operand.base, dot), operand.names);
    }
  }

  private fields(at: number, start: Value, names: readonly string[]): Value {
    let value = unwrap(start);
    for (const name of names) {
      if (value instanceof Unread) return value;
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        this.fail(
          at,
          `".${name}" reads a field of a ${typeName(value)}`,
          'values come from functions here: {{ env `NAME` }}, {{ output `name` }}',
        );
      }
      value = value[name] ?? null;
    }
    return value;
  }

  private async apply(
    head: Operand & { type: 'function' },
    operands: readonly Operand[],
    dot: Value,
    piped: Value | undefined,
  ): Promise<Value> {
    const { name, at } = head;
    if (name === 'and' || name === 'or') return this.shortCircuit(name, at, operands, dot, piped);
    const values: Value[] = [];
    for (const operand of operands) values.push(await this.operand(operand, dot));
    if (piped !== undefined) values.push(piped);
    const called = this.functions.get(name);
    if (called === undefined) this.fail(at, `there is no function "${name}"`);
    if (values.length < called.least || values.length > called.most) {
      this.fail(at, `${name} takes ${arity(called)}, but is given ${values.length}`);
    }
    const unread = values.find((value) => value instanceof Unread);
    if (unread !== undefined && !called.takesUnread) return unread;
    try {
      return await called.call(...values);
    } catch (error) {
      if (error instanceof TemplateProblem)
        throw errorAt(error.code, this.source, at, error.message, error.hint);
      if (error instanceof SlipwayError) {
        const { message, exitCode, hint } = errorAt(error.code, this.source, at, error.message, error.hint);
        throw new SlipwayError(error.code, message, {
          exitCode,
          cause: error,
          ...(hint === undefined ? {} : { hint }),
        });
      }
      throw error;
    }
  }

  private async shortCircuit(
    name: 'and' | 'or',
    at: number,
    operands: readonly Operand[],
    dot: Value,
    piped: Value | undefined,
  ): Promise<Value> {
    if (operands.length === 0 && piped === undefined)
      this.fail(at, `${name} takes at least 1 argument, but is given 0`);
    let value: Value = null;
    for (const operand of operands) {
      value = await this.operand(operand, dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped ?? value;
  }
}

function arity({ least, most }: TemplateFunction): string {
  const plural = (count: number) => `${count} argument${count === 1 ? '' : 's'}`;
  if (least === most) return plural(least);
  return most === Number.POSITIVE_INFINITY ? `at least ${plural(least)}` : `${least} to ${plural(most)}`;
}
