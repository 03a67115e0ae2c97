import { SlipwayError } from '../errors';
import type { Sink } from '../events';
import { failureOf } from './failures';

/** Polls without any answer before giving up: two minutes at the usual pace. */
const UNANSWERED = 60;
/** Where each poll takes long to fail: so many seconds without any answer are enough, after a few tries. */
const UNANSWERED_SECONDS = 300;
const FEW = 5;
const REMINDER_SECONDS = 30;
/** However much AWS throttles. */
export const LONGEST_POLL_SECONDS = 30;

/** How a poll takes failures: throttled asks less often, no answer asks again for a while, no permission ends it. */
export class Patience {
  /** Seconds until the next poll. */
  interval: number;
  private unanswered = 0;
  private silentSince = 0;
  private saidAt = 0;

  /** @param goesOn what the message adds where the waiting ends: that the work does not. */
  constructor(
    private readonly pollSeconds: number,
    private readonly sink: Sink,
    private readonly goesOn: string,
  ) {
    this.interval = pollSeconds;
  }

  answered(): void {
    this.unanswered = 0;
    this.interval = Math.max(this.pollSeconds, this.interval / 2);
  }

  /** @throws what ends the wait: permission or credentials at once, no answer after a while. */
  failed(error: unknown): void {
    const failure = failureOf(error);
    if (failure === 'throttled') {
      this.interval = Math.min(LONGEST_POLL_SECONDS, this.interval * 2);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    if (failure !== 'network' && failure !== 'server') {
      if (!(error instanceof SlipwayError)) throw error;
      const { code, hint, exitCode } = error;
      throw new SlipwayError(code, `${message}; ${this.goesOn}`, {
        cause: error,
        exitCode,
        ...(hint === undefined ? {} : { hint }),
      });
    }
    const now = performance.now() / 1000;
    if (this.unanswered === 0) this.silentSince = now;
    this.unanswered += 1;
    const silent = Math.round(now - this.silentSince);
    if (this.unanswered >= UNANSWERED || (this.unanswered >= FEW && silent >= UNANSWERED_SECONDS)) {
      throw new SlipwayError(
        failure === 'network' ? 'UNREACHABLE' : 'AWS_UNAVAILABLE',
        `AWS did not answer for ${this.unanswered} polls in ${silent} s (${message}); ${this.goesOn}`,
        { cause: error },
      );
    }
    if (this.unanswered > 1 && now - this.saidAt < REMINDER_SECONDS) return;
    this.saidAt = now;
    const since = this.unanswered === 1 ? '' : ` since ${silent} s`;
    this.sink({
      type: 'note',
      level: 'warning',
      message: `no answer from AWS${since} (${message}); asking again`,
    });
  }
}
