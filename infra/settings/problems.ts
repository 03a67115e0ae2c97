/** Settings that cannot be built. Holds all of their problems, not only the first. */
export class SettingsError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `the settings have ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'SettingsError';
  }
}

/** Collects `place.option is <value>: <what would be right>` for each condition that does not hold. */
export class Problems {
  readonly found: string[] = [];

  constructor(private readonly place: string) {}

  unless(holds: boolean, option: string, value: unknown, right: string): void {
    if (!holds)
      this.found.push(`${this.place}: ${option} is ${JSON.stringify(value) ?? 'missing'}; ${right}`);
  }
}

/** Reports each value that stands there more than once. */
export function unique<T>(
  values: readonly T[],
  key: (value: T) => string | number,
  option: string,
  problems: Problems,
): void {
  const keys = values.map(key);
  const twice = keys.filter((one, index) => keys.indexOf(one) !== index);
  for (const one of new Set(twice)) problems.unless(false, option, one, 'each may stand there once');
}

/** Of projects, environments and services. */
export const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
