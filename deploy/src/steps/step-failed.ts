import { SlipwayError } from '../errors';
import type { Explanation } from '../release/outcome';

/** A release step, or a check of what serves, that went wrong. */
export class StepFailed extends SlipwayError {
  constructor(
    message: string,
    /** Why, with its evidence; `cause` is the message. */
    readonly explanation: Explanation,
  ) {
    super('STEP_FAILED', message, explanation.fix === undefined ? {} : { hint: explanation.fix });
  }
}

/** What is known for certain, without any task that stopped. */
export function certain(cause: string, fix: string | undefined): Explanation {
  return { cause, certainty: 'certain', fix, stoppedTasks: [], targetHealth: [], events: [] };
}
