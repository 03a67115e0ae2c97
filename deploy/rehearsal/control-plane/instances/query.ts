import type { ContainerInstance } from './instance';

/** Whether an instance meets an expression. */
export type Query = (instance: ContainerInstance) => boolean;

/**
 * Reads an expression of the cluster query language, as `memberOf` constraints and ListContainerInstances take it:
 * `attribute:ecs.instance-type =~ t3.* and not(attribute:rack in [a, b])`. Undefined where it is none.
 * Source: "Create expressions to define container instances for Amazon ECS tasks", developer guide.
 */
export function parseQuery(text: string): Query | undefined {
  const tokens = tokenize(text);
  if (tokens === undefined || tokens.length === 0) return undefined;
  const parser = new Parser(tokens);
  try {
    return parser.whole();
  } catch (error) {
    if (error instanceof NotAnExpression) return undefined;
    throw error;
  }
}

class NotAnExpression extends Error {}

const tokenPattern =
  /\s*(?:(==|!=|=~|!~|>=|<=|>|<|!exists\b|!in\b|&&|\|\||!|\(|\)|\[|\]|,)|"([^"]*)"|'([^']*)'|([^\s()[\],=!<>&|"']+))/y;

interface Token {
  text: string;
  quoted: boolean;
}

function tokenize(text: string): Token[] | undefined {
  const trimmed = text.trim();
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < trimmed.length) {
    const match = tokenPattern.exec(trimmed);
    if (match === null) return undefined;
    const quoted = match[2] ?? match[3];
    tokens.push({ text: quoted ?? match[1] ?? match[4] ?? '', quoted: quoted !== undefined });
  }
  return tokens;
}

const subjects = new Set([
  'agentConnected',
  'ec2InstanceId',
  'registeredAt',
  'runningTasksCount',
  'task:group',
]);

const comparisons: Readonly<Record<string, string>> = {
  '==': '==',
  equals: '==',
  '!=': '!=',
  not_equals: '!=',
  '>': '>',
  greater_than: '>',
  '>=': '>=',
  greater_than_equal: '>=',
  '<': '<',
  less_than: '<',
  '<=': '<=',
  less_than_equal: '<=',
  '=~': '=~',
  matches: '=~',
  '!~': '!~',
  not_matches: '!~',
};

class Parser {
  private position = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Query {
    const query = this.either();
    if (this.position < this.tokens.length) throw new NotAnExpression();
    return query;
  }

  private either(): Query {
    let left = this.both();
    while (this.accept('or', '||')) {
      const [a, b] = [left, this.both()];
      left = (instance) => a(instance) || b(instance);
    }
    return left;
  }

  private both(): Query {
    let left = this.one();
    while (this.accept('and', '&&')) {
      const [a, b] = [left, this.one()];
      left = (instance) => a(instance) && b(instance);
    }
    return left;
  }

  private one(): Query {
    if (this.accept('not', '!')) {
      const query = this.one();
      return (instance) => !query(instance);
    }
    if (this.accept('(')) {
      const query = this.either();
      this.expect(')');
      return query;
    }
    return this.condition();
  }

  private condition(): Query {
    const subject = this.word();
    if (!subject.startsWith('attribute:') && !subjects.has(subject)) throw new NotAnExpression();
    const values = (instance: ContainerInstance) => valuesOf(instance, subject);
    if (this.accept('exists')) return (instance) => values(instance) !== undefined;
    if (this.accept('!exists', 'not_exists')) return (instance) => values(instance) === undefined;
    const negated = this.accept('!in', 'not_in');
    if (negated || this.accept('in')) {
      const list = this.list();
      return (instance) => (values(instance) ?? []).some((value) => list.includes(value)) !== negated;
    }
    const operator = comparisons[this.word().toLowerCase()];
    if (operator === undefined) throw new NotAnExpression();
    const argument = this.word();
    if (operator === '!=' || operator === '!~') {
      const positive = compare(operator === '!=' ? '==' : '=~', argument);
      return (instance) => !(values(instance) ?? []).some(positive);
    }
    const holds = compare(operator, argument);
    return (instance) => (values(instance) ?? []).some(holds);
  }

  private list(): string[] {
    this.expect('[');
    const list: string[] = [];
    while (!this.accept(']')) {
      list.push(this.word());
      if (!this.accept(',')) {
        this.expect(']');
        break;
      }
    }
    return list;
  }

  private word(): string {
    const token = this.tokens[this.position];
    if (token === undefined) throw new NotAnExpression();
    this.position += 1;
    return token.text;
  }

  /** Takes the next token if it is one of these words, whatever their case. */
  private accept(...words: readonly string[]): boolean {
    const token = this.tokens[this.position];
    if (token === undefined || token.quoted || !words.includes(token.text.toLowerCase())) return false;
    this.position += 1;
    return true;
  }

  private expect(word: string): void {
    if (!this.accept(word)) throw new NotAnExpression();
  }
}

function compare(operator: string, argument: string): (value: string) => boolean {
  switch (operator) {
    case '=~': {
      const pattern = regularExpression(argument);
      return (value) => pattern.test(value);
    }
    case '==':
      return (value) => value === argument;
    case '>':
      return (value) => order(value, argument) > 0;
    case '>=':
      return (value) => order(value, argument) >= 0;
    case '<':
      return (value) => order(value, argument) < 0;
    default:
      return (value) => order(value, argument) <= 0;
  }
}

function regularExpression(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`);
  } catch {
    throw new NotAnExpression();
  }
}

/** Numbers as numbers, versions part by part, the rest as text. */
function order(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** What an instance has for a subject: several values for `task:group`; undefined where it has none. */
function valuesOf(instance: ContainerInstance, subject: string): string[] | undefined {
  if (subject.startsWith('attribute:')) {
    const name = subject.slice('attribute:'.length);
    return instance.attributes.has(name) ? [instance.attributes.get(name) ?? ''] : undefined;
  }
  switch (subject) {
    case 'agentConnected':
      return [String(instance.agentConnected)];
    case 'ec2InstanceId':
      return [instance.ec2InstanceId];
    case 'registeredAt':
      return [new Date(instance.registeredAt).toISOString()];
    case 'runningTasksCount':
      return [String([...instance.tasks].filter(({ lastStatus }) => lastStatus === 'RUNNING').length)];
    default: {
      const groups = [...instance.tasks].map(({ group }) => group);
      return groups.length > 0 ? groups : undefined;
    }
  }
}
