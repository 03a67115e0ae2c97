import { exitCodes, type ExitCode } from '../errors';

/** How a deployment ended, told apart by the id of the deployment that this run started. */
export type Outcome =
  | { kind: 'live'; release: Release; servingSeconds: number; drainedSeconds: number | undefined }
  | { kind: 'unchanged'; release: Release }
  | {
      kind: 'rolled-back';
      by: RolledBackBy;
      reason: string;
      release: Release;
      /** What serves now. */
      back: Release | undefined;
      explanation: Explanation;
    }
  | { kind: 'superseded'; by: string; release: Release; explanation: Explanation | undefined }
  | { kind: 'failed'; reason: string; release: Release; explanation: Explanation }
  | { kind: 'in-progress'; reason: string; release: Release; explanation: Explanation }
  /** Interrupted by the person who ran it; `reason` says what was done about the deployment. */
  | { kind: 'cancelled'; reason: string; release: Release }
  | { kind: 'started'; release: Release };

export type OutcomeKind = Outcome['kind'];

export type RolledBackBy = 'circuit-breaker' | 'alarm' | 'hook' | 'person' | 'this-run';

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
  /** One line: the likely cause. */
  cause: string;
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
  /** Seconds the container ran before it ended; undefined where it never did. */
  ranSeconds: number | undefined;
  /** The last log lines of the container that failed, oldest first. */
  logLines: readonly string[];
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
