import { suggestion } from '../../schema/did-you-mean';
import { errorAt, type Source } from './source';
import type { Command, Node, Operand, Pipeline, Template } from './syntax';
import { tokenize, type Token } from './tokens';

/**
 * Parses a file as Go's text/template does. Functions and variables that do not exist are errors already here.
 *
 * @param functions names that a word may be; anything else is compared with them for a suggestion.
 */
export function parseTemplate(source: Source, functions: ReadonlySet<string>): Template {
  return new Parser(source, tokenize(source), functions).parse();
}

type Ending = 'end' | 'else' | 'eof';
const branches = new Set(['if', 'with', 'range']);

class Parser {
  private index = 0;
  private readonly named = new Map<string, readonly Node[]>();
  private variables = ['$'];
  private loops = 0;

  constructor(
    private readonly source: Source,
    private readonly tokens: readonly Token[],
    private readonly functions: ReadonlySet<string>,
  ) {}

  parse(): Template {
    const { nodes } = this.list(undefined);
    return { body: nodes, named: this.named };
  }

  private fail(at: number, message: string, hint?: string): never {
    throw errorAt('TEMPLATE_SYNTAX', this.source, at, message, hint);
  }

  private peek(offset = 0): Token | undefined {
    return this.tokens[this.index + offset];
  }

  /** Inside an action the tokenizer has made sure that a `close` comes. */
  private next(): Token {
    const token = this.tokens[this.index++];
    if (token === undefined) throw new Error('read past the end of a template');
    return token;
  }

  private isPunctuation(text: string, offset = 0): boolean {
    const token = this.peek(offset);
    return token?.type === 'punctuation' && token.text === text;
  }

