/** What the settings of a repository say about an environment. */
export interface EnvironmentSettings {
  /** Who must approve; nobody where empty. */
  reviewers: readonly string[];
  /** Branches that may use it; any where undefined. */
  branches?: readonly string[];
  variables?: Readonly<Record<string, string>>;
  secrets?: Readonly<Record<string, string>>;
}

export type Decision = 'approved' | 'refused';

/** A job that waits for its reviewers. */
export interface PendingApproval {
  environment: string;
  runId: number;
  job: string;
  /** What the reviewer is shown, e.g. the plan in the summaries so far. */
  decide(decision: Decision): void;
}
