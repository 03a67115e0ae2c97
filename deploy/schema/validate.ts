import { suggestion } from './did-you-mean';
import { loadSchema, parseType, type Schema, type Structure } from './schema';

export type Path = readonly (string | number)[];

/** One thing that is wrong with a value. */
export interface Problem {
  kind: 'unknown' | 'type' | 'required' | 'enum';
  path: Path;
  /** Without the path: `unknown field "imagee" (did you mean "image"?)`. */
  message: string;
}

/**
 * Checks a value against a structure of the ECS API: unknown fields, wrong types, values outside an enumeration,
 * missing fields. Every problem is reported, in document order. `null` counts as absent, as it does on the wire.
 *
 * @param shape a structure's name (`RegisterTaskDefinitionRequest`), or a structure put together by the caller.
 */
export function validate(
  shape: string | Structure,
  value: unknown,
  schema: Schema = loadSchema(),
): Problem[] {
  const problems: Problem[] = [];
  const found = (kind: Problem['kind'], path: Path, message: string) =>
    problems.push({ kind, path, message });

  const check = (type: string, value: unknown, path: Path): void => {
    if (value === null || value === undefined) return;
    const parsed = parseType(schema, type);
    switch (parsed.kind) {
      case 'document':
        return;
      case 'string':
      case 'boolean':
        if (typeof value !== parsed.kind)
          found('type', path, `must be a ${parsed.kind}, but is ${describe(value)}`);
        return;
      case 'number':
        if (typeof value !== 'number') found('type', path, `must be a number, but is ${describe(value)}`);
        return;
      case 'timestamp':
        if (typeof value !== 'number' && typeof value !== 'string') {
          found('type', path, `must be a time, but is ${describe(value)}`);
        }
        return;
      case 'enumeration':
        if (typeof value !== 'string') found('type', path, `must be a string, but is ${describe(value)}`);
        else if (!parsed.values.includes(value)) {
          const known = parsed.values.join(', ');
          found('enum', path, `"${value}" is not one of ${known}${suggestion(value, parsed.values)}`);
        }
        return;
      case 'list':
        if (!Array.isArray(value))
          return void found('type', path, `must be a list, but is ${describe(value)}`);
        value.forEach((element, index) => check(parsed.element, element, [...path, index]));
        return;
      case 'map':
        if (!isObject(value)) return void found('type', path, `must be an object, but is ${describe(value)}`);
        for (const [key, element] of Object.entries(value)) check(parsed.element, element, [...path, key]);
        return;
      case 'structure':
        checkStructure(parsed.structure, value, path);
    }
  };

  const checkStructure = (structure: Structure, value: unknown, path: Path): void => {
    if (!isObject(value)) return void found('type', path, `must be an object, but is ${describe(value)}`);
    for (const name of structure.required ?? []) {
      if (value[name] === undefined || value[name] === null) found('required', path, `"${name}" is missing`);
    }
    for (const [name, member] of Object.entries(value)) {
      const type = Object.hasOwn(structure.members, name) ? structure.members[name] : undefined;
      if (type !== undefined) check(type, member, [...path, name]);
      else {
        const nearest = suggestion(name, Object.keys(structure.members));
        found('unknown', [...path, name], `unknown field "${name}"${nearest}`);
      }
    }
  };

  const structure = typeof shape === 'string' ? schema.structures[shape] : shape;
  if (structure === undefined) throw new Error(`ecs.json has no structure ${JSON.stringify(shape)}`);
  checkStructure(structure, value, []);
  return problems;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `the string "3000"`, `a list`: what was found, short. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return `the string ${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value)}`;
    case 'number':
    case 'boolean':
      return `the ${typeof value} ${String(value)}`;
    default:
      return 'an object';
  }
}
