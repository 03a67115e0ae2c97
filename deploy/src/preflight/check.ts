import type { Position } from '../definition/definitions';
import type { ErrorCode } from '../errors';
import type { Subject } from './subject';
import type { World } from './world';

/** What a check found. The runner adds the check's name. */
export interface Problem {
  level: 'error' | 'warning';
  /** What is wrong, with its value; lower case, no final stop. */
  message: string;
  /** What to change. */
  hint?: string;
  /** Where in the definitions it stands. */
  position?: Position | undefined;
  /** What the refusal is called where nothing else was found. PREFLIGHT_FAILED without. */
  code?: ErrorCode;
  /** Something is not there. Where a field is misspelt, it may only have another name. */
  absence?: true;
}

/** One question about a release, answered before anything is registered. It changes nothing. */
export interface Check {
  /** As `--skip-check` takes it, and as findings carry it: `execution-role`. */
  name: string;
  /** What it looks for, in one line. */
  summary: string;
  /** IAM actions that it needs; none where the definitions alone tell. */
  actions: readonly string[];
  run(subject: Subject, world: World): readonly Problem[] | Promise<readonly Problem[]>;
}
