import { UsageError } from '../errors';
import type { ValueMap } from './language/template';
import { checkRunnable } from './model/check';
import { heldBack } from './model/filters';
import { resolveInputs } from './model/inputs';
import { readWorkflow, type Workflow } from './model/workflow';
import { WorkflowRun, type Approvals, type TriggerEvent } from './runner/run';
import type { World } from './world';

/** Events that can be rehearsed, the one that is taken first where none is named. */
export const eventNames = ['push', 'workflow_dispatch', 'pull_request', 'schedule'] as const;
export type EventName = (typeof eventNames)[number];

export interface StartOptions {
  /** Path of the workflow, from the repository on. */
  workflow: string;
  /** Default: the first of `eventNames` that the workflow has. */
  event?: EventName;
  /** A branch, a tag or a whole ref. Default `main`. */
  ref?: string;
  /** Default: what `ref` points to. */
  sha?: string;
  actor?: string;
  /** Of `workflow_dispatch`. */
  inputs?: Readonly<Record<string, string>>;
  /** Of `pull_request`, as `openPullRequest` made it. */
  pullRequest?: number;
  /** Decides for the reviewers. Default: all is approved. */
  approvals?: Approvals;
  /** Starts the run though no changed file may match its `paths:`. */
  anyPath?: boolean;
}

interface Place {
  ref: string;
  sha: string;
  /** Into which it goes, where the event is a pull request. */
  baseRef: string;
  headRef: string;
}

/** @throws UsageError for what is asked wrongly; WorkflowError for a workflow that cannot be run. */
export async function startRun(world: World, options: StartOptions): Promise<WorkflowRun> {
  const { workflow: path, actor = 'octocat' } = options;
  const pull =
    options.pullRequest === undefined ? undefined : world.records.pullRequests.get(options.pullRequest);
  const place = pull === undefined ? await placeOf(world, options) : await mergeOf(world, pull.number);
  const content = await world.origin.read(place.sha, path);
  if (content === undefined) throw new UsageError(`${path} is not in the repository ${world.source}`);
  const workflow = await readWorkflow(path, content);
  const name = eventOf(workflow, options.event);
  const trigger = workflow.triggers[name] ?? {};
  if (name === 'pull_request' && pull === undefined)
    throw new UsageError('a run for pull_request needs a pull request: open one first');
  const before = pull?.base.sha ?? (await world.origin.parent(place.sha));
  const files =
    before === undefined ? undefined : await world.origin.changedFiles(before, pull?.head.sha ?? place.sha);
  if (name === 'push' || name === 'pull_request') {
    const ref = pull === undefined ? place.ref : `refs/heads/${place.baseRef}`;
    const reason = heldBack(trigger, { ref, files: options.anyPath ? undefined : files });
    if (reason !== undefined) throw new UsageError(`${path} is not started by this ${name}: ${reason}`);
  }
  await checkRunnable(workflow, (file) => world.origin.read(place.sha, file), [...world.standIns.keys()]);
  const inputs = name === 'workflow_dispatch' ? resolveInputs(trigger, options.inputs ?? {}, path) : {};
  if (name !== 'workflow_dispatch' && Object.keys(options.inputs ?? {}).length > 0)
    throw new UsageError(`inputs belong to workflow_dispatch, and this run is for ${name}`);
  const event: TriggerEvent = {
    ...place,
    name,
    inputs,
    actor,
    payload: await payloadOf(world, {
      name,
      place,
      actor,
      inputs,
      path,
      before,
      trigger,
      pullRequest: pull?.number,
    }),
  };
  const number = world.runs.filter((run) => run.workflow.path === path).length + 1;
  const run = new WorkflowRun(
    world,
    workflow,
    event,
    {
      id: 9_000_000_000 + world.runs.length + 1,
      number,
      workflow: path,
      name: workflow.name,
      title: '',
      event: name,
      ref: place.ref,
      sha: place.sha,
      actor,
      conclusion: undefined,
      annotations: [],
      jobs: [],
      deployments: [],
      seconds: 0,
    },
    options.approvals ?? (() => 'approved'),
  );
  world.runs.push(run);
  return run;
}

/** Reads a workflow and all that it uses. @throws UsageError, WorkflowError where it could not be run. */
export async function checkWorkflow(world: World, path: string): Promise<Workflow> {
  const sha = (await world.origin.resolve('main')) ?? '';
  const content = await world.origin.read(sha, path);
  if (content === undefined) throw new UsageError(`${path} is not in the repository ${world.source}`);
  const workflow = await readWorkflow(path, content);
  await checkRunnable(workflow, (file) => world.origin.read(sha, file), [...world.standIns.keys()]);
  return workflow;
}

