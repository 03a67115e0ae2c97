import { evaluate, evaluateText, evaluateTexts, holds, isTruthy, type Scope } from '../language/evaluate';
import { isMap, mapAt, textAt, type Value, type ValueMap } from '../language/template';
import { resolveInputs } from '../model/inputs';
import { combinations } from '../model/matrix';
import { least, permissionsOf, type Permissions } from '../model/permissions';
import { localPath, readWorkflow, type Job, type Workflow } from '../model/workflow';
import type { Conclusion, JobRecord } from '../report/records';
import { enterGroup, passEnvironment } from './gates';
import { runJob } from './job';
import type { JobSetting } from './job-state';
import type { WorkflowRun } from './run';

interface JobResult {
  result: Conclusion;
  outputs: Record<string, string>;
}

/** A workflow as it is called: by its event, or by a job of another. */
interface Called {
  workflow: Workflow;
  inputs: ValueMap;
  secrets: Readonly<Record<string, string>>;
  /** No job gets more than the job that calls. */
  limit: Permissions | undefined;
  /** Names of the jobs that call, with ` / ` behind each. */
  prefix: string;
}

/** Runs all jobs of a run, each as soon as those that it needs have ended. */
export function runGraph(run: WorkflowRun): Promise<{ conclusion: Conclusion }> {
  const { workflow, event, world } = run;
  return new Graph(run, {
    workflow,
    inputs: event.inputs,
    secrets: world.secrets,
    limit: undefined,
    prefix: '',
  }).all();
}

class Graph {
  private readonly jobs = new Map<string, Promise<JobResult>>();

  constructor(
    private readonly run: WorkflowRun,
    private readonly called: Called,
  ) {}

  async all(): Promise<{ conclusion: Conclusion; results: Map<string, JobResult> }> {
    const results = new Map<string, JobResult>();
    await Promise.all(
      this.called.workflow.jobs.map(async (job) => results.set(job.id, await this.start(job))),
    );
    return { conclusion: worst([...results.values()].map(({ result }) => result)), results };
  }

  private start(job: Job): Promise<JobResult> {
    const known = this.jobs.get(job.id);
    if (known !== undefined) return known;
    const started = Promise.resolve().then(async () => {
      for (const needed of this.needed(job)) await this.start(needed);
      return this.one(job);
    });
    this.jobs.set(job.id, started);
    return started;
  }

  private needed(job: Job): Job[] {
    return job.needs.flatMap((needed) => this.called.workflow.jobs.find(({ id }) => id === needed) ?? []);
  }

  /** All that must have ended before a job, near and far. */
  private async before(job: Job, found = new Map<string, Conclusion>()): Promise<Map<string, Conclusion>> {
    for (const needed of this.needed(job)) {
      if (found.has(needed.id)) continue;
      found.set(needed.id, (await this.start(needed)).result);
      await this.before(needed, found);
    }
    return found;
  }

  private async one(job: Job): Promise<JobResult> {
    const needs: ValueMap = {};
    for (const needed of this.needed(job)) {
      const { result, outputs } = await this.start(needed);
      needs[needed.id] = { result, outputs };
    }
    const results = [...(await this.before(job)).values()];
    const { signal } = this.run;
    const scope: Scope = {
      contexts: this.contexts({ needs }),
      functions: {
        success: () => !signal.aborted && results.every((result) => result === 'success'),
        failure: () => results.includes('failure'),
        cancelled: () => signal.aborted,
        always: () => true,
      },
    };
    try {
      if (!holds(job.template.if, scope)) return this.skipped(job);
      return await this.combined(job, needs, scope);
    } catch (error) {
      const record = this.record(job, null, 1, scope);
      this.end(record, 'failure', error instanceof Error ? error.message : String(error));
      return { result: 'failure', outputs: {} };
    }
  }

  private skipped(job: Job): JobResult {
    this.end(this.record(job, null, 1, { contexts: this.contexts({}), functions: {} }), 'skipped');
    return { result: 'skipped', outputs: {} };
  }

