import { knownCauses } from '../causes/catalogue';
import type { Change } from '../release/change';
import type { Explanation } from '../release/outcome';

/** Which paths of a definition a word in the cause points at. */
const hints: readonly { cause: RegExp; path: RegExp }[] = [
  { cause: /secret|parameter store/i, path: /\.secrets\b/ },
  { cause: /health check|unhealthy/i, path: /healthCheck|portMappings|loadBalancers|GracePeriod/ },
  { cause: /memory/i, path: /memory/i },
  { cause: /image|pull/i, path: /\.image$/ },
];

/** The change that most likely made it fail: one that the cause names, else the image, else the first. */
export function likelyChange(
  changes: readonly Change[],
  explanation: Explanation | undefined,
): Change | undefined {
  const { cause = '', known: name } = explanation ?? {};
  const known = knownCauses.find((one) => one.name === name)?.touches;
  const touched = known && changes.find(({ path }) => known.test(path));
  if (touched !== undefined) return touched;
  for (const hint of hints) {
    const change = hint.cause.test(cause) ? changes.find(({ path }) => hint.path.test(path)) : undefined;
    if (change !== undefined) return change;
  }
  return changes.find(({ path }) => path.endsWith('.image')) ?? changes[0];
}
