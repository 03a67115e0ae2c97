import type { ValueMap } from '../language/template';

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

export interface Annotation {
  level: 'error' | 'warning' | 'notice';
  message: string;
  title?: string;
  /** From the workspace on. */
  file?: string;
  line?: number;
  column?: number;
}

export interface StepRecord {
  name: string;
  /** Before `continue-on-error`. */
  outcome: Conclusion;
  conclusion: Conclusion;
  /** Secrets are masked. Steps of a composite action stand in the log of the step that used it. */
  log: string;
  outputs: Record<string, string>;
  seconds: number;
}

export interface JobRecord {
  id: string;
  name: string;
  matrix: ValueMap | null;
  /** Undefined while it has not ended. */
  conclusion: Conclusion | undefined;
  /** What it waits for, or why it did not run its steps. */
  reason?: string;
  environment?: { name: string; url: string };
  steps: StepRecord[];
  outputs: Record<string, string>;
  /** Markdown, as the run's page shows it. */
  summary: string;
  annotations: Annotation[];
  seconds: number;
}

export type DeploymentState =
  'waiting' | 'queued' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';

/** As the Deployments API shows it. */
export interface DeploymentRecord {
  id: number;
  environment: string;
  ref: string;
  sha: string;
  state: DeploymentState;
  url: string;
  /** Every state it had, in order. */
  states: DeploymentState[];
}

export interface RunRecord {
  id: number;
  number: number;
  /** Path of the workflow, from the repository on. */
  workflow: string;
  name: string;
  title: string;
  event: string;
  ref: string;
  sha: string;
  actor: string;
  conclusion: Conclusion | undefined;
  /** Of the run as a whole, as when its workflow cannot be run. */
  annotations: Annotation[];
  jobs: JobRecord[];
  deployments: DeploymentRecord[];
  seconds: number;
}
