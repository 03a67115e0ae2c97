const seconds: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ns: 1e-9,
};
const part = String.raw`(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|μs|ns)`;
const duration = new RegExp(`^\\+?(?:${part})+$`);

/** A duration as Go writes it: `1h30m` -> 5400 seconds; undefined where the text is none or is not above zero. */
export function parseDuration(text: string): number | undefined {
  if (!duration.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+\.?\d*|\.\d+)(h|ms|m|s|us|µs|μs|ns)/g)) {
    total += Number(amount) * (seconds[unit ?? ''] ?? 0);
  }
  return total > 0 ? total : undefined;
}
