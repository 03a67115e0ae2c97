/** Cancels a scheduled call; harmless when it already ran. */
export type Cancel = () => void;

/**
 * Time inside the rehearsal, in milliseconds since the epoch. All waiting that ECS or the load balancer does
 * (scheduler steps, provisioning, check intervals, draining) is measured on it; the time-outs of a real process
 * (grace period, stopTimeout, health check timeout) are not, and are given to `afterReal`.
 */
export interface Clock {
  now(): number;
  /** Runs once, `delay` milliseconds of this clock's time from now. Calls due at the same time run in order. */
  after(delay: number, run: () => void): Cancel;
  /** As `after`, but `delay` is not divided by the speed factor. In virtual time the two are the same. */
  afterReal(delay: number, run: () => void): Cancel;
  /** How many of this clock's milliseconds pass in a real one; 1 in virtual time. */
  readonly speed: number;
  /** The instant as clients see it: a sped-up clock is mapped back, so that wire timestamps are wall time. */
  toWire(instant: number): number;
}
