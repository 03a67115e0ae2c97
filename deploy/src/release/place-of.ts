import type { Definition, Position } from '../definition/definitions';
import type { Path } from './differences';

/** With the file's whole path: reporters show it from where they stand. */
export function placeOf(definition: Definition, path: Path): Position {
  return { ...definition.positionOf(path), file: definition.file };
}
