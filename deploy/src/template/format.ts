import { TemplateProblem, printValue, typeName, unwrap, type Value } from './value';

const verbs = /%([-+# 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g;

/**
 * Go's Sprintf for the values that a template has. What Go would print as `%!d(string=x)`, a mistake that ends in
 * a definition, is an error here.
 */
export function sprintf(format: string, values: readonly Value[]): string {
  let used = 0;
  const text = format.replaceAll(
    verbs,
    (all, flags: string, width: string, precision: string, verb: string) => {
      if (verb === '%') return '%';
      const value = values[used++];
      if (value === undefined) {
        throw new TemplateProblem(
          'TEMPLATE_SYNTAX',
          `the format "${format}" wants more values than the ${values.length} it has`,
        );
      }
      return pad(one(all, flags, precision, verb, value), flags, width);
    },
  );
  if (used < values.length) {
    throw new TemplateProblem(
      'TEMPLATE_SYNTAX',
      `the format "${format}" uses ${used} of its ${values.length} values`,
    );
  }
  return text;
}

function pad(text: string, flags: string, width: string | undefined): string {
  const length = Number(width ?? 0);
  if (flags.includes('-')) return text.padEnd(length);
  if (flags.includes('0') && /^[+-]?[\d.]/.test(text)) {
    const sign = /^[+-]/.exec(text)?.[0] ?? '';
    return sign + text.slice(sign.length).padStart(length - sign.length, '0');
  }
  return text.padStart(length);
}

function one(all: string, flags: string, precision: string | undefined, verb: string, value: Value): string {
  const plain = unwrap(value);
  const signed = (text: string) => (flags.includes('+') && !text.startsWith('-') ? `+${text}` : text);
  const wants = (wanted: string): never => {
    throw new TemplateProblem(
      'TEMPLATE_SYNTAX',
      `"${all}" wants a ${wanted}, but the value is a ${typeName(value)}`,
    );
  };
  const numeric = () => (typeof plain === 'number' ? plain : wants('number'));
  switch (verb) {
    case 'v':
      return printValue(value);
    case 's': {
      if (typeof plain === 'number' || typeof plain === 'boolean') return wants('text (%v prints any value)');
      const text = printValue(value);
      return precision === undefined ? text : [...text].slice(0, Number(precision)).join('');
    }
    case 'q':
      return typeof plain === 'string' ? JSON.stringify(plain) : wants('text');
    case 'd':
      return Number.isInteger(numeric()) ? signed(String(numeric())) : wants('whole number');
    case 'f':
    case 'F':
      return signed(numeric().toFixed(Number(precision ?? 6)));
    case 'g':
      return signed(String(numeric()));
    case 'e':
      return numeric()
        .toExponential(Number(precision ?? 6))
        .replace(/e([+-])(\d)$/, 'e$10$2');
    case 'x':
    case 'X': {
      const text =
        typeof plain === 'string' ? Buffer.from(plain).toString('hex') : Math.trunc(numeric()).toString(16);
      return verb === 'x' ? text : text.toUpperCase();
    }
    case 'o':
      return Math.trunc(numeric()).toString(8);
    case 'b':
      return Math.trunc(numeric()).toString(2);
    case 'c':
      return String.fromCodePoint(numeric());
    case 't':
      return typeof plain === 'boolean' ? String(plain) : wants('bool');
    case 'T':
      return typeName(value);
    default:
      throw new TemplateProblem('TEMPLATE_SYNTAX', `"${all}" is not a format that templates know`);
  }
}
