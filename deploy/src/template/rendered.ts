import { formatOf } from '../definition/document';
import type { Piece } from './evaluate';
import { errorAt, type Source } from './source';
import { OutputValue, Unread, typeName, unwrap } from './value';

/** A stretch of the rendered text that an action wrote. */
export interface Written {
  start: number;
  end: number;
  /** Offset of the action in the source. */
  at: number;
  value: Piece['value'];
  /** The quotes around it were taken away: it was a whole string, and keeps its own type. */
  whole: boolean;
}

/** Rendered text, and the way back to the source. */
export interface Rendered {
  source: Source;
  text: string;
  /** Where the character at this offset of `text` comes from: itself, or the action that wrote it. */
  sourceOffset(offset: number): number;
  /** What actions wrote into this stretch, in order. */
  writtenIn(start: number, end: number): Written[];
}

/**
 * Puts the pieces together. A string that is nothing but one output of a list, number or bool becomes that value;
 * a list or map inside a longer string is an error.
 */
export function assemble(source: Source, pieces: readonly Piece[]): Rendered {
  const parts = pieces.map((piece) => ({ ...piece, whole: false, length: piece.text.length }));
  const isJson = (source.format ?? formatOf(source.file)) === 'json';
  const joined = parts.map((part) => part.text).join('');
  let start = 0;
  const cuts = new Set<number>();
  for (const part of parts) {
    const end = start + part.text.length;
    if (needsItsOwnType(part.value)) {
      const place = placeOf(joined, start, end);
      const structured = typeof unwrap(part.value) === 'object';
      if (place === 'whole') {
        part.whole = true;
        cuts.add(start - 1).add(end);
      } else if (place === 'inside' && structured && part.value instanceof OutputValue) {
        throw errorAt(
          'OUTPUT_TYPE',
          source,
          part.at,
          `output "${part.value.name}" is a ${typeName(part.value)}, which cannot stand inside a longer string`,
          `write it as a whole string, or pick one of it: {{ index (output \`${part.value.name}\`) 0 }}`,
        );
      }
    } else if (part.value instanceof Unread && isJson && placeOf(joined, start, end) === 'bare') {
      part.text = '0';
    }
    start = end;
  }
  return link(source, parts, cuts);
}

function needsItsOwnType(value: Piece['value']): value is OutputValue {
  return value instanceof OutputValue && typeof value.value !== 'string';
}

/** `whole`: alone between quotes. `bare`: where a value may stand, without quotes. `inside`: part of a longer string. */
function placeOf(text: string, start: number, end: number): 'whole' | 'bare' | 'inside' {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const quote = before.at(-1);
  if ((quote === '"' || quote === "'") && text[end] === quote && /(^|[\s:[,{(-])["']$/.test(before))
    return 'whole';
  const lead = before.trimEnd();
  const opensValue = lead === '' || /[:[,{]$/.test(lead) || (/(^|\s)-$/.test(lead) && lead !== before);
  return opensValue && !insideQuotes(before) ? 'bare' : 'inside';
}

function insideQuotes(line: string): boolean {
  return (line.replaceAll(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1;
}

function link(
  source: Source,
  parts: readonly (Piece & { whole: boolean; length: number })[],
  cuts: ReadonlySet<number>,
): Rendered {
  const spans: { start: number; source: number; written: Written | undefined }[] = [];
  let joinedAt = 0;
  let text = '';
  for (const part of parts) {
    const kept = [...cutting(part.text, joinedAt, cuts)];
    for (const { text: piece, from } of kept) {
      const written =
        part.value === undefined
          ? undefined
          : {
              start: text.length,
              end: text.length + piece.length,
              at: part.at,
              value: part.value,
              whole: part.whole,
            };
      spans.push({
        start: text.length,
        source: part.value === undefined ? part.at + from : part.at,
        written,
      });
      text += piece;
    }
    joinedAt += part.length;
  }
  const spanAt = (offset: number) => {
    let [low, high] = [0, spans.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((spans[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return spans[low];
  };
  return {
    source,
    text,
    sourceOffset: (offset) => {
      const span = spanAt(offset);
      if (span === undefined) return 0;
      return span.written === undefined ? span.source + (offset - span.start) : span.source;
    },
    writtenIn: (from, to) =>
      spans.flatMap(({ written }) => (written && written.start < to && written.end > from ? [written] : [])),
  };
}

/** What is left of a text when the characters at the cuts (offsets of the whole) are gone. */
function* cutting(
  text: string,
  offset: number,
  cuts: ReadonlySet<number>,
): Generator<{ text: string; from: number }> {
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    if (!cuts.has(offset + index)) continue;
    if (index > from) yield { text: text.slice(from, index), from };
    from = index + 1;
  }
  if (from < text.length) yield { text: text.slice(from), from };
}
