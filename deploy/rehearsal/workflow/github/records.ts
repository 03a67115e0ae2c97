import type { DeploymentRecord, DeploymentState } from '../report/records';

export interface Comment {
  id: number;
  issue: number;
  body: string;
}

export interface PullRequest {
  number: number;
  title: string;
  labels: string[];
  head: { ref: string; sha: string; repository: string };
  base: { ref: string; sha: string };
  /** The commit that its merge made. */
  merged?: string;
}

export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string;
  state: string;
}

/** What stands on GitHub beside the code: pull requests, comments, deployments. */
export class GithubRecords {
  readonly pullRequests = new Map<number, PullRequest>();
  readonly comments: Comment[] = [];
  readonly issues: Issue[] = [];
  readonly deployments: DeploymentRecord[] = [];
  readonly checks: Record<string, unknown>[] = [];
  private last = 0;

  nextId(): number {
    this.last += 1;
    return this.last;
  }

  deploy(environment: string, ref: string, sha: string): DeploymentRecord {
    const deployment: DeploymentRecord = {
      id: this.nextId(),
      environment,
      ref,
      sha,
      state: 'queued',
      url: '',
      states: [],
    };
    this.deployments.push(deployment);
    return deployment;
  }

  /** A success makes the successes before it inactive, as GitHub does by itself. */
  setState(deployment: DeploymentRecord, state: DeploymentState, url = ''): void {
    deployment.state = state;
    deployment.states.push(state);
    if (url !== '') deployment.url = url;
    if (state !== 'success') return;
    for (const older of this.deployments) {
      if (older === deployment || older.environment !== deployment.environment || older.state !== 'success')
        continue;
      older.state = 'inactive';
      older.states.push('inactive');
    }
  }
}
