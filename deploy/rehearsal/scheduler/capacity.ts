/** How tasks are spread over capacity providers. */
export interface CapacityShare {
  capacityProvider: string;
  /** How many tasks at least run on it. */
  base: number;
  weight: number;
}

/**
 * The provider of the next task: bases are filled first, then the one that is furthest below its weight.
 * @param running tasks that run already, by provider.
 * Source: CapacityProviderStrategyItem, ECS API reference.
 */
export function nextProvider(
  strategy: readonly CapacityShare[],
  running: ReadonlyMap<string, number>,
): string | undefined {
  const count = (share: CapacityShare) => running.get(share.capacityProvider) ?? 0;
  const based = strategy.find((share) => count(share) < share.base);
  if (based !== undefined) return based.capacityProvider;
  let best: CapacityShare | undefined;
  const load = (share: CapacityShare) => (count(share) - share.base + 1) / share.weight;
  for (const share of strategy) {
    if (share.weight > 0 && (best === undefined || load(share) < load(best))) best = share;
  }
  return best?.capacityProvider;
}
