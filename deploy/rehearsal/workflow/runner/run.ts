import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Decision, PendingApproval } from '../github/environments';
import { subjectOf } from '../github/identity-token';
import { evaluateText } from '../language/evaluate';
import { textOf, type ValueMap } from '../language/template';
import type { Workflow } from '../model/workflow';
import type { JobRecord, RunRecord, StepRecord } from '../report/records';
import { summaryOf } from '../report/tree';
import type { World } from '../world';
import type { RunEvent } from './events';
import { enterGroup } from './gates';
import { runGraph } from './graph';

/** What started a run, as the workflow sees it. */
export interface TriggerEvent {
  name: string;
  payload: ValueMap;
  inputs: ValueMap;
  ref: string;
  sha: string;
  actor: string;
  headRef: string;
  baseRef: string;
}

export type Approvals = (approval: Omit<PendingApproval, 'decide'>) => Decision | 'wait';

/** One run of a workflow, from its event to its conclusion. */
export class WorkflowRun {
  readonly approvals: { environment: string; decision: Decision; reviewer: string }[] = [];
  readonly directory: string;
  readonly eventFile: string;
  /** Resolves once every job has ended. Never rejects. */
  readonly finished: Promise<RunRecord>;
  private readonly cancellation = new AbortController();
  private readonly waiting: PendingApproval[] = [];
  private readonly watchers = new Set<(event: RunEvent) => void>();
  private jobs = 0;

  constructor(
    readonly world: World,
    readonly workflow: Workflow,
    readonly event: TriggerEvent,
    readonly record: RunRecord,
    private readonly decide: Approvals,
  ) {
    this.directory = join(world.directory, 'runs', String(record.id));
    this.eventFile = join(this.directory, 'event.json');
    mkdirSync(this.directory, { recursive: true });
    this.record.title = this.title();
    // Whoever started the run gets it before it begins.
    this.finished = Promise.resolve().then(() => this.run());
  }

  /** Aborted by a cancellation. */
  get signal(): AbortSignal {
    return this.cancellation.signal;
  }

  /** As somebody does it on the run's page. */
  cancel(reason = 'The run was canceled by a user.'): void {
    if (this.signal.aborted) return;
    this.record.annotations.push({ level: 'error', message: reason });
    this.cancellation.abort();
  }

  /** @returns the first event for which `wanted` holds; rejects when the run ends without one. */
  until(wanted: (event: RunEvent) => boolean): Promise<RunEvent> {
    return new Promise((resolve, reject) => {
      const watch = (event: RunEvent) => {
        if (wanted(event)) resolve(event);
        else if (event.kind === 'run ended')
          reject(new Error(`the run ended before what was waited for:\n${summaryOf([this.record])}`));
        else return;
        this.watchers.delete(watch);
      };
      this.watchers.add(watch);
    });
  }

  /** The approval that a job waits for, or will. @throws Error when the run ends without one. */
  async pending(environment: string): Promise<PendingApproval> {
    const find = () => this.waiting.find((one) => one.environment === environment);
    const waits = ({ kind }: RunEvent) => kind === 'job waits' && find() !== undefined;
    if (find() === undefined) await this.until(waits);
    return find() as PendingApproval;
  }

  waitingApprovals(): readonly PendingApproval[] {
    return this.waiting;
  }

  /** Asks the reviewers of an environment. @returns undefined where the job was cancelled meanwhile. */
  approval(environment: string, job: JobRecord, signal: AbortSignal): Promise<Decision | undefined> {
    const about = { environment, runId: this.record.id, job: job.id };
    return new Promise((resolve) => {
      const pending: PendingApproval = {
        ...about,
        decide: (decision) => {
          this.waiting.splice(this.waiting.indexOf(pending), 1);
          const [reviewer = ''] = this.world.environments.get(environment)?.reviewers ?? [];
          this.approvals.push({ environment, decision, reviewer });
          resolve(decision);
        },
      };
      this.waiting.push(pending);
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
      const decision = this.decide(about);
      if (decision === 'wait') this.tell({ kind: 'job waits', run: this.record, job });
      else pending.decide(decision);
    });
  }

