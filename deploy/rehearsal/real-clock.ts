import type { Cancel, Clock } from './clock';
import { TimerQueue } from './timer-queue';

/** The longest delay that setTimeout takes. */
const longestTimeout = 2 ** 31 - 1;

/**
 * Wall time, sped up: an instant of it is `start + elapsed * speed`. Its timers do not keep the process alive.
 */
export class RealClock implements Clock {
  readonly speed: number;
  private readonly timers = new TimerQueue();
  private readonly start = Date.now();
  private readonly startedAt = performance.now();
  private timeout: NodeJS.Timeout | undefined;
  private timeoutDue = Number.POSITIVE_INFINITY;
  private closed = false;

  /** @param speed how many milliseconds of this clock pass in one of wall time; above 0. */
  constructor(speed: number = 1) {
    if (!(speed > 0) || !Number.isFinite(speed)) {
      throw new RangeError(`The speed of a clock must be a number above 0, not ${speed}.`);
    }
    this.speed = speed;
  }

  now(): number {
    return this.start + (performance.now() - this.startedAt) * this.speed;
  }

  after(delay: number, run: () => void): Cancel {
    if (this.closed) return () => undefined;
    const cancel = this.timers.add(this.now() + Math.max(0, delay), run);
    this.arm();
    return cancel;
  }

  afterReal(delay: number, run: () => void): Cancel {
    return this.after(delay * this.speed, run);
  }

  toWire(instant: number): number {
    return this.start + (instant - this.start) / this.speed;
  }

  /** Nothing runs any more, and nothing can be scheduled. */
  close(): void {
    this.closed = true;
    this.timers.clear();
    clearTimeout(this.timeout);
  }

  private arm(): void {
    const due = this.timers.nextDue();
    if (due === undefined || due >= this.timeoutDue) return;
    clearTimeout(this.timeout);
    this.timeoutDue = due;
    const wait = Math.min(longestTimeout, Math.max(0, Math.ceil((due - this.now()) / this.speed)));
    this.timeout = setTimeout(() => this.fire(), wait);
    this.timeout.unref();
  }

  private fire(): void {
    this.timeoutDue = Number.POSITIVE_INFINITY;
    try {
      // Only what is due now: a call that schedules itself anew must not starve the event loop.
      const now = this.now();
      for (let due = this.timers.nextDue(); due !== undefined && due <= now; due = this.timers.nextDue()) {
        this.timers.take()?.();
      }
    } finally {
      this.arm();
    }
  }
}
