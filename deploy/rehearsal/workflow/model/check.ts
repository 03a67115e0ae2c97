import { WorkflowError } from '../errors';
import { readLocalAction, type CompositeAction, type ReadFile } from './action';
import { isLocal, localPath, nameOfUses, readWorkflow, type Job, type Step, type Workflow } from './workflow';

const unsupportedOfJob = ['container', 'services', 'snapshot'] as const;
const unsupportedOfStep = ['parallel', 'wait', 'wait-all', 'cancel', 'background'] as const;

/**
 * Finds, before anything runs, what the harness cannot run: an action without a stand-in, a local action that is not
 * there, a job in a container.
 * @param standIns names of the actions that have a stand-in; local ones with their path.
 * @throws WorkflowError with all that was found.
 */
export async function checkRunnable(
  workflow: Workflow,
  read: ReadFile,
  standIns: readonly string[],
): Promise<void> {
  const check = new Check(read, standIns);
  await check.workflow(workflow);
  if (check.problems.size > 0) throw new WorkflowError([...check.problems]);
}

class Check {
  readonly problems = new Set<string>();
  private readonly seen = new Set<string>();

  constructor(
    private readonly read: ReadFile,
    private readonly standIns: readonly string[],
  ) {}

  async workflow(workflow: Workflow): Promise<void> {
    if (this.isKnown(workflow.path)) return;
    for (const job of workflow.jobs) await this.job(job, workflow);
  }

  private async job(job: Job, workflow: Workflow): Promise<void> {
    const where = `${workflow.path}, job ${job.id}`;
    this.refuse(job.template, unsupportedOfJob, where, 'jobs');
    if (circle(job.id, workflow.jobs)) this.problems.add(`${where} needs itself, by way of others`);
    for (const step of job.steps) await this.step(step, where);
    if (job.uses === undefined) return;
    const path = localPath(job.uses);
    const content = isLocal(job.uses) ? await this.read(path) : undefined;
    if (content === undefined) {
      this.problems.add(`${where} uses ${job.uses}: only workflows of this repository can be rehearsed`);
      return;
    }
    const called = await this.collect(() => readWorkflow(path, content));
    if (called !== undefined) await this.workflow(called);
  }

  private async step(step: Step, where: string): Promise<void> {
    this.refuse(step.template, unsupportedOfStep, where, 'steps');
    const { uses } = step;
    if (uses === undefined) return;
    const path = localPath(uses);
    if (this.standIns.includes(isLocal(uses) ? `./${path}` : nameOfUses(uses))) return;
    if (!isLocal(uses)) {
      const known = this.standIns.join(', ');
      this.problems.add(`${where} uses ${uses}, for which there is no stand-in; there are ${known}`);
      return;
    }
    if (this.isKnown(path)) return;
    const action = await this.collect<CompositeAction>(() => readLocalAction(path, this.read));
    for (const inner of action?.steps ?? []) await this.step(inner, path);
  }

  private refuse(template: object, keys: readonly string[], where: string, what: string): void {
    for (const key of keys)
      if (key in template) this.problems.add(`${where}: ${what} with "${key}" cannot be rehearsed`);
  }

  private isKnown(path: string): boolean {
    const known = this.seen.has(path);
    this.seen.add(path);
    return known;
  }

  private async collect<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof WorkflowError)) throw error;
      error.problems.forEach((problem) => this.problems.add(problem));
      return undefined;
    }
  }
}

function circle(id: string, jobs: readonly Job[]): boolean {
  const reached = new Set<string>();
  const follow = (from: string): void => {
    for (const needed of jobs.find((job) => job.id === from)?.needs ?? []) {
      if (reached.has(needed)) continue;
      reached.add(needed);
      follow(needed);
    }
  };
  follow(id);
  return reached.has(id);
}
