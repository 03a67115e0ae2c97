import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import type { RehearsalContext } from '../context';
import { UsageError } from '../errors';
import { faultNames, type FaultName } from '../faults';
import { positive, speed } from './numbers';

interface Options {
  event?: string;
  input: readonly string[];
  ref: string;
  actor: string;
  var: readonly string[];
  secret: readonly string[];
  approve: readonly string[];
  refuse: readonly string[];
  unprotected: readonly string[];
  commits: string;
  fault: readonly string[];
  infra?: string;
  speed: string;
  keep?: string;
  check?: boolean;
  log?: boolean;
  json?: boolean;
}

/** A run that did not succeed; as for a deployment that failed. */
const FAILED = 20;
/** A workflow that cannot be run here is refused before anything is done. */
const REFUSED = 10;

const list = (text: string, before: readonly string[]) => [...before, text];

/** `slipway rehearse workflow FILE`: runs a GitHub Actions workflow on this machine. */
export function workflowCommand(
  program: Command,
  context: RehearsalContext,
  finish: (exitCode: number) => void,
): void {
  program
    .command('workflow')
    .description('run a GitHub Actions workflow on this machine, against a rehearsal of AWS')
    .argument('<file>', 'the workflow, e.g. .github/workflows/deploy.yml')
    .option(
      '--event <name>',
      'push, workflow_dispatch, pull_request or schedule; the first of them that it has without',
    )
    .option('--input <name=value>', 'an input of workflow_dispatch; may be repeated', list, [])
    .option('--ref <ref>', 'the branch or tag', 'main')
    .option('--actor <login>', 'who starts it', 'octocat')
    .option('--var <name=value>', 'a variable of the repository; may be repeated', list, [])
    .option(
      '--secret <name=value>',
      'a secret of the repository; --secret NAME takes it from the environment',
      list,
      [],
    )
    .option(
      '--approve <environment>',
      'its reviewers approve, and those of no other; all approve without',
      list,
      [],
    )
    .option('--refuse <environment>', 'its reviewers refuse; may be repeated', list, [])
    .option('--unprotected <environment>', 'it has no required reviewers; may be repeated', list, [])
    .option('--commits <number>', 'so many merges, one right after another, each with a run', '1')
    .option(
      '--fault <name[=subject]>',
      'a fault of AWS from the beginning, as in a scenario; may be repeated',
      list,
      [],
    )
    .option('--infra <directory>', 'where the infrastructure stands that is applied; this repository without')
    .option('--speed <factor>', "how many seconds of ECS's waiting pass in one of ours", '20')
    .option('--keep <directory>', 'keep workspaces, summaries and what was kept as artifacts there')
    .option('--check', 'run nothing: only say whether it could be run')
    .option('--log', 'show the whole log of every step')
    .option('--json', 'the runs as one JSON document on stdout')
    .action(async (file: string, options: Options) => {
      finish(await run(file, options, context));
    });
}

