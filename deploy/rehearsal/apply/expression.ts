/** A Terraform expression, as far as synthesised stacks use them. */
export type Expression =
  | { kind: 'literal'; value: unknown }
  | { kind: 'list'; items: readonly Expression[] }
  | { kind: 'object'; members: readonly (readonly [Expression, Expression])[] }
  | { kind: 'call'; name: string; arguments: readonly Expression[] }
  | { kind: 'template'; parts: readonly (string | Expression)[] }
  /** `tolist(...).0.name` */
  | { kind: 'access'; of: Expression; steps: readonly (string | number | Expression)[] }
  /** `aws_lb.main.arn`: the first name, then each step. */
  | { kind: 'traversal'; root: string; steps: readonly (string | number | Expression)[] };

/** The text is no expression that is known here. */
export class ExpressionError extends Error {}

/**
 * Reads a string of a synthesised stack: text with `${...}` in it. A string that is one `${...}` is that expression,
 * so that it keeps its type; without any, a literal. `$${` stands for `${`.
 * @throws ExpressionError
 */
export function parseTemplate(text: string): Expression {
  const parts: (string | Expression)[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    if (text.startsWith('$${', at) || text.startsWith('%%{', at)) {
      literal += text.slice(at + 1, at + 3);
      at += 3;
    } else if (text.startsWith('%{', at)) {
      throw new ExpressionError('template directives (%{ if }, %{ for }) are not supported');
    } else if (text.startsWith('${', at)) {
      const parser = new Parser(text, at + 2);
      const expression = parser.expression();
      at = parser.end('}');
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(expression);
    } else {
      literal += text[at] ?? '';
      at += 1;
    }
  }
  if (literal !== '') parts.push(literal);
  const only = parts[0];
  if (parts.length === 0) return { kind: 'literal', value: '' };
  if (parts.length > 1 || only === undefined) return { kind: 'template', parts };
  return typeof only === 'string' ? { kind: 'literal', value: only } : only;
}

const keywords: Readonly<Record<string, unknown>> = { true: true, false: false, null: null };

class Parser {
  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  expression(): Expression {
    this.space();
    const character = this.text[this.at] ?? '';
    if (character === '"') return this.traverse(this.quoted());
    if (character === '[') return { kind: 'list', items: this.sequence('[', ']', () => this.expression()) };
    if (character === '{') return { kind: 'object', members: this.sequence('{', '}', () => this.member()) };
    if (character === '(') {
      this.at += 1;
      const inner = this.expression();
      this.at = this.end(')');
      return this.traverse(inner);
    }
    const number = this.match(/-?\d+(?:\.\d+)?/y);
    if (number !== undefined) return { kind: 'literal', value: Number(number) };
    const name = this.match(/[A-Za-z_][\w-]*/y);
    if (name === undefined) throw this.unexpected();
    if (Object.hasOwn(keywords, name)) return { kind: 'literal', value: keywords[name] };
    if (this.text[this.at] === '(') {
      const values = this.sequence('(', ')', () => this.expression());
      return this.traverse({ kind: 'call', name, arguments: values });
    }
    return this.traverse({ kind: 'traversal', root: name, steps: [] });
  }

  /** Passes the closing character; what is left before it is an operator, or an error. */
  end(closing: string): number {
    this.space();
    if (this.text[this.at] !== closing) throw this.unexpected();
    this.at += 1;
    return this.at;
  }

  private traverse(start: Expression): Expression {
    const steps: (string | number | Expression)[] = [];
    for (;;) {
      const attribute = this.match(/\.([A-Za-z_][\w-]*|\d+)/y);
      if (attribute !== undefined) {
        const name = attribute.slice(1);
        steps.push(/^\d+$/.test(name) ? Number(name) : name);
      } else if (this.text[this.at] === '[' && this.text[this.at + 1] !== '*') {
        this.at += 1;
        const index = this.expression();
        steps.push(index.kind === 'literal' ? (index.value as string | number) : index);
        this.at = this.end(']');
      } else break;
    }
    if (steps.length === 0) return start;
    return start.kind === 'traversal' ? { ...start, steps } : { kind: 'access', of: start, steps };
  }

  private sequence<T>(opening: string, closing: string, one: () => T): T[] {
    const items: T[] = [];
    this.at += opening.length;
    for (;;) {
      this.space();
      if (this.text[this.at] === closing) break;
      items.push(one());
      this.space();
      if (this.text[this.at] === ',') this.at += 1;
      else if (this.text[this.at] !== closing) throw this.unexpected();
    }
    this.at += 1;
    return items;
  }

  private member(): readonly [Expression, Expression] {
    const name = this.match(/[A-Za-z_][\w-]*(?=\s*[=:])/y);
    const key: Expression = name === undefined ? this.expression() : { kind: 'literal', value: name };
    this.space();
    if (this.text[this.at] !== '=' && this.text[this.at] !== ':') throw this.unexpected();
    this.at += 1;
    return [key, this.expression()];
  }

  private quoted(): Expression {
    let end = this.at + 1;
    for (let depth = 0; end < this.text.length; end += 1) {
      if (this.text[end] === '\\') end += 1;
      else if (this.text.startsWith('${', end)) depth += 1;
      else if (this.text[end] === '}' && depth > 0) depth -= 1;
      else if (this.text[end] === '"' && depth === 0) break;
    }
    const inner = this.text.slice(this.at + 1, end);
    this.at = end + 1;
    return parseTemplate(inner.replace(/\\(["\\nrt])/g, (_, escaped: string) => escapes[escaped] ?? escaped));
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private space(): void {
    this.match(/\s*/y);
  }

  private unexpected(): ExpressionError {
    const found = this.at < this.text.length ? `"${this.text.slice(this.at, this.at + 12)}"` : 'the end';
    return new ExpressionError(`found ${found}, where the embedded apply knows nothing to do with it`);
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
