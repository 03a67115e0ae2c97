/** A tag as most services write it. */
export interface TagPair {
  Key: string;
  Value: string;
}

/** Tags by the ARN of what carries them. */
export class Tags {
  private readonly table = new Map<string, ReadonlyMap<string, string>>();

  of(arn: string): Readonly<Record<string, string>> {
    return Object.fromEntries(this.table.get(arn) ?? []);
  }

  pairsOf(arn: string): TagPair[] {
    return Array.from(this.table.get(arn) ?? [], ([Key, Value]) => ({ Key, Value }));
  }

  /** Adds tags, as a record or in the pairs of AWS's wire; a key that is there gets the new value. */
  add(arn: string, tags: unknown): void {
    this.table.set(arn, new Map([...(this.table.get(arn) ?? []), ...entriesOf(tags)]));
  }

  /** These, and no others. */
  set(arn: string, tags: unknown): void {
    this.table.set(arn, new Map(entriesOf(tags)));
  }

  remove(arn: string, keys: readonly string[]): void {
    const kept = [...(this.table.get(arn) ?? [])].filter(([key]) => !keys.includes(key));
    this.table.set(arn, new Map(kept));
  }

  /** Everything that is kept, to be given to `restore`. */
  all(): ReadonlyMap<string, ReadonlyMap<string, string>> {
    return this.table;
  }

  restore(all: ReadonlyMap<string, ReadonlyMap<string, string>>): void {
    this.table.clear();
    for (const [arn, tags] of all) this.table.set(arn, tags);
  }

  /** What carried them is gone. */
  drop(arn: string): void {
    this.table.delete(arn);
  }
}

function entriesOf(tags: unknown): [string, string][] {
  if (Array.isArray(tags)) {
    return (tags as Record<string, string | undefined>[]).map((tag) => [
      tag.Key ?? tag.key ?? '',
      tag.Value ?? tag.value ?? '',
    ]);
  }
  if (typeof tags !== 'object' || tags === null) return [];
  return Object.entries(tags).map(([key, value]) => [key, String(value)]);
}