  /** All combinations of a job's matrix. */
  private async combined(job: Job, needs: ValueMap, scope: Scope): Promise<JobResult> {
    const strategy = mapAt(job.template, 'strategy');
    const matrix = strategy.matrix === undefined ? undefined : evaluate(strategy.matrix, scope);
    const all = matrix === undefined ? [null] : combinations(matrix as ValueMap);
    if (all.length === 0) throw new Error('the matrix is empty');
    const failFast = isTruthy(evaluate(strategy['fail-fast'] ?? true, scope));
    const atOnce = Number(evaluateText(strategy['max-parallel'], scope)) || all.length;
    const others = new AbortController();
    const outputs: Record<string, string> = {};
    const results: Conclusion[] = [];
    const waiting = [...all.entries()];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [index, combination] = next;
        const place = {
          'fail-fast': failFast,
          'job-index': index,
          'job-total': all.length,
          'max-parallel': atOnce,
        };
        const contexts = this.contexts({ needs, matrix: combination, strategy: place });
        const inner: Scope = { contexts, functions: scope.functions };
        const tolerant = isTruthy(evaluate(job.template['continue-on-error'] ?? false, inner));
        const record = this.record(job, combination, all.length, inner);
        const ended = await this.gated(job, record, inner, others);
        for (const [name, value] of Object.entries(ended.outputs)) if (value !== '') outputs[name] = value;
        results.push(tolerant && ended.result === 'failure' ? 'success' : ended.result);
        if (failFast && !tolerant && ended.result === 'failure') others.abort();
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, work));
    return { result: worst(results), outputs };
  }

  /** One combination, once its concurrency group and its environment let it. */
  private async gated(
    job: Job,
    record: JobRecord,
    scope: Scope,
    others: AbortController,
  ): Promise<JobResult> {
    const { run } = this;
    const own = new AbortController();
    // A job that starts in spite of a cancellation, by always(), is not cancelled by it.
    const signals = [own.signal, others.signal, run.world.signal];
    const signal = AbortSignal.any(run.signal.aborted ? signals : [...signals, run.signal]);
    if (signal.aborted) return this.end(record, 'cancelled');
    const release = await enterGroup(run.world, job.template.concurrency, scope, signal, (reason) => {
      record.reason = reason;
      own.abort();
    });
    if (release === undefined || signal.aborted) {
      release?.();
      return this.end(record, 'cancelled', record.reason);
    }
    try {
      return job.uses === undefined
        ? await this.inEnvironment(job, record, scope, signal)
        : await this.callOther(job, record, scope);
    } finally {
      release();
    }
  }

  private async inEnvironment(
    job: Job,
    record: JobRecord,
    scope: Scope,
    signal: AbortSignal,
  ): Promise<JobResult> {
    const { run } = this;
    const { world } = run;
    const { environment: template } = job.template;
    const name =
      template === undefined ? '' : evaluateText(isMap(template) ? template.name : template, scope);
    const environment = name === '' ? undefined : name;
    const shows = environment !== undefined && textAt(template, 'deployment') !== 'false';
    const deployment = shows ? world.records.deploy(environment, run.event.ref, run.event.sha) : undefined;
    if (deployment !== undefined) run.record.deployments.push(deployment);
    if (environment !== undefined) {
      record.environment = { name: environment, url: '' };
      const passage = await passEnvironment(run, record, environment, deployment, signal);
      if (!passage.passed) {
        if (deployment !== undefined) world.records.setState(deployment, 'failure');
        return this.end(record, passage.conclusion, passage.reason);
      }
    }
    if (deployment !== undefined) world.records.setState(deployment, 'in_progress');
    run.tell({ kind: 'job started', run: run.record, job: record });
    const settings = environment === undefined ? undefined : world.environment(environment);
    const { contexts } = scope;
    const setting: JobSetting = {
      workflow: this.called.workflow,
      matrix: contexts.matrix as ValueMap | null,
      strategy: contexts.strategy as ValueMap,
      needs: contexts.needs as ValueMap,
      inputs: this.called.inputs,
      secrets: { ...this.called.secrets, ...settings?.secrets },
      variables: { ...world.variables, ...settings?.variables },
      permissions: this.permissions(job),
      environment,
      signal,
    };
    const conclusion = await runJob(run, job, record, setting);
    if (deployment !== undefined) {
      const state = conclusion === 'success' ? 'success' : conclusion === 'failure' ? 'failure' : 'error';
      world.records.setState(deployment, state, record.environment?.url);
    }
    return this.end(record, conclusion, record.reason);
  }

  /** A job that is another workflow of the repository. */
  private async callOther(job: Job, record: JobRecord, scope: Scope): Promise<JobResult> {
    const { run, called } = this;
    const path = localPath(job.uses ?? '');
    const content = (await run.world.origin.read(run.event.sha, path)) ?? '';
    const workflow = await readWorkflow(path, content);
    const trigger = workflow.triggers.workflow_call;
    if (trigger === undefined) throw new Error(`${path} has no trigger workflow_call`);
    const given = evaluate(job.template.with ?? {}, scope) as Record<string, Value>;
    const secrets =
      job.template.secrets === 'inherit'
        ? called.secrets
        : evaluateTexts(job.template.secrets, {
            ...scope,
            contexts: { ...scope.contexts, secrets: { ...called.secrets } },
          });
    run.record.jobs.splice(run.record.jobs.indexOf(record), 1);
    const graph = new Graph(run, {
      workflow,
      inputs: resolveInputs(trigger, given, path),
      secrets,
      limit: this.permissions(job),
      prefix: `${record.name} / `,
    });
    const { conclusion, results } = await graph.all();
    const jobs = Object.fromEntries(
      [...results].map(([id, { result, outputs }]) => [id, { result, outputs }]),
    );
    const inner: Scope = { contexts: { ...scope.contexts, jobs }, functions: {} };
    const declared = mapAt(trigger, 'outputs');
    const outputs = Object.fromEntries(
      Object.keys(declared).map((name) => [name, evaluateText(mapAt(declared, name).value, inner)]),
    );
    return { result: conclusion, outputs };
  }

  private permissions(job: Job): Permissions {
    const { workflow, limit } = this.called;
    const own = permissionsOf(job.template.permissions, workflow.template.permissions);
    return limit === undefined ? own : least(own, limit);
  }

  private contexts(more: ValueMap): Record<string, Value> {
    const { run, called } = this;
    return {
      github: run.githubContext(),
      inputs: called.inputs,
      vars: { ...run.world.variables },
      needs: {},
      matrix: null,
      strategy: {},
      ...more,
    };
  }

  private record(job: Job, matrix: ValueMap | null, total: number, scope: Scope): JobRecord {
    const given = evaluateText(job.template.name, scope);
    const values = Object.values(matrix ?? {}).map((value) =>
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    );
    const usual = total > 1 || matrix !== null ? `${job.id} (${values.join(', ')})` : job.id;
    const record: JobRecord = {
      id: job.id,
      name: this.called.prefix + (given || usual),
      matrix,
      conclusion: undefined,
      steps: [],
      outputs: {},
      summary: '',
      annotations: [],
      seconds: 0,
    };
    this.run.record.jobs.push(record);
    return record;
  }

  private end(record: JobRecord, conclusion: Conclusion, reason?: string): JobResult {
    record.conclusion = conclusion;
    if (reason !== undefined) {
      record.reason = reason;
      if (!record.annotations.some(({ message }) => message === reason))
        record.annotations.push({ level: 'error', message: reason });
    }
    this.run.tell({ kind: 'job ended', run: this.run.record, job: record });
    return { result: conclusion, outputs: record.outputs };
  }
}

function worst(results: readonly Conclusion[]): Conclusion {
  if (results.includes('failure')) return 'failure';
  if (results.includes('cancelled')) return 'cancelled';
  return results.includes('success') || results.length === 0 ? 'success' : 'skipped';
}
