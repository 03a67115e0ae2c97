const units: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** `1h30m` -> 5400 seconds; undefined where the text is no duration or is not above zero. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
    seconds += Number(amount) * (units[unit ?? ''] ?? 0);
  }
  return seconds > 0 ? seconds : undefined;
}
