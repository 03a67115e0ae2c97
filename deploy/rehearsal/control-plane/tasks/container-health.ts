import type { HealthCheck } from '@aws-sdk/client-ecs';
import type { Cancel, Clock } from '../../clock';
import type { RunningContainer } from '../../runtime/runtime';
import type { HealthStatus } from './task';

const defaults = { interval: 30, timeout: 5, retries: 3, startPeriod: 0 };

/**
 * Runs a container's health check as Docker does: the next one starts an interval after the last has ended. Time-outs
 * and the start period are those of a real process; a sped-up clock does not shorten them.
 * Source: HealthCheck, ECS API reference.
 */
export class ContainerHealth {
  status: HealthStatus = 'UNKNOWN';
  private failures = 0;
  private cancel: Cancel | undefined;
  private stopped = false;
  private readonly interval: number;
  private readonly startPeriodEnds: number;

  /** @param leastRealSeconds between two checks, however fast the clock. */
  constructor(
    private readonly clock: Clock,
    private readonly container: RunningContainer,
    private readonly definition: HealthCheck,
    leastRealSeconds: number,
    private readonly changed: () => void,
  ) {
    this.interval = Math.max(
      (definition.interval ?? defaults.interval) * 1000,
      leastRealSeconds * 1000 * clock.speed,
    );
    this.startPeriodEnds =
      clock.now() + (definition.startPeriod ?? defaults.startPeriod) * 1000 * clock.speed;
    this.wait();
  }

  stop(): void {
    this.stopped = true;
    this.cancel?.();
  }

  private wait(): void {
    this.cancel = this.clock.after(this.interval, () => this.check());
  }

  private check(): void {
    const timeout = (this.definition.timeout ?? defaults.timeout) * 1000;
    const answer = this.container.check(this.definition.command ?? [], timeout);
    if (typeof answer === 'boolean') this.settle(answer);
    else {
      answer.then(
        (passed) => this.settle(passed),
        () => this.settle(false),
      );
    }
  }

  private settle(passed: boolean): void {
    if (this.stopped) return;
    const before = this.status;
    if (passed) {
      this.failures = 0;
      this.status = 'HEALTHY';
    } else if (this.status === 'HEALTHY' || this.clock.now() >= this.startPeriodEnds) {
      this.failures += 1;
      if (this.failures >= (this.definition.retries ?? defaults.retries)) this.status = 'UNHEALTHY';
    }
    this.wait();
    if (this.status !== before) this.changed();
  }
}