async function run(file: string, options: Options, context: RehearsalContext): Promise<number> {
  const { source, path } = placeOf(file);
  const faults = options.fault.map(faultOf);
  const settings = {
    variables: pairs('--var', options.var, {}),
    secrets: pairs('--secret', options.secret, context.env),
    inputs: pairs('--input', options.input, {}),
    commits: positive('--commits', options.commits),
    speed: speed('--speed', options.speed),
  };
  // GitHub's parser is loaded only when it is needed.
  const { World, WorkflowError, checkWorkflow, runWorkflows, eventNames, summaryOf, tellRuns } =
    await import('../workflow/index.ts');
  const event = eventNames.find((name) => name === options.event);
  if (options.event !== undefined && event === undefined)
    throw new UsageError(`--event ${options.event}: one of ${eventNames.join(', ')} is wanted`);
  const directory =
    options.keep === undefined ? mkdtempSync(join(tmpdir(), 'slipway-workflow-')) : kept(options.keep);
  const say = (line: string) => context.stderr(`${line}\n`);
  const world = await World.open({
    source,
    ...(options.infra === undefined ? {} : { infrastructure: resolve(options.infra) }),
    directory,
    env: context.env,
    signal: context.signal,
    speed: settings.speed,
    variables: settings.variables,
    secrets: settings.secrets,
    newEnvironment: (name) => ({ reviewers: options.unprotected.includes(name) ? [] : ['reviewer'] }),
    listener: tellRuns(say, { logs: options.log === true }),
    log: say,
  });
  try {
    if (options.check) {
      const workflow = await checkWorkflow(world, path);
      say(`${path} can be run: ${workflow.jobs.map(({ id }) => id).join(', ')}`);
      return 0;
    }
    if (faults.length > 0) {
      const { rehearsal } = await world.platform();
      for (const { name, subject } of faults)
        await rehearsal.faults.set(name, subject === undefined ? {} : { subject });
    }
    const approves = (environment: string) =>
      !options.refuse.includes(environment) &&
      (options.approve.length === 0 || options.approve.includes(environment));
    const starts = [];
    for (let number = 1; number <= settings.commits; number += 1) {
      if (number > 1) await world.commit(`Merge ${number}`);
      const sha = await world.origin.resolve('main');
      const pull =
        event === 'pull_request' ? await world.openPullRequest({ title: 'What is checked out' }) : undefined;
      starts.push({
        workflow: path,
        ...(event === undefined ? {} : { event }),
        ref: options.ref,
        ...(options.ref === 'main' && sha !== undefined ? { sha } : {}),
        actor: options.actor,
        inputs: settings.inputs,
        anyPath: true,
        ...(pull === undefined ? {} : { pullRequest: pull.number }),
        approvals: ({ environment }: { environment: string }) =>
          approves(environment) ? ('approved' as const) : ('refused' as const),
      });
    }
    const runs = await runWorkflows(world, starts);
    if (context.signal.aborted) return 130;
    say(`\n${summaryOf(runs)}`);
    if (options.keep !== undefined) keepSummaries(directory, runs);
    if (options.json) context.stdout(`${JSON.stringify({ runs })}\n`);
    return runs.every(({ conclusion }) => conclusion === 'success' || conclusion === 'skipped') ? 0 : FAILED;
  } catch (error) {
    if (!(error instanceof WorkflowError)) throw error;
    for (const problem of error.problems) say(`slipway: ${problem}`);
    return REFUSED;
  } finally {
    await world.close();
    if (options.keep === undefined) rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The repository of a workflow is the folder in which its .github lies. */
function placeOf(file: string): { source: string; path: string } {
  const whole = resolve(file);
  if (!existsSync(whole))
    throw new UsageError(`${file} does not exist: name a workflow, e.g. .github/workflows/deploy.yml`);
  const source = dirname(dirname(dirname(whole)));
  const path = relative(source, whole).split(sep).join('/');
  if (!/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path) || isAbsolute(path))
    throw new UsageError(
      `${file} is no workflow: GitHub reads them from .github/workflows/*.yml of a repository`,
    );
  return { source, path };
}

function pairs(
  option: string,
  texts: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = '', ...value] = text.split('=');
      const known = value.length > 0 ? value.join('=') : env[name];
      if (name === '' || known === undefined) throw new UsageError(`${option} ${text}: NAME=VALUE is wanted`);
      return [name, known];
    }),
  );
}

function faultOf(text: string): { name: FaultName; subject: string | undefined } {
  const [first, ...subject] = text.split('=');
  const name = faultNames.find((known) => known === first);
  if (name === undefined)
    throw new UsageError(`--fault ${text}: no fault is named "${first}"; there are ${faultNames.join(', ')}`);
  return { name, subject: subject.length === 0 ? undefined : subject.join('=') };
}

function kept(directory: string): string {
  const whole = resolve(directory);
  if (existsSync(whole))
    throw new UsageError(`--keep ${directory}: it is there already; name a folder that is not`);
  mkdirSync(whole, { recursive: true });
  return whole;
}

function keepSummaries(
  directory: string,
  runs: readonly { id: number; jobs: readonly { name: string; summary: string }[] }[],
): void {
  for (const { id, jobs } of runs) {
    const text = jobs
      .filter(({ summary }) => summary !== '')
      .map(({ summary }) => summary)
      .join('\n');
    writeFileSync(join(directory, 'runs', String(id), 'summary.md'), text);
  }
}
