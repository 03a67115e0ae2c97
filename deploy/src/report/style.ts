import { styleText } from 'node:util';

export type Style = (format: Parameters<typeof styleText>[0], text: string) => string;

export const plain: Style = (_format, text) => text;

/** Whether a terminal understands it was decided by the caller, so the stream is not asked again. */
export const coloured: Style = (format, text) => styleText(format, text, { validateStream: false });

export const WIDTH = 80;

/**
 * Breaks text at spaces into lines of at most 80 columns; what has no space (an ARN) stays whole, so that it can
 * be copied. Every line but the first starts with `indent` spaces; `first` is what stands before the first.
 */
export function wrap(text: string, indent: number, first = ' '.repeat(indent)): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = ' '.repeat(indent);
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line.trimEnd()];
}

/** `label` in its column, the text beside it. */
export function labelled(label: string, text: string): string[] {
  return wrap(text, LABEL_COLUMN, `  ${label}`.padEnd(LABEL_COLUMN));
}

/** A command to be copied: whole, however long. */
export function command(label: string, text: string): string {
  return `  ${label}`.padEnd(LABEL_COLUMN) + text;
}

export const LABEL_COLUMN = 12;

/** Registry and all but twelve digits of a digest are left out: `slipway/web@sha256:9b1e4c0d2f3a`. */
export function shortImage(reference: string): string {
  return shortDigest(reference.replace(/^\d{12}\.dkr[.-]ecr\.[^/]+\//, ''));
}

/** `(target-group arn:...:targetgroup/web/24b8)` becomes `(target-group web)`. */
export function withoutArns(text: string): string {
  return text.replace(/arn:[^\s)]*:targetgroup\/([^/\s)]+)\/[^\s)]+/g, '$1');
}

export function shortDigest(text: string): string {
  return text.replace(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, 'sha256:$1');
}

/** `2 s`, `1 min 5 s`, `2 h 3 min` */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
