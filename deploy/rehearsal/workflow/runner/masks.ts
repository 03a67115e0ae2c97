/** Values that no log, summary or output of a job may show. */
export class Masks {
  private values: string[] = [];

  /** Each line of a value is masked, as the runner does it. */
  add(value: string): void {
    const lines = [value, ...value.split(/\r?\n/)].map((line) => line.trim()).filter((line) => line !== '');
    // The longest first, so that a part of a secret does not spoil the whole of it.
    this.values = [...new Set([...this.values, ...lines])].sort((a, b) => b.length - a.length);
  }

  apply(text: string): string {
    return this.values.reduce((masked, value) => masked.replaceAll(value, '***'), text);
  }

  hides(text: string): boolean {
    return this.values.some((value) => text.includes(value));
  }
}
