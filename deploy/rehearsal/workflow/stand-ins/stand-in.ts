import type { Permissions } from '../model/permissions';
import type { World } from '../world';

/** The job in which a stand-in works. */
export interface StandInJob {
  workspace: string;
  /** Emptied with the job: RUNNER_TEMP. */
  temp: string;
  permissions: Permissions;
  sha: string;
  ref: string;
  /** Registries to which the job has logged in. */
  registries: Set<string>;
  /** Folder in which the artifacts of the run lie, each in a folder of its name. */
  artifacts: string;
  /** @throws StepFailure where the job may not have one. */
  identityToken: (audience: string) => string;
}

/** One step with its stand-in. What is wrong with it is a StepFailure. */
export interface StandInStep {
  uses: string;
  world: World;
  job: StandInJob;
  /** What the step and those before it set. */
  env: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /** An input without the spaces around it, else what the action itself takes. */
  input: (name: string, otherwise?: string) => string;
  log: (line: string) => void;
  warn: (message: string) => void;
  mask: (value: string) => void;
  setOutput: (name: string, value: string) => void;
  /** As a line in GITHUB_ENV would. */
  setEnvironment: (name: string, value: string) => void;
  addPath: (directory: string) => void;
}

/** What is done in place of an action that a laptop cannot run. */
export interface StandIn {
  /** Without its version; a local one with its path. */
  name: string;
  /** What it does here, for the documentation. */
  summary: string;
  run: (step: StandInStep) => Promise<void> | void;
}
