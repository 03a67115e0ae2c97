/** An expression of a workflow file, without `${{ }}`. */
export class Expression {
  constructor(
    readonly source: string,
    readonly line: number,
  ) {}
}

/** Text with expressions in it. */
export class Interpolation {
  constructor(readonly parts: readonly (string | Expression)[]) {}
}

/** A value of a workflow or action file before its expressions are evaluated. */
export type Template =
  string | number | boolean | null | Expression | Interpolation | Template[] | TemplateMap;
export interface TemplateMap {
  [key: string]: Template;
}

/** A value without expressions. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type ValueMap = Record<string, Value>;

export function isMap(template: Template | undefined): template is TemplateMap {
  return (
    typeof template === 'object' &&
    template !== null &&
    !Array.isArray(template) &&
    !(template instanceof Expression) &&
    !(template instanceof Interpolation)
  );
}

/** The mapping under a key; empty where there is none. */
export function mapAt(parent: Template | undefined, key: string): TemplateMap {
  const value = isMap(parent) ? parent[key] : undefined;
  return isMap(value) ? value : {};
}

/** The list under a key; empty where there is none. One scalar is a list of one. */
export function listAt(parent: TemplateMap, key: string): Template[] {
  const value = parent[key];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The literal text under a key. */
export function textAt(parent: Template | undefined, key: string): string | undefined {
  const value = isMap(parent) ? parent[key] : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}

/** What an expression makes of a value that is wanted as text. */
export function textOf(value: Value | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'object') return Array.isArray(value) ? 'Array' : 'Object';
  return String(value);
}
