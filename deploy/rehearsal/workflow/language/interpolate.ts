import { Expression, Interpolation } from './template';

/** Parts text at its `${{ }}`; text that is one of them and nothing else keeps the type of its value. */
export function interpolate(text: string, line: number): Expression | Interpolation {
  const parts: (string | Expression)[] = [];
  let rest = text;
  for (let start = rest.indexOf('${{'); start >= 0; start = rest.indexOf('${{')) {
    const end = endOf(rest, start + 3);
    if (start > 0) parts.push(rest.slice(0, start));
    parts.push(new Expression(rest.slice(start + 3, end).trim(), line));
    rest = rest.slice(end + 2);
  }
  if (rest !== '') parts.push(rest);
  const [only] = parts;
  return parts.length === 1 && only instanceof Expression ? only : new Interpolation(parts);
}

/** Where `}}` ends an expression; one inside of a quoted text does not. */
function endOf(text: string, from: number): number {
  let quoted = false;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === "'") quoted = !quoted;
    else if (!quoted && text.startsWith('}}', index)) return index;
  }
  return text.length;
}
