import type { Position } from '../definition/definitions';
import type { ErrorCode } from '../errors';

/** One thing that a check found. */
export interface Finding {
  /** Name of the check, as the documentation lists it: `execution-role`. */
  check: string;
  /** An error refuses the deploy; a warning does not: what may not be looked at is one, and names the permission. */
  level: 'error' | 'warning';
  /** What is wrong, with its value; lower case, no final stop. */
  message: string;
  /** What to change. */
  hint: string | undefined;
  /** Where in the definitions it stands. */
  position: Position | undefined;
  /** The permission that is missing, where the check could not look: `iam:GetRole`. */
  permission?: string | undefined;
  /** What the refusal is called where nothing else was found; PREFLIGHT_FAILED without. */
  code?: ErrorCode;
}
