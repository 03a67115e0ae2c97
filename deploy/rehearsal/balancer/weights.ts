/**
 * Splits requests among target groups by weight, spread as evenly as can be: after every `sum of weights` requests
 * each has had exactly its share.
 */
export class WeightedSplit {
  private readonly current: number[];
  private readonly sum: number;

  constructor(private readonly entries: readonly { arn: string; weight: number }[]) {
    this.current = entries.map(() => 0);
    this.sum = entries.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** ARN of the group that takes the next request; undefined where all weights are 0. */
  next(): string | undefined {
    // A single group takes everything, as at AWS, where its weight is not looked at.
    if (this.entries.length === 1) return this.entries[0]?.arn;
    if (this.sum === 0) return undefined;
    let chosen = -1;
    for (const [index, { weight }] of this.entries.entries()) {
      const value = (this.current[index] ?? 0) + weight;
      this.current[index] = value;
      if (weight > 0 && (chosen < 0 || value > (this.current[chosen] ?? 0))) chosen = index;
    }
    this.current[chosen] = (this.current[chosen] ?? 0) - this.sum;
    return this.entries[chosen]?.arn;
  }
}
