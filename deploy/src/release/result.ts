import type { ErrorCode, ExitCode } from '../errors';
import type { Json } from '../outputs/outputs';
import type { Finding } from '../preflight/finding';
import type { Change } from './change';
import type { Outcome, Release } from './outcome';
import type { Plan } from './plan';

/** What a command has to say in the end. Reporters render it; with `--json` it is the last line. */
export type Result =
  | DeploymentResult
  | DeploymentsResult
  | ManyResult
  | PlanResult
  | RollbackPlanResult
  | StatusResult
  | HistoryResult
  | DeleteResult
  | CheckResult
  | RenderResult
  | FindingsResult
  | TableResult
  | InitResult
  | SplitResult
  | DoneResult;

/** Where it happened. */
export interface Place {
  environment: string | undefined;
  cluster: string;
  service: string;
  region: string;
  /** Where it answers, as infrastructure's output `service_url` has it. */
  url?: string;
}

export interface DeploymentResult {
  kind: 'deployment';
  command: 'deploy' | 'rollback' | 'refresh' | 'wait' | 'continue';
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
  /** The command that follows a deployment which this run left going. */
  follow?: string | undefined;
  /** Why a person rolled back, in their own words. */
  reason?: string | undefined;
}

/** Several services that were deployed, or brought back, as one release. */
export interface DeploymentsResult {
  kind: 'deployments';
  command: 'deploy' | 'rollback';
  environment: string | undefined;
  /** On every task definition that this run registered. Undefined for a rollback, which registers none. */
  releaseId: string | undefined;
  /** In the order in which they were to start. */
  services: readonly ServiceResult[];
  seconds: number;
  /** The command that brings all of them back, where there is something to bring back. */
  goBack: string | undefined;
  /** The worst of all: see `worstOf`. */
  exitCode: ExitCode;
}

export interface ServiceResult {
  place: Place;
  /** What became of it; undefined where it never started, or ended with an error. */
  deployment: DeploymentResult | undefined;
  /** It was live, and went back because another service of the release failed or the run was interrupted. */
  back: DeploymentResult | undefined;
  error: ServiceError | undefined;
  /** Why it was never started. */
  notStarted: string | undefined;
}

export interface ServiceError {
  code: ErrorCode;
  message: string;
  hint: string | undefined;
  exitCode: ExitCode;
}

/** The same command for several services: one result of its own kind for each. */
export interface ManyResult {
  kind: 'many';
  command: string;
  results: readonly Exclude<Result, ManyResult>[];
  /** The worst of all. */
  exitCode: number;
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
  /** Of `diff --against`: the environment whose definitions are laid beside what runs in the plan's. */
  rendered?: string;
  /** Of `diff --unified`: what is printed instead of the changes. */
  unified?: string;
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
  /** Settings of the service that go back with the task definition. */
  changes: readonly Change[];
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
  /** Who deploys it, where that is not ECS itself: `CODE_DEPLOY`, `EXTERNAL`. */
  controller?: string | undefined;
  /** What ECS is at work on, in detail; undefined where nothing is in progress, or the endpoint cannot say. */
  inProgress?: InProgress | undefined;
  /** Undefined where nothing scales the service, or this run may not know. */
  autoscaling?: AutoscalingStatus | undefined;
  exitCode: ExitCode;
}

/** A deployment in progress as the service deployments API tells of it. */
export interface InProgress {
  deploymentId: string;
  /** IN_PROGRESS, ROLLBACK_IN_PROGRESS, ... */
  status: string;
  /** Of its lifecycle, such as BAKE_TIME; undefined of a rolling update without hooks. */
  stage: string | undefined;
  strategy: string;
  /** How long both releases run once all traffic is on the new one. */
  bakeTimeMinutes: number | undefined;
  /** Pause hooks that nobody has answered; "slipway continue" does. */
  waitsFor: readonly { hookId: string; expiresAt: Date | undefined; otherwise: 'CONTINUE' | 'ROLLBACK' }[];
  /** Failed tasks against how many the circuit breaker lets pass. */
  breaker: { status: string; failures: number; threshold: number | undefined } | undefined;
  alarms: { status: string; watched: readonly string[]; triggered: readonly string[] } | undefined;
  /** Percent of the traffic; only where traffic is shifted. */
  traffic: readonly { taskDefinition: string; production: number; test: number }[];
}

export interface AutoscalingStatus {
  min: number;
  max: number;
  suspended: boolean;
  /** Names of the policies. */
  policies: readonly string[];
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
  /** What all services that were deployed together have in common. */
  releaseId: string | undefined;
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
  /** How a person reads them, where that is not JSON. */
  text?: string;
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
  outcome: 'done' | 'unchanged' | 'planned' | 'started' | 'in-progress' | 'cancelled' | 'failed';
  /** One sentence, or several lines. */
  message: string;
  /** What else a program wants to know. */
  data?: Readonly<Record<string, unknown>>;
  exitCode: number;
}

/** What `init` wrote, or would write. */
export interface InitResult {
  kind: 'init';
  outcome: 'done' | 'planned';
  place: Place;
  /** With their text where they were not written. */
  files: readonly { path: string; text?: string }[];
  /** Blocks that let Terraform forget the service without destroying it; empty where it knows none. */
  removed: string;
  /** The command to run next. */
  next: string;
  exitCode: ExitCode;
}

/** What `init --split` wrote, or would write. */
export interface SplitResult {
  kind: 'split';
  outcome: 'done' | 'planned';
  /** The new repository. */
  directory: string;
  /** Relative to it, with forward slashes. */
  files: readonly string[];
  /** What a person does next, in this order; the lines as they are to be typed. */
  next: readonly { title: string; lines: readonly string[] }[];
  exitCode: ExitCode;
}
