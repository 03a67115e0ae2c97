import type { ExitCode } from '../errors';
import type { Json } from '../outputs/outputs';
import type { Finding } from '../preflight/finding';
import type { Change } from './change';
import type { Outcome, Release } from './outcome';
import type { Plan } from './plan';

/** What a command has to say in the end. Reporters render it; with `--json` it is the last line. */
export type Result =
  | DeploymentResult
  | PlanResult
  | RollbackPlanResult
  | StatusResult
  | HistoryResult
  | DeleteResult
  | CheckResult
  | RenderResult
  | FindingsResult
  | TableResult
  | DoneResult;

/** Where it happened. */
export interface Place {
  environment: string | undefined;
  cluster: string;
  service: string;
  region: string;
}

export interface DeploymentResult {
  kind: 'deployment';
  command: 'deploy' | 'rollback';
  place: Place;
  outcome: Outcome;
  exitCode: ExitCode;
  /** What ran before. */
  replaced: Release | undefined;
  /** What has running tasks now, most first. */
  serving: readonly Serving[];
  changes: readonly Change[];
  seconds: number;
  /** The command that brings the former release back, where there is one to bring back. */
  goBack: string | undefined;
  /** Why a person rolled back, in their own words. */
  reason?: string | undefined;
}

export interface Serving {
  /** `family:revision` */
  taskDefinition: string;
  runningCount: number;
}

export interface PlanResult {
  kind: 'plan';
  command: 'deploy' | 'diff';
  plan: Plan;
  exitCode: ExitCode;
}

export interface RollbackPlanResult {
  kind: 'rollback-plan';
  place: Place;
  from: Release;
  to: Release;
  /** Stops the deployment in progress, updates the service to the former revision, or waits for what does so already. */
  how: 'stop-deployment' | 'update-service' | 'join';
  why: string;
  exitCode: ExitCode;
}

export interface StatusResult {
  kind: 'status';
  place: Place;
  /** ECS's own word: ACTIVE, DRAINING, INACTIVE; MISSING where it knows no such service. */
  status: string;
  release: Release | undefined;
  record: ReleaseRecord | undefined;
  desiredCount: number;
  runningCount: number;
  pendingCount: number;
  deployments: readonly DeploymentSummary[];
  events: readonly { at: Date; message: string }[];
  exitCode: ExitCode;
}

export interface DeploymentSummary {
  id: string;
  status: string;
  taskDefinition: string;
  rolloutState: string | undefined;
  reason: string | undefined;
  desiredCount: number;
  runningCount: number;
  pendingCount: number;
  failedTasks: number;
  createdAt: Date | undefined;
}

/** The release record: what a deploy writes into the tags of the task definition. */
export interface ReleaseRecord {
  gitSha: string | undefined;
  actor: string | undefined;
  runUrl: string | undefined;
  imageDigest: string | undefined;
  contractHash: string | undefined;
  /** `family:revision` that ran before it. */
  replaced: string | undefined;
}

export interface HistoryResult {
  kind: 'history';
  place: Place;
  /** Newest first. */
  releases: readonly HistoryEntry[];
  exitCode: ExitCode;
}

export interface HistoryEntry {
  at: Date | undefined;
  taskDefinition: string;
  gitSha: string | undefined;
  actor: string | undefined;
  runUrl: string | undefined;
  digest: string | undefined;
  /** `live`, `rolled-back`, `failed`, `superseded`, `in-progress`; `unknown` where ECS keeps no record of it. */
  outcome: string;
  current: boolean;
}

export interface DeleteResult {
  kind: 'delete';
  place: Place;
  outcome: 'deleted' | 'unchanged' | 'planned' | 'in-progress' | 'cancelled';
  message: string;
  exitCode: ExitCode;
}

export interface CheckResult {
  kind: 'check';
  environments: readonly string[];
  files: readonly string[];
  /** Outputs that the templates read. */
  outputs: readonly string[];
  exitCode: ExitCode;
}

export interface RenderResult {
  kind: 'render';
  /** In the order asked for. */
  documents: readonly Json[];
  exitCode: ExitCode;
}

/** Of `verify`. */
export interface FindingsResult {
  kind: 'findings';
  place: Place;
  findings: readonly Finding[];
  /** How many checks ran. */
  checks: number;
  exitCode: ExitCode;
}

/** A list for a person as columns, for a program as data. */
export interface TableResult {
  kind: 'table';
  /** Of what: `tasks`, `revisions`. */
  of: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** What is said where there are no rows. */
  empty: string;
  /** The same for programs. */
  items: readonly unknown[];
  exitCode: ExitCode;
}

/** A command that did one thing, or would with `--dry-run`. */
export interface DoneResult {
  kind: 'done';
  command: string;
  outcome: 'done' | 'unchanged' | 'planned' | 'failed';
  /** One sentence, or several lines. */
  message: string;
  /** What else a program wants to know. */
  data?: Readonly<Record<string, unknown>>;
  exitCode: number;
}