  /** A number of its own for each job, in the order in which they start. */
  nextJob(): number {
    this.jobs += 1;
    return this.jobs;
  }

  heard(job: JobRecord, line: string): void {
    this.tell({ kind: 'line', run: this.record, job, line });
  }

  stepStarted(job: JobRecord, step: string, inner: boolean): void {
    if (!inner) this.tell({ kind: 'step started', run: this.record, job, step });
  }

  stepEnded(job: JobRecord, step: StepRecord): void {
    job.steps.push(step);
    this.tell({ kind: 'step ended', run: this.record, job, step });
  }

  tell(event: RunEvent): void {
    this.world.listener(event);
    for (const watch of [...this.watchers]) watch(event);
  }

  /** The context `github`, as far as it is the same for all jobs. */
  githubContext(): ValueMap {
    const { world, record, event, workflow } = this;
    const [owner = ''] = world.repository.split('/');
    return {
      actor: event.actor,
      actor_id: '1',
      api_url: world.apiUrl,
      base_ref: event.baseRef,
      event: event.payload,
      event_name: event.name,
      event_path: this.eventFile,
      graphql_url: `${world.apiUrl}/graphql`,
      head_ref: event.headRef,
      ref: event.ref,
      ref_name: event.ref.replace(/^refs\/(?:heads|tags|pull)\//, ''),
      ref_protected: false,
      ref_type: event.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
      repository: world.repository,
      repository_id: String(world.repositoryId),
      repository_owner: owner,
      repository_owner_id: String(world.ownerId),
      retention_days: '90',
      run_attempt: '1',
      run_id: String(record.id),
      run_number: String(record.number),
      server_url: 'https://github.com',
      sha: event.sha,
      triggering_actor: event.actor,
      workflow: workflow.name,
      workflow_ref: `${world.repository}/${workflow.path}@${event.ref}`,
      workflow_sha: event.sha,
    };
  }

  /** Claims of the identity token of a job. Source: docs.github.com, "OpenID Connect reference". */
  claims(environment: string | undefined): Record<string, string> {
    const context = this.githubContext();
    const { repository } = this.world;
    const { name: event, ref } = this.event;
    const same = (...names: string[]) =>
      Object.fromEntries(names.map((name) => [name, textOf(context[name])]));
    return {
      sub: subjectOf({ repository, environment, event, ref }),
      ...(environment === undefined ? {} : { environment }),
      ...same('repository', 'repository_id', 'repository_owner', 'repository_owner_id', 'ref', 'ref_type'),
      ...same(
        'sha',
        'actor',
        'actor_id',
        'event_name',
        'head_ref',
        'base_ref',
        'run_id',
        'run_number',
        'run_attempt',
      ),
      ...same('workflow', 'workflow_ref', 'workflow_sha'),
      ref_protected: 'false',
      repository_visibility: 'private',
      runner_environment: 'github-hosted',
      job_workflow_ref: textOf(context.workflow_ref),
      job_workflow_sha: this.event.sha,
    };
  }

  private async run(): Promise<RunRecord> {
    const started = performance.now();
    const { record, workflow } = this;
    this.tell({ kind: 'run started', run: record });
    try {
      const scope = this.scope();
      const release = await enterGroup(
        this.world,
        workflow.template.concurrency,
        scope,
        this.signal,
        (reason) => this.cancel(reason),
      );
      if (release === undefined) record.conclusion = 'cancelled';
      else {
        try {
          record.conclusion = (await runGraph(this)).conclusion;
        } finally {
          release();
        }
      }
    } catch (error) {
      record.annotations.push({
        level: 'error',
        message: error instanceof Error ? error.message : String(error),
      });
      record.conclusion = 'failure';
    }
    record.seconds = (performance.now() - started) / 1000;
    this.tell({ kind: 'run ended', run: record });
    return record;
  }

  /** What `run-name` and `concurrency` can name. */
  private scope() {
    const contexts = {
      github: this.githubContext(),
      inputs: this.event.inputs,
      vars: { ...this.world.variables },
    };
    return { contexts, functions: {} };
  }

  private title(): string {
    const given = evaluateText(this.workflow.template['run-name'], this.scope()).trim();
    return given === '' ? this.workflow.name : given;
  }
}
