import type { JsonObject } from '../definition/definitions';
import { isObject, textOf } from '../release/differences';
import type { Json } from '../outputs/outputs';
import { wordsOf, type Known } from './known-values';

/** Puts templates in place of what infrastructure knows; braces that were there before stay braces. */
export class Substitution {
  constructor(private readonly known: readonly Known[]) {}

  /** The document with a template in place of every id and ARN that is known. */
  apply(value: Json, key = '', context: readonly string[] = []): Json {
    if (typeof value === 'string') return this.text(value, key, context);
    if (Array.isArray(value)) {
      const whole = this.list(value, key, context);
      return whole ?? value.map((element) => this.apply(element, key, context));
    }
    return isObject(value) ? this.object(value, key, context) : value;
  }

  private object(value: JsonObject, key: string, context: readonly string[]): JsonObject {
    const inner = [...context, key];
    // A variable's own name says more of its value than "value" does.
    const named = Object.keys(value).length === 2 && typeof value['value'] === 'string';
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => {
        if (NAMES.has(name)) return [name, literal(member)];
        const hint = named && name === 'value' ? textOf(value['name']) : name;
        return [escaped(name), this.apply(member, hint, inner)];
      }),
    );
  }

  private text(value: string, key: string, context: readonly string[]): string {
    const words = wordsOf(key);
    const whole = this.best(
      (one) => one.value === value && (isDistinct(value) || isCalled(words, one)),
      [key, ...context],
    );
    if (whole !== undefined) return template(whole.expression);
    const element = this.element(value, key, context);
    return element ?? this.parts(value, key, context);
  }

  /** One of a list that is known: ``{{ index (output `subnet_ids`) 0 }}``. Only outputs give lists. */
  private element(value: string, key: string, context: readonly string[]): string | undefined {
    if (!isDistinct(value)) return undefined;
    const found = this.best(
      ({ value: list, expression }) =>
        Array.isArray(list) && list.includes(value) && expression.startsWith('output'),
      [key, ...context],
    );
    if (found === undefined) return undefined;
    return template(`index (${found.expression}) ${found.value.indexOf(value)}`);
  }

  /** A known ARN, repository or host inside a longer text, between characters that end one. */
  private parts(value: string, key: string, context: readonly string[]): string {
    const inside = this.known
      .flatMap(({ value: text }) => (typeof text === 'string' && isLong(text) ? text : []))
      .filter((text) => findBounded(value, text) >= 0)
      .sort((one, other) => other.length - one.length)[0];
    if (inside === undefined) return escaped(value);
    const found = this.best(({ value: text }) => text === inside, [key, ...context], true);
    if (found === undefined) return escaped(value);
    const at = findBounded(value, inside);
    const rest = (text: string) => this.parts(text, key, context);
    return rest(value.slice(0, at)) + template(found.expression) + rest(value.slice(at + inside.length));
  }

  private list(value: readonly Json[], key: string, context: readonly string[]): string | undefined {
    if (value.length === 0 || !value.every((one) => typeof one === 'string' && isDistinct(one)))
      return undefined;
    const wanted = JSON.stringify([...value].sort());
    const found = this.best(
      ({ value: list, expression }) =>
        Array.isArray(list) &&
        expression.startsWith('output') &&
        JSON.stringify([...(list as string[])].sort()) === wanted,
      [key, ...context],
    );
    return found && template(found.expression);
  }

  /** The one whose name is nearest to where the value stands. @param strict nothing, where two are equally near. */
  private best(
    matches: (known: Known) => boolean,
    names: readonly string[],
    strict = false,
  ): Known | undefined {
    const words = new Set([...names.flatMap((name) => [...wordsOf(name)]), 'task']);
    const nearness = ({ words: own }: Known) => {
      const shared = [...own].filter((word) => words.has(word)).length;
      return shared / Math.max(1, own.size);
    };
    const found = this.known
      .filter(matches)
      .sort(
        (one, other) =>
          Math.floor(one.rank) - Math.floor(other.rank) ||
          nearness(other) - nearness(one) ||
          one.rank - other.rank ||
          one.expression.length - other.expression.length,
      );
    const [first, second] = found;
    const equal =
      first !== undefined &&
      second !== undefined &&
      first.rank === second.rank &&
      nearness(first) === nearness(second);
    return strict && equal ? undefined : first;
  }
}

export function template(expression: string): string {
  return `{{ ${expression} }}`;
}

function escaped(text: string): string {
  return text.replaceAll('{{', template('`{{`'));
}

function literal(value: Json): Json {
  return typeof value === 'string' ? escaped(value) : value;
}

/** Members that name something inside the definition itself. */
const NAMES = new Set(['name', 'containerName', 'portName', 'dnsName', 'discoveryName', 'sourceContainer']);

/** An ARN, an id that AWS gave, a URL or a host: nothing that means something else elsewhere. */
function isDistinct(text: string): boolean {
  return (
    /^arn:[\w-]+:/.test(text) ||
    /^[a-z][a-z0-9]*-[0-9a-f]{8,17}$/.test(text) ||
    /^(?:subnet|sg|vpc|fs|fsap|ns|srv)-\w+$/.test(text) ||
    /^[a-z][a-z0-9+.-]*:\/\/.+/i.test(text) ||
    /^[\w-]+(?:\.[\w-]+){2,}(?:[:/].*)?$/.test(text)
  );
}

function isLong(text: string): boolean {
  return text.length >= 8 && isDistinct(text);
}

/** Whether a member and a value bear the same name: `assignPublicIp` and `assign_public_ip`. */
function isCalled(words: ReadonlySet<string>, { words: own }: Known): boolean {
  if (words.size === 0 || own.size === 0) return false;
  return [...words].every((word) => own.has(word)) || [...own].every((word) => words.has(word));
}

const ENDS = /[/:@=,?&;\s]/;

function findBounded(text: string, inner: string): number {
  for (let at = text.indexOf(inner); at >= 0; at = text.indexOf(inner, at + 1)) {
    const before = text.charAt(at - 1);
    const after = text.charAt(at + inner.length);
    const closed = (character: string) => character === '' || ENDS.test(character);
    if (text !== inner && (at === 0 || closed(before)) && closed(after)) return at;
  }
  return -1;
}
