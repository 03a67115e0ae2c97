import type { RolledBackBy, StoppedTasks } from '../release/outcome';
import type { Facts } from './facts';

/** What is known of a deployment that went wrong. */
export interface Evidence {
  /** Most frequent first. */
  stopped: readonly StoppedTasks[];
  targetHealth: readonly string[];
  /** Newest first. */
  events: readonly string[];
  /** What ECS or the watch says of the end as a whole. */
  reason: string;
  /** Who rolled it back, if somebody did. */
  rolledBackBy?: RolledBackBy | undefined;
  /** What was looked up because of the rest. */
  facts?: Facts | undefined;
}

/** `certain`: AWS says so itself, or it was looked up. `likely`: what fits best with what was seen. */
export type Certainty = 'certain' | 'likely';

export interface Cause {
  sentence: string;
  fix: string;
  certainty: Certainty;
}

/** One cause that can be told from its traces. */
export interface Known {
  /** As in docs/causes.md and in `explanation.known` of the JSON result. Never reused for another cause. */
  name: string;
  /** Paths of a definition's changes that may have brought it about. */
  touches?: RegExp;
  find(evidence: Evidence): Cause | undefined;
}
