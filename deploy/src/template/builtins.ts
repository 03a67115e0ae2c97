import { sprintf } from './format';
import { TemplateProblem, isTrue, printValue, typeName, unwrap, type Value } from './value';

/** A function that templates can call. `least` and `most` count arguments. */
export interface TemplateFunction {
  least: number;
  most: number;
  /** Unread arguments make an unread result without a call; with this it is called all the same. */
  takesUnread?: boolean;
  call: (...values: Value[]) => Value | Promise<Value>;
  /** As Jsonnet calls it, where that differs: with a value of its own type in place of text. */
  native?: (...values: Value[]) => Value | Promise<Value>;
}

export type Functions = ReadonlyMap<string, TemplateFunction>;

const any = Number.POSITIVE_INFINITY;

function problem(message: string): TemplateProblem {
  return new TemplateProblem('TEMPLATE_SYNTAX', message);
}

function comparable(
  name: string,
  left: Value,
  right: Value,
): [string | number | boolean | null, string | number | boolean | null] {
  const [one, other] = [unwrap(left), unwrap(right)];
  if (typeof one === 'object' && one !== null) throw problem(`${name} cannot compare a ${typeName(left)}`);
  if (typeof other === 'object' && other !== null)
    throw problem(`${name} cannot compare a ${typeName(right)}`);
  if (one !== null && other !== null && typeof one !== typeof other) {
    throw problem(`${name} cannot compare a ${typeName(left)} with a ${typeName(right)}`);
  }
  return [one, other];
}

function equal(left: Value, right: Value): boolean {
  const [one, other] = comparable('eq', left, right);
  return one === other;
}

/** Below, equal or above zero; texts by code point, as bytes of UTF-8 compare. */
function order(name: string, left: Value, right: Value): number {
  const [one, other] = comparable(name, left, right);
  if (typeof one === 'string' && typeof other === 'string')
    return Buffer.compare(Buffer.from(one), Buffer.from(other));
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  throw problem(`${name} cannot order a ${typeName(left)} and a ${typeName(right)}`);
}

function length(value: Value): number {
  const plain = unwrap(value);
  if (typeof plain === 'string') return Buffer.byteLength(plain);
  if (Array.isArray(plain)) return plain.length;
  if (typeof plain === 'object' && plain !== null) return Object.keys(plain).length;
  throw problem(`len of a ${typeName(value)}`);
}

function index(start: Value, ...keys: Value[]): Value {
  let current: Value = start;
  for (const key of keys) {
    const [container, at] = [unwrap(current), unwrap(key)];
    if (typeof container === 'object' && container !== null && !Array.isArray(container)) {
      if (typeof at !== 'string') throw problem(`a map is indexed by a text, not by a ${typeName(key)}`);
      current = (container as Record<string, Value>)[at] ?? null;
    } else if (Array.isArray(container) || typeof container === 'string') {
      if (typeof at !== 'number' || !Number.isInteger(at))
        throw problem(`a ${typeName(current)} is indexed by a whole number`);
      const size = length(current);
      if (at < 0 || at >= size)
        throw problem(`index ${at} is outside a ${typeName(current)} of length ${size}`);
      current =
        typeof container === 'string' ? (Buffer.from(container)[at] ?? null) : (container[at] ?? null);
    } else throw problem(`a ${typeName(current)} cannot be indexed`);
  }
  return current;
}

function slice(value: Value, ...bounds: Value[]): Value {
  const plain = unwrap(value);
  if (typeof plain !== 'string' && !Array.isArray(plain)) throw problem(`slice of a ${typeName(value)}`);
  const size = length(value);
  const [from = 0, to = size] = bounds.map((bound) => unwrap(bound) as number);
  if (!(from >= 0 && from <= to && to <= size))
    throw problem(`slice ${from} to ${to} is outside length ${size}`);
  return typeof plain === 'string' ? Buffer.from(plain).subarray(from, to).toString() : plain.slice(from, to);
}

/** Go's Sprint: a space between two neighbours when neither is a text. */
function print(values: readonly Value[]): string {
  return values
    .map((value, position) => {
      const previous = values[position - 1];
      const texts =
        typeof unwrap(value) === 'string' || (previous !== undefined && typeof unwrap(previous) === 'string');
      return (position > 0 && !texts ? ' ' : '') + printValue(value);
    })
    .join('');
}

const htmlEscapes: Record<string, string> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};
const scriptEscapes: Record<string, string> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

function scriptEscape(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\\'"<>&=\x00-\x1f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return scriptEscapes[character] ?? `\\u${code}`;
  });
}

const formatText = (format: Value, ...values: Value[]) => {
  const text = unwrap(format);
  if (typeof text !== 'string') throw problem(`printf wants a format text first, not a ${typeName(format)}`);
  return sprintf(text, values);
};

/** Go's predefined functions. `and` and `or` are the evaluator's: they do not evaluate all they are given. */
export const builtins: Functions = new Map<string, TemplateFunction>([
  ['not', { least: 1, most: 1, call: (value) => !isTrue(value) }],
  [
    'eq',
    { least: 2, most: any, call: (first, ...rest) => rest.some((value) => equal(first ?? null, value)) },
  ],
  ['ne', { least: 2, most: 2, call: (left, right) => !equal(left ?? null, right ?? null) }],
  ['lt', { least: 2, most: 2, call: (left, right) => order('lt', left ?? null, right ?? null) < 0 }],
  ['le', { least: 2, most: 2, call: (left, right) => order('le', left ?? null, right ?? null) <= 0 }],
  ['gt', { least: 2, most: 2, call: (left, right) => order('gt', left ?? null, right ?? null) > 0 }],
  ['ge', { least: 2, most: 2, call: (left, right) => order('ge', left ?? null, right ?? null) >= 0 }],
  ['len', { least: 1, most: 1, call: (value) => length(value ?? null) }],
  ['index', { least: 1, most: any, call: (value, ...keys) => index(value ?? null, ...keys) }],
  ['slice', { least: 1, most: 4, call: (value, ...bounds) => slice(value ?? null, ...bounds) }],
  ['print', { least: 0, most: any, call: (...values) => print(values) }],
  ['println', { least: 0, most: any, call: (...values) => `${values.map(printValue).join(' ')}\n` }],
  ['printf', { least: 1, most: any, call: (format, ...values) => formatText(format ?? null, ...values) }],
  [
    'html',
    {
      least: 0,
      most: any,
      call: (...values) => print(values).replaceAll(/[\0"'&<>]/g, (one) => htmlEscapes[one] ?? one),
    },
  ],
  ['js', { least: 0, most: any, call: (...values) => scriptEscape(print(values)) }],
  [
    'urlquery',
    {
      least: 0,
      most: any,
      call: (...values) =>
        encodeURIComponent(print(values))
          .replaceAll('%20', '+')
          .replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`),
    },
  ],
]);
