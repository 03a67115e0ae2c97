import { Agent, get } from 'node:http';

export interface TrafficTotals {
  total: number;
  failed: number;
  /** What went wrong, with its count: `503`, `ECONNRESET`. */
  failures: Readonly<Record<string, number>>;
}

export interface Traffic {
  totals(): TrafficTotals;
  /** Resolves when at least `count` requests have been answered, or the traffic has been stopped. */
  reached(count: number): Promise<void>;
  /** No new requests; resolves when those in flight are answered. */
  stop(): Promise<TrafficTotals>;
}

/**
 * Sends GET requests at a steady rate until stopped, as users would who do not know of the deployment.
 * Every answer outside 200-399, every reset and every time-out (10 s) is a failed request.
 */
export function startTraffic(url: string, requestsPerSecond: number): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const failures: Record<string, number> = {};
  const waiting: { count: number; resolve: () => void }[] = [];
  let answered = 0;
  let failed = 0;
  let inFlight = 0;
  let stopped = false;
  let idle: (() => void) | undefined;

  const finish = (failure: string | undefined) => {
    inFlight -= 1;
    answered += 1;
    if (failure !== undefined) {
      failed += 1;
      failures[failure] = (failures[failure] ?? 0) + 1;
    }
    for (const waiter of waiting) if (answered >= waiter.count) waiter.resolve();
    if (stopped && inFlight === 0) idle?.();
  };

  const send = () => {
    inFlight += 1;
    let settled = false;
    const settle = (failure: string | undefined) => {
      if (!settled) finish(failure);
      settled = true;
    };
    const request = get(url, { agent, timeout: 10_000 }, (response) => {
      const status = response.statusCode ?? 0;
      response.resume();
      response.on('end', () => settle(status >= 200 && status < 400 ? undefined : String(status)));
      response.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
    });
    request.on('timeout', () => request.destroy(Object.assign(new Error('time-out'), { code: 'time-out' })));
    request.on('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
  };

  // By elapsed time rather than by ticks, so that a late timer does not lower the rate.
  const started = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * requestsPerSecond);
    for (; sent < due; sent += 1) send();
  }, 20);

  const totals = (): TrafficTotals => ({ total: answered, failed, failures: { ...failures } });
  return {
    totals,
    reached: (count) =>
      answered >= count || stopped
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push({ count, resolve })),
    async stop() {
      clearInterval(timer);
      stopped = true;
      for (const waiter of waiting) waiter.resolve();
      if (inFlight > 0) await new Promise<void>((resolve) => (idle = resolve));
      agent.destroy();
      return totals();
    },
  };
}
