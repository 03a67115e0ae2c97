import type { Format } from '../definition/document';
import type { Position } from '../definition/definitions';
import { SlipwayError, type ErrorCode } from '../errors';

/** One file as it was written: all positions that a user sees are in it. */
export interface Source {
  /** As a user would type it: relative to the working directory where it lies below. */
  file: string;
  text: string;
  /** Where the ending of the file does not say it. */
  format?: Format;
}

export function positionAt(source: Source, offset: number): Position {
  const before = source.text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { file: source.file, line: before.split('\n').length, column: offset - lineStart + 1 };
}

export function printPosition({ file, line, column }: Position): string {
  return `${file}:${line}:${column}`;
}

/** An error that starts with its place: `ecs/service.json:4:12: ...`. */
export function errorAt(
  code: ErrorCode,
  source: Source,
  offset: number,
  message: string,
  hint?: string,
): SlipwayError {
  const place = printPosition(positionAt(source, offset));
  return new SlipwayError(code, `${place}: ${message}`, hint === undefined ? {} : { hint });
}
