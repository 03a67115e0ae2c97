import type { Certainty } from '../causes/cause';
import { exitCodes, type ExitCode } from '../errors';
import type { StoppedBy } from './stopped-by';

/** How a deployment ended, told apart by the id of the deployment that this run started. */
export type Outcome =
  | {
      kind: 'live';
      release: Release;
      servingSeconds: number;
      drainedSeconds: number | undefined;
      /** The service wants no task, so none runs. */
      scaledToZero?: boolean;
    }
  | { kind: 'unchanged'; release: Release; scaledToZero?: boolean }
  | {
      kind: 'rolled-back';
      by: RolledBackBy;
      /** Where it was a person, and they wrote it down. */
      person?: StoppedBy | undefined;
      reason: string;
      release: Release;
      /** What serves now. */
      back: Release | undefined;
      explanation: Explanation;
    }
  | {
      kind: 'superseded';
      /** `ecs-svc/...` */
      by: string;
      /** What that one brings, where ECS tells. */
      successor?: Successor | undefined;
      release: Release;
      explanation: Explanation | undefined;
    }
  | { kind: 'failed'; reason: string; release: Release; explanation: Explanation }
  | { kind: 'in-progress'; reason: string; release: Release; explanation: Explanation }
  /** Interrupted by the person who ran it; `reason` says what was done about the deployment. */
  | { kind: 'cancelled'; reason: string; release: Release }
  | { kind: 'started'; release: Release };

export type RolledBackBy = 'circuit-breaker' | 'alarm' | 'hook' | 'person' | 'this-run';

/** The deployment that took the place of another. */
export interface Successor {
  taskDefinition: string;
  /** Who released it, as its record says; of a revision that was there before, who went back to it, where they said so. */
  actor: string | undefined;
  runUrl: string | undefined;
  gitSha: string | undefined;
}

/** What runs, or was to run. */
export interface Release {
  /** `family:revision` */
  taskDefinition: string;
  /** By container name: the image with its digest. */
  images: Readonly<Record<string, string>>;
  gitSha: string | undefined;
  /** `ecs-svc/...`, once UpdateService or CreateService answered. */
  deploymentId: string | undefined;
}

/** Why it failed, from what ECS, the load balancer and the logs said; certain facts before guesses. */
export interface Explanation {
  /** One line: the cause. */
  cause: string;
  /** Whether AWS says so itself (or it was looked up), or it is what fits best. */
  certainty: Certainty;
  /** Name of the cause, as in docs/causes.md; undefined where no known one fits. */
  known?: string | undefined;
  /** What would mend it, where the cause is a known one. */
  fix: string | undefined;
  /** Stopped tasks of this deployment, grouped by how they ended, most frequent first. */
  stoppedTasks: readonly StoppedTasks[];
  /** Unhealthy targets with the balancer's reason. */
  targetHealth: readonly string[];
  /** Service events since the deployment started, newest first. */
  events: readonly string[];
}

export interface StoppedTasks {
  count: number;
  stopCode: string | undefined;
  stoppedReason: string;
  container: string | undefined;
  /** What ECS says of the container itself: `OutOfMemoryError: ...`. */
  containerReason: string | undefined;
  exitCode: number | undefined;
  /** `SIGKILL`, where the exit code is that of a signal. */
  signal?: string | undefined;
  /** Seconds the container ran before it ended; undefined where it never did. */
  ranSeconds: number | undefined;
  /** The last log lines of the container that failed, oldest first. */
  logLines: readonly string[];
  /** Why there are none, where that is known. */
  logNote?: string | undefined;
}

export function exitCodeOf(outcome: Outcome): ExitCode {
  switch (outcome.kind) {
    case 'live':
    case 'unchanged':
    case 'started':
      return exitCodes.live;
    case 'rolled-back':
      return exitCodes.rolledBack;
    case 'superseded':
      return exitCodes.superseded;
    case 'failed':
      return exitCodes.failed;
    case 'in-progress':
      return exitCodes.timedOut;
    case 'cancelled':
      return exitCodes.interrupted;
  }
}