  /** Nodes up to `{{ end }}` or `{{ else`, whose word is read already; up to the end of the file at the top. */
  private list(opened: { word: string; at: number } | undefined): { nodes: Node[]; ending: Ending } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.peek();
      if (token === undefined) {
        if (opened === undefined) return { nodes, ending: 'eof' };
        this.fail(opened.at, `{{ ${opened.word} }} has no {{ end }}`);
      }
      this.index++;
      if (token.type === 'text') {
        nodes.push({ type: 'text', at: token.at, text: token.text });
        continue;
      }
      const first = this.peek();
      if (first?.type === 'word' && (first.text === 'end' || first.text === 'else')) {
        if (opened === undefined)
          this.fail(token.at, `{{ ${first.text} }} without {{ if }}, {{ range }} or {{ with }}`);
        this.index++;
        return { nodes, ending: first.text };
      }
      const node = this.action(token.at);
      if (node !== undefined) nodes.push(node);
    }
  }

  private close(after: string): void {
    const token = this.next();
    if (token.type !== 'close') this.fail(token.at, `unexpected ${print(token)} after ${after}`);
  }

  private action(at: number): Node | undefined {
    const first = this.peek();
    if (first?.type === 'word' && !this.functions.has(first.text)) {
      switch (first.text) {
        case 'if':
        case 'with':
        case 'range':
          this.index++;
          return this.branch(first.text, at);
        case 'define':
        case 'block':
          this.index++;
          return this.definition(first.text, at);
        case 'template': {
          this.index++;
          const name = this.templateName('template');
          const pipeline = this.peek()?.type === 'close' ? undefined : this.pipeline('template');
          this.close('the template');
          return { type: 'template', at, name, pipeline };
        }
        case 'break':
        case 'continue':
          this.index++;
          if (this.loops === 0) this.fail(at, `{{ ${first.text} }} outside {{ range }}`);
          this.close(first.text);
          return { type: first.text, at };
      }
    }
    const pipeline = this.pipeline('action');
    this.close('the action');
    return { type: 'action', at, pipeline };
  }

  private templateName(after: string): string {
    const token = this.next();
    if (token.type !== 'literal' || typeof token.value !== 'string') {
      this.fail(token.at, `{{ ${after} }} wants a name in quotes, found ${print(token)}`);
    }
    return token.value;
  }

  private definition(keyword: 'define' | 'block', at: number): Node | undefined {
    const name = this.templateName(keyword);
    const pipeline = keyword === 'block' ? this.pipeline('block') : undefined;
    this.close(keyword);
    const outer = { variables: this.variables, loops: this.loops };
    this.variables = ['$'];
    this.loops = 0;
    const { nodes, ending } = this.list({ word: keyword, at });
    this.variables = outer.variables;
    this.loops = outer.loops;
    if (ending !== 'end') this.fail(at, `{{ ${keyword} }} cannot have an {{ else }}`);
    this.close('end');
    this.named.set(name, nodes);
    return pipeline === undefined ? undefined : { type: 'template', at, name, pipeline };
  }

  private branch(type: 'if' | 'with' | 'range', at: number): Node {
    const scope = this.variables.length;
    const pipeline = this.pipeline(type);
    this.close(`the condition of {{ ${type} }}`);
    if (type === 'range') this.loops++;
    const { nodes: body, ending } = this.list({ word: type, at });
    if (type === 'range') this.loops--;
    let otherwise: Node[] = [];
    if (ending === 'else') {
      const follow = this.peek();
      if (
        follow?.type === 'word' &&
        branches.has(follow.text) &&
        type !== 'range' &&
        follow.text !== 'range'
      ) {
        this.index++;
        // `else if` has no `end` of its own: the inner one closes both.
        otherwise = [this.branch(follow.text as 'if' | 'with', follow.at)];
        this.variables.length = scope;
        return { type, at, pipeline, body, otherwise };
      }
      this.close('else');
      const rest = this.list({ word: type, at });
      if (rest.ending === 'else') this.fail(at, `{{ ${type} }} has two {{ else }}`);
      otherwise = rest.nodes;
    }
    this.close('end');
    this.variables.length = scope;
    return { type, at, pipeline, body, otherwise };
  }

  private pipeline(context: string): Pipeline {
    const at = this.peek()?.at ?? 0;
    const { declares, assigns } = this.declarations(context);
    const commands: Command[] = [this.command(context)];
    while (this.isPunctuation('|')) {
      this.index++;
      const command = this.command('pipeline after "|"');
      const head = command.operands[0];
      if (head !== undefined && head.type !== 'function' && head.type !== 'field' && head.type !== 'chain') {
        this.fail(command.at, 'only a function can stand after "|"');
      }
      commands.push(command);
    }
    if (!assigns) this.variables.push(...declares);
    return { at, declares, assigns, commands };
  }

  private declarations(context: string): { declares: string[]; assigns: boolean } {
    const first = this.peek();
    const none = { declares: [], assigns: false };
    if (first?.type !== 'variable') return none;
    let length = 1;
    const declares = [first.text];
    const second = this.peek(2);
    if (context === 'range' && this.isPunctuation(',', 1) && second?.type === 'variable') {
      declares.push(second.text);
      length = 3;
    }
    const assigns = this.isPunctuation('=', length);
    if (!assigns && !this.isPunctuation(':=', length)) return none;
    this.index += length + 1;
    if (assigns) for (const name of declares) this.known(name, first.at);
    return { declares, assigns };
  }

  private known(name: string, at: number): void {
    if (!this.variables.includes(name)) {
      this.fail(
        at,
        `variable ${name} is not set${suggestion(name, this.variables)}`,
        `set it first: {{ ${name} := ... }}`,
      );
    }
  }

  private command(context: string): Command {
    const at = this.peek()?.at ?? 0;
    const operands: Operand[] = [];
    for (;;) {
      const operand = this.operand();
      if (operand === undefined) break;
      operands.push(operand);
    }
    const token = this.peek();
    if (operands.length === 0) {
      this.fail(
        token?.at ?? at,
        token?.type === 'close'
          ? `nothing stands in the ${context}`
          : `unexpected ${token ? print(token) : 'end'} in the ${context}`,
      );
    }
    const ends = token?.type === 'close' || this.isPunctuation('|') || this.isPunctuation(')');
    if (!ends) this.fail(token?.at ?? at, `unexpected ${token ? print(token) : 'end'} in the ${context}`);
    const [head] = operands;
    if (head?.type === 'nil') this.fail(at, 'nil is not a command');
    if (
      operands.length > 1 &&
      head?.type !== 'function' &&
      head?.type !== 'field' &&
      head?.type !== 'chain'
    ) {
      this.fail(
        operands[1]?.at ?? at,
        'only a function can take arguments',
        'is a "|" missing, or a function name?',
      );
    }
    return { at, operands };
  }

  private operand(): Operand | undefined {
    const base = this.term();
    if (base === undefined) return undefined;
    const names: string[] = [];
    for (let token = this.peek(); token?.type === 'field' && !token.spaced; token = this.peek()) {
      names.push(token.text);
      this.index++;
    }
    if (names.length === 0) return base;
    if (base.type === 'field') return { ...base, names: [...base.names, ...names] };
    if (base.type === 'variable' || base.type === 'pipeline' || base.type === 'function') {
      return { type: 'chain', at: base.at, base, names };
    }
    this.fail(base.at, `.${names.join('.')} cannot be read from this`);
  }

  private term(): Operand | undefined {
    const token = this.peek();
    if (token === undefined) return undefined;
    const { at } = token;
    switch (token.type) {
      case 'literal':
        this.index++;
        return { type: 'literal', at, value: token.value };
      case 'variable':
        this.index++;
        this.known(token.text, at);
        return { type: 'variable', at, name: token.text };
      case 'field':
        this.index++;
        return { type: 'field', at, names: [token.text] };
      case 'word':
        this.index++;
        return this.word(token.text, at);
      case 'punctuation':
        if (token.text === '.') {
          this.index++;
          return { type: 'dot', at };
        }
        if (token.text !== '(') return undefined;
        this.index++;
        return this.parenthesis(at);
      case 'text':
      case 'open':
      case 'close':
        return undefined;
    }
  }

  private parenthesis(at: number): Operand {
    const pipeline = this.pipeline('parentheses');
    const token = this.next();
    if (token.type !== 'punctuation' || token.text !== ')') this.fail(at, '"(" is never closed with ")"');
    return { type: 'pipeline', at, pipeline };
  }

  private word(name: string, at: number): Operand {
    if (this.functions.has(name)) return { type: 'function', at, name };
    if (name === 'true' || name === 'false') return { type: 'literal', at, value: name === 'true' };
    if (name === 'nil') return { type: 'nil', at };
    const hint = `a text needs quotes: \`${name}\`; functions are ${[...this.functions].join(', ')}`;
    this.fail(at, `there is no function "${name}"${suggestion(name, this.functions)}`, hint);
  }
}

function print(token: Token): string {
  switch (token.type) {
    case 'close':
      return '"}}"';
    case 'open':
      return '"{{"';
    case 'variable':
      return token.text;
    case 'field':
      return `".${token.text}"`;
    default:
      return JSON.stringify(token.text);
  }
}
