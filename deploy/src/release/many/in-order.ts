/** One of several things of which some wait for others. */
export interface Node {
  name: string;
  /** Names that must be ready before this one starts; what is not among the nodes is ready. */
  after: readonly string[];
}

export interface OrderInput<N extends Node> {
  nodes: readonly N[];
  /** How many may be under way together. */
  atOnce: number;
  /**
   * Never rejects. May call `ready` as soon as those that wait for it may start; they may too once it resolves to true.
   */
  run: (node: N, ready: () => void) => Promise<boolean>;
  /** Asked before each start; false ends the starting for good. */
  mayStart: () => boolean;
}

/**
 * Starts each as soon as everything that it waits for is ready, so many at once as allowed, and waits for all that were
 * started. What waits for something that never became ready is not started.
 * @returns those that were not started, in their order
 */
export async function runInOrder<N extends Node>(input: OrderInput<N>): Promise<readonly N[]> {
  const { nodes, atOnce, run, mayStart } = input;
  const names = new Set(nodes.map(({ name }) => name));
  const waiting = new Set(nodes);
  const ready = new Set<string>();
  const underWay = new Set<Promise<void>>();
  let wake = () => {};
  const becameReady = (name: string) => {
    ready.add(name);
    wake();
  };
  const canStart = ({ after }: N) => after.every((name) => ready.has(name) || !names.has(name));

  const start = (node: N) => {
    waiting.delete(node);
    const done: Promise<void> = run(node, () => becameReady(node.name)).then((good) => {
      underWay.delete(done);
      if (good) becameReady(node.name);
      wake();
    });
    underWay.add(done);
  };

  for (;;) {
    for (const node of waiting) {
      if (!mayStart() || underWay.size >= atOnce) break;
      if (canStart(node)) start(node);
    }
    if (underWay.size === 0) return [...waiting];
    await new Promise<void>((resolve) => (wake = resolve));
  }
}

/** The same for things that wait for nothing; every promise is settled in the end. */
export async function atMost<T, R>(
  count: number,
  items: readonly T[],
  run: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  const nodes = items.map((item, index) => ({ name: String(index), after: [], item, index }));
  await runInOrder({
    nodes,
    atOnce: count,
    mayStart: () => true,
    run: async ({ item, index }) => {
      const [result] = await Promise.allSettled([run(item)]);
      results[index] = result;
      return true;
    },
  });
  return results;
}
