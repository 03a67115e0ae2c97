import ecs from './ecs.json';

/**
 * The shapes of the ECS API, made by generate.ts from the AWS SDK's own model. `src/` and `rehearsal/` both read it.
 *
 * A type is written as text: `string`, `number`, `boolean`, `timestamp`, `document`, the name of a structure or an
 * enumeration, `X[]` for a list and `X{}` for a map from string.
 */
export interface Schema {
  /** Version of `@aws-sdk/client-ecs` that it was made from. */
  sdk: string;
  /** Operation -> structure of its input. */
  operations: Readonly<Record<string, string>>;
  structures: Readonly<Record<string, Structure>>;
  /** Name -> the values that AWS takes. */
  enumerations: Readonly<Record<string, readonly string[]>>;
}

export interface Structure {
  members: Readonly<Record<string, string>>;
  required?: readonly string[];
}

export function loadSchema(): Schema {
  return ecs;
}

/** A type's text, read. */
export type ParsedType =
  | { kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'document' }
  | { kind: 'list' | 'map'; element: string }
  | { kind: 'structure'; name: string; structure: Structure }
  | { kind: 'enumeration'; name: string; values: readonly string[] };

/** @throws where the text names nothing of the schema: the schema is broken then, not its user. */
export function parseType(schema: Schema, type: string): ParsedType {
  if (type.endsWith('[]')) return { kind: 'list', element: type.slice(0, -2) };
  if (type.endsWith('{}')) return { kind: 'map', element: type.slice(0, -2) };
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'timestamp':
    case 'document':
      return { kind: type };
    default: {
      const values = schema.enumerations[type];
      if (values !== undefined) return { kind: 'enumeration', name: type, values };
      const structure = schema.structures[type];
      if (structure !== undefined) return { kind: 'structure', name: type, structure };
      throw new Error(`ecs.json has no type "${type}"`);
    }
  }
}
