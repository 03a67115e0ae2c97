import type { Cancel } from './clock';

interface Timer {
  due: number;
  /** Breaks ties, so that calls due at the same time run in the order in which they were asked for. */
  order: number;
  run: (() => void) | undefined;
}

/** Calls waiting for their time: a binary heap, so that a hundred thousand of them stay cheap. */
export class TimerQueue {
  private readonly heap: Timer[] = [];
  private lastOrder = 0;
  private cancelled = 0;

  add(due: number, run: () => void): Cancel {
    const timer: Timer = { due, order: (this.lastOrder += 1), run };
    this.heap.push(timer);
    this.rise(this.heap.length - 1);
    return () => {
      if (timer.run === undefined) return;
      timer.run = undefined;
      this.cancelled += 1;
      if (this.cancelled > 1024 && this.cancelled * 2 > this.heap.length) this.compact();
    };
  }

  /** When the next call is due; undefined if none waits. */
  nextDue(): number | undefined {
    while (this.heap[0] !== undefined && this.heap[0].run === undefined) {
      this.removeFirst();
      this.cancelled -= 1;
    }
    return this.heap[0]?.due;
  }

  /** Takes the first call out. Ask `nextDue` before. */
  take(): (() => void) | undefined {
    if (this.nextDue() === undefined) return undefined;
    const timer = this.removeFirst();
    const run = timer?.run;
    // A cancel that comes late must not be counted.
    if (timer !== undefined) timer.run = undefined;
    return run;
  }

  clear(): void {
    for (const timer of this.heap) timer.run = undefined;
    this.heap.length = 0;
    this.cancelled = 0;
  }

  private compact(): void {
    const live = this.heap.filter((timer) => timer.run !== undefined).sort((a, b) => (before(a, b) ? -1 : 1));
    this.heap.length = 0;
    for (const timer of live) this.heap.push(timer);
    this.cancelled = 0;
  }

  private removeFirst(): Timer | undefined {
    const first = this.heap[0];
    const last = this.heap.pop();
    if (last !== undefined && this.heap.length > 0) {
      this.heap[0] = last;
      this.sink();
    }
    return first;
  }

  private rise(index: number): void {
    const { heap } = this;
    const timer = heap[index] as Timer;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as Timer;
      if (before(parent, timer)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = timer;
  }

  private sink(): void {
    const { heap } = this;
    const timer = heap[0] as Timer;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      const right = below + 1;
      if (right < heap.length && before(heap[right] as Timer, heap[below] as Timer)) below = right;
      const child = heap[below] as Timer;
      if (before(timer, child)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = timer;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
