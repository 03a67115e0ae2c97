import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Scope } from '../language/evaluate';
import { hashFiles } from '../language/hash-files';
import { textOf, type ValueMap } from '../language/template';
import type { Permissions } from '../model/permissions';
import type { Job, Workflow } from '../model/workflow';
import type { Annotation, JobRecord } from '../report/records';
import { Masks } from './masks';
import type { WorkflowRun } from './run';

/** What a job is given by the graph that it stands in. */
export interface JobSetting {
  workflow: Workflow;
  matrix: ValueMap | null;
  strategy: ValueMap;
  needs: ValueMap;
  inputs: ValueMap;
  secrets: Readonly<Record<string, string>>;
  variables: Readonly<Record<string, string>>;
  permissions: Permissions;
  environment: string | undefined;
  signal: AbortSignal;
}

/** Steps of a job, or those of a composite action that one of them uses. */
export interface Frame {
  /** Of the steps that have ended, by their id. */
  steps: ValueMap;
  /** Of the action; the job's steps have those of the workflow. */
  inputs: ValueMap;
  /** What the step that uses the action was given. */
  env: Readonly<Record<string, string>>;
  status: 'success' | 'failure';
  /** Folder of the action. */
  actionPath: string | undefined;
  write: (line: string) => void;
}

/** Whether they stand for one, so that a step can leave its own variables alone. */
const inherited =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_\w+|TMPDIR|TEMP|TMP|TERM|SystemRoot|PATHEXT|PYENV_\w+|NVM_\w+|VOLTA_\w+|ASDF_\w+|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS)$/;

/** One job while it runs: what its steps share. */
export class JobState {
  readonly masks = new Masks();
  /** Of workflow and job, and what steps added through GITHUB_ENV. */
  env: Record<string, string> = {};
  readonly path: string[] = [];
  readonly registries = new Set<string>();
  status: 'success' | 'failure' | 'cancelled' = 'success';
  readonly workspace: string;
  readonly temp: string;

  constructor(
    readonly run: WorkflowRun,
    readonly job: Job,
    readonly record: JobRecord,
    readonly setting: JobSetting,
    readonly directory: string,
    readonly token: string,
  ) {
    const [, name = 'repository'] = run.world.repository.split('/');
    this.workspace = join(directory, 'work', name, name);
    this.temp = join(directory, 'temp');
    for (const secret of [...Object.values(setting.secrets), token]) this.masks.add(secret);
  }

  /** Adds to what the job's page shows. */
  annotate(annotation: Annotation): void {
    this.record.annotations.push({ ...annotation, message: this.masks.apply(annotation.message) });
  }

  scope(frame?: Frame, env: Readonly<Record<string, string>> = {}): Scope {
    const { setting, run } = this;
    const inner = frame?.actionPath === undefined ? this.status : frame.status;
    const status = this.status === 'cancelled' ? 'cancelled' : inner;
    return {
      contexts: {
        github: { ...run.githubContext(), ...this.githubOfJob(frame) },
        env: { ...this.env, ...frame?.env, ...env },
        vars: { ...setting.variables },
        secrets: { ...setting.secrets, GITHUB_TOKEN: this.token },
        inputs: frame?.inputs ?? setting.inputs,
        needs: setting.needs,
        matrix: setting.matrix,
        strategy: setting.strategy,
        steps: frame?.steps ?? {},
        job: { status: this.status },
        runner: this.runnerContext(),
      },
      functions: {
        success: () => status === 'success',
        failure: () => status === 'failure',
        cancelled: () => this.status === 'cancelled',
        always: () => true,
        hashFiles: (...patterns) => hashFiles(this.workspace, patterns),
      },
    };
  }

  /** Variables of a step's process. */
  processEnvironment(
    frame: Frame,
    env: Readonly<Record<string, string>>,
    step: string,
  ): Record<string, string> {
    const { world } = this.run;
    const own = Object.entries(world.env).filter(
      ([name, value]) => inherited.test(name) && value !== undefined,
    );
    const variables: Record<string, string> = {
      CI: 'true',
      TMPDIR: tmpdir(),
      DOCKER_CONFIG: join(this.temp, 'docker'),
      ...world.safeguards,
      ...(Object.fromEntries(own) as Record<string, string>),
      ...this.env,
      ...frame.env,
      ...env,
      ...this.githubVariables(frame, step),
      ...this.identityVariables(),
    };
    variables.PATH = [...this.path]
      .reverse()
      .concat(variables.PATH ?? '')
      .join(delimiter);
    return variables;
  }

  private githubVariables(frame: Frame, step: string): Record<string, string> {
    const context = { ...this.run.githubContext(), ...this.githubOfJob(frame) };
    // The token is given only to whoever names it, and the event as a file.
    const given = Object.entries(context).filter(([name]) => name !== 'token' && name !== 'event');
    const variables = given.map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, textOf(value)]);
    const runner = Object.entries(this.runnerContext()).map(([name, value]) => [
      `RUNNER_${name.toUpperCase()}`,
      String(value),
    ]);
    return {
      ...(Object.fromEntries([...variables, ...runner]) as Record<string, string>),
      GITHUB_ACTIONS: 'true',
      GITHUB_ACTION: step,
    };
  }

  /** Only a job with `id-token: write` is told where to ask for a token. */
  private identityVariables(): Record<string, string> {
    if (this.setting.permissions['id-token'] !== 'write') return {};
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${this.run.world.apiUrl}/identity-token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: this.token,
    };
  }

  private githubOfJob(frame: Frame | undefined): ValueMap {
    return {
      job: this.job.id,
      token: this.token,
      workspace: this.workspace,
      ...(frame?.actionPath === undefined
        ? {}
        : { action_path: frame.actionPath, action_status: frame.status }),
    };
  }

  private runnerContext(): Record<string, string> {
    return {
      os: 'Linux',
      arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
      name: 'rehearsal',
      environment: 'github-hosted',
      temp: this.temp,
      tool_cache: join(this.run.world.directory, 'tool-cache'),
    };
  }
}