/** Starts several runs in one world, in this order, and waits for all. */
export async function runWorkflows(
  world: World,
  starts: readonly StartOptions[],
): Promise<WorkflowRun['record'][]> {
  const runs: WorkflowRun[] = [];
  for (const options of starts) runs.push(await world.start(options));
  return Promise.all(runs.map(({ finished }) => finished));
}

function eventOf(workflow: Workflow, wanted: EventName | undefined): EventName {
  const there = Object.keys(workflow.triggers);
  const name = wanted ?? eventNames.find((known) => there.includes(known));
  if (name !== undefined && there.includes(name)) return name;
  throw new UsageError(
    `${workflow.path} has no trigger ${wanted ?? eventNames.join(', ')}; it has ${there.join(', ') || 'none'}`,
  );
}

async function placeOf(world: World, { ref = 'main', sha }: StartOptions): Promise<Place> {
  const whole = [ref, `refs/heads/${ref}`, `refs/tags/${ref}`].filter((name) => name.startsWith('refs/'));
  for (const name of whole) {
    const found = await world.origin.resolve(name);
    if (found === undefined) continue;
    const commit = sha === undefined ? found : await world.origin.resolve(sha);
    if (commit === undefined) throw new UsageError(`there is no commit ${sha}`);
    return { ref: name, sha: commit, baseRef: '', headRef: '' };
  }
  throw new UsageError(`there is no branch or tag ${ref}`);
}

async function mergeOf(world: World, number: number): Promise<Place> {
  const pull = world.records.pullRequests.get(number);
  if (pull === undefined) throw new UsageError(`there is no pull request ${number}`);
  const ref = `refs/pull/${number}/merge`;
  const sha = await world.origin.merge(pull.base.sha, pull.head.sha, ref);
  return { ref, sha, baseRef: pull.base.ref, headRef: pull.head.ref };
}

interface PayloadSource {
  name: EventName;
  place: Place;
  actor: string;
  inputs: ValueMap;
  path: string;
  before: string | undefined;
  trigger: ValueMap | object;
  pullRequest: number | undefined;
}

/** The parts of GitHub's payloads that workflows ask for. Source: docs.github.com, "Webhook events and payloads". */
async function payloadOf(world: World, source: PayloadSource): Promise<ValueMap> {
  const { name, place, actor, inputs, path, before } = source;
  const repository = repositoryOf(world, world.repository);
  const common: ValueMap = { repository, sender: { login: actor, id: 1, type: 'User' } };
  if (name === 'workflow_dispatch') {
    const texts = Object.fromEntries(
      Object.entries(inputs).map(([key, value]) => [key, String(value as string)]),
    );
    return { ...common, inputs: texts, ref: place.ref, workflow: path };
  }
  if (name === 'schedule') return { ...common, schedule: cronOf(source.trigger) };
  const pull =
    source.pullRequest === undefined ? undefined : world.records.pullRequests.get(source.pullRequest);
  if (name === 'pull_request' && pull !== undefined) {
    const head = repositoryOf(world, pull.head.repository);
    return {
      ...common,
      action: 'opened',
      number: pull.number,
      pull_request: {
        number: pull.number,
        title: pull.title,
        state: 'open',
        draft: false,
        merged: false,
        html_url: `https://github.com/${world.repository}/pull/${pull.number}`,
        labels: pull.labels.map((label) => ({ name: label })),
        user: { login: actor },
        head: { ref: pull.head.ref, sha: pull.head.sha, repo: head },
        base: { ref: pull.base.ref, sha: pull.base.sha, repo: repository },
      },
    };
  }
  const commit = {
    id: place.sha,
    message: await world.origin.message(place.sha),
    author: { username: actor },
  };
  return {
    ...common,
    ref: place.ref,
    before: before ?? '0'.repeat(40),
    after: place.sha,
    created: false,
    deleted: false,
    forced: false,
    compare: `https://github.com/${world.repository}/compare/${before ?? ''}...${place.sha}`,
    head_commit: commit,
    commits: [commit],
    pusher: { name: actor },
  };
}

function repositoryOf(world: World, fullName: string): ValueMap {
  const [owner = '', name = ''] = fullName.split('/');
  return {
    id: fullName === world.repository ? world.repositoryId : world.repositoryId + 1,
    name,
    full_name: fullName,
    owner: { login: owner, id: world.ownerId },
    private: true,
    fork: fullName !== world.repository,
    default_branch: 'main',
    html_url: `https://github.com/${fullName}`,
  };
}

function cronOf(trigger: object): string {
  const [first] =
    'schedule' in trigger && Array.isArray(trigger.schedule) ? (trigger.schedule as { cron?: string }[]) : [];
  return first?.cron ?? '';
}
