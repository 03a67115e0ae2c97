/** A resource's attributes, or one of its nested blocks. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A text attribute; empty where it is not set. Numbers and booleans are written out. */
export function text(attributes: Attributes, name: string): string {
  return optionalText(attributes, name) ?? '';
}

export function optionalText(attributes: Attributes, name: string): string | undefined {
  const value = attributes[name];
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function number(attributes: Attributes, name: string, fallback: number): number {
  const value = attributes[name];
  const read = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : fallback;
}

export function texts(attributes: Attributes, name: string): string[] {
  const value = attributes[name];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** Nested blocks: a list in a state; a single one may stand alone in synthesised JSON. */
export function blocks(attributes: Attributes, name: string): Attributes[] {
  const value = attributes[name];
  const entries = Array.isArray(value) ? value : [value];
  return entries.filter((entry): entry is Attributes => typeof entry === 'object' && entry !== null);
}

/** A block of which there is at most one. */
export function block(attributes: Attributes, name: string): Attributes {
  return blocks(attributes, name)[0] ?? {};
}

/** Tags as EC2 writes them: `[{key, value}]`. */
export function tagSet(attributes: Attributes): { key: string; value: string }[] {
  const tags = { ...(attributes.tags as object | undefined), ...(attributes.tags_all as object | undefined) };
  return Object.entries(tags).map(([key, value]) => ({ key, value: String(value) }));
}
