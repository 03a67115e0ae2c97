import type { Cancel, Clock } from './clock';
import { TimerQueue } from './timer-queue';

/** 2026-01-01T00:00:00Z: virtual time starts there unless told otherwise. */
const defaultStart = Date.UTC(2026, 0, 1);

/** Time that passes only when told to. Everything due runs synchronously and in a fixed order. */
export class VirtualClock implements Clock {
  readonly speed = 1;
  private readonly timers = new TimerQueue();
  private current: number;

  /** @param start milliseconds since the epoch. */
  constructor(start: number = defaultStart) {
    this.current = start;
  }

  now(): number {
    return this.current;
  }

  after(delay: number, run: () => void): Cancel {
    return this.timers.add(this.current + Math.max(0, delay), run);
  }

  afterReal(delay: number, run: () => void): Cancel {
    return this.after(delay, run);
  }

  toWire(instant: number): number {
    return instant;
  }

  /** Lets `milliseconds` pass, running all that falls due within. */
  advance(milliseconds: number): void {
    this.runUntil(this.current + milliseconds);
  }

  /**
   * Runs what is due, one call after the other, until an instant, or until a condition holds.
   * @param limit with a condition: the instant at which to give up. A condition needs one wherever something repeats for ever.
   * @returns whether the instant was reached or the condition held; false where nothing is left to run, or the limit came first.
   */
  runUntil(goal: number | (() => boolean), limit: number = Number.POSITIVE_INFINITY): boolean {
    const done = typeof goal === 'function' ? goal : undefined;
    const until = typeof goal === 'number' ? goal : limit;
    if (done?.()) return true;
    for (;;) {
      const due = this.timers.nextDue();
      if (due === undefined || due > until) break;
      this.current = due;
      this.timers.take()?.();
      if (done?.()) return true;
    }
    if (Number.isFinite(until)) this.current = Math.max(this.current, until);
    return done === undefined;
  }

  /** Nothing runs any more. */
  close(): void {
    this.timers.clear();
  }
}
