import { revisionName } from '../aws/ecs';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { checkContract } from '../preflight/contract';
import type { RenderedTarget } from '../target';
import { follow, pollSeconds, servingOf } from './follow';
import { resolveImages } from './images';
import { makePlan } from './make-plan';
import { openService, type OpenService } from './open-service';
import { exitCodeOf, type Outcome } from './outcome';
import type { Plan } from './plan';
import { currentRun } from './record';
import { redactor } from './redact';
import type { DeploymentResult, Result } from './result';
import { join } from './rollback';
import { deploymentInProgress, readRunning, settledTaskDefinition, type Running } from './running';
import { startRelease, type Started } from './start';
import { pause } from './watch';

export interface DeployOptions {
  dryRun: boolean;
  detach: boolean;
  /** What to do about another deployment that is in progress. */
  current: 'refuse' | 'wait' | 'supersede';
  forceNewDeployment: boolean;
  timeoutSeconds: number;
  until: 'serving' | 'drained';
}

export interface Planned {
  plan: Plan;
  running: Running | undefined;
}

/** Reads what runs and what ECR has, and works out what a deploy would do. Changes nothing. */
export async function planRelease(
  context: Context,
  target: RenderedTarget,
  { ecs, name }: OpenService,
  forceNewDeployment = false,
): Promise<Planned> {
  context.sink({
    type: 'phase',
    phase: 'plan',
    message: `${name.service} in ${name.cluster}, ${target.region}`,
  });
  const contract = checkContract(target);
  if (contract !== undefined) context.sink({ type: 'note', level: 'info', message: contract });
  const reads = [
    readRunning(ecs, name),
    resolveImages(target.definitions.taskDefinition, context.env),
    currentRun(context),
  ] as const;
  // One that fails must not leave the others under way.
  await Promise.allSettled(reads);
  const [running, resolved, run] = await Promise.all(reads);
  return { running, plan: makePlan({ target, running, resolved, run, forceNewDeployment }) };
}

/** The whole of a deploy, from the rendered target to its result. */
export async function deploy(
  context: Context,
  target: RenderedTarget,
  options: DeployOptions,
): Promise<Result> {
  const opened = openService(context, target);
  const { ecs, poller, name, place, serviceDeployments } = opened;
  const { sink } = context;
  const startedAt = performance.now();

  let planned = await planRelease(context, target, opened, options.forceNewDeployment);
  if (options.dryRun) return { kind: 'plan', command: 'deploy', plan: planned.plan, exitCode: 0 };
  if (planned.running !== undefined && deploymentInProgress(planned.running.service) !== undefined) {
    if (options.current === 'refuse') throw inProgress(planned.running);
    if (options.current === 'wait') {
      await waitForCurrent(context, opened, planned.running, options.timeoutSeconds);
      planned = await planRelease(context, target, opened, options.forceNewDeployment);
    }
  }
  const { plan, running } = planned;
  const result = (outcome: Outcome, rest: Partial<DeploymentResult> = {}): DeploymentResult => ({
    kind: 'deployment',
    command: 'deploy',
    place,
    outcome,
    exitCode: exitCodeOf(outcome),
    replaced: running?.release,
    serving: servingOf(running?.service),
    changes: plan.changes,
    seconds: (performance.now() - startedAt) / 1000,
    goBack: undefined,
    ...rest,
  });

  const going = running && deploymentInProgress(running.service)?.id;
  if (plan.action === 'unchanged' && running !== undefined && going === undefined) {
    return result({ kind: 'unchanged', release: running.release });
  }
  sink({ type: 'plan', plan });
  if (context.signal.aborted)
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');

  const runningArn = running?.taskDefinition.taskDefinitionArn;
  const sent = await startRelease(ecs, plan, runningArn, serviceDeployments, sink);
  const started = sent ?? joined(running, going);
  if (started === undefined) return result({ kind: 'unchanged', release: running!.release });
  const settled = running && settledTaskDefinition(running.service);
  const goBack = settled === undefined ? undefined : goBackCommand(place.environment, settled);
  if (options.detach) return result({ kind: 'started', release: started.release }, { goBack });

  const followed = await follow({
    ecs,
    poller,
    context,
    name,
    region: target.region,
    started,
    previous: settled,
    onInterrupt: sent === undefined ? 'leave' : 'roll-back',
    serviceDeployments,
    timeoutSeconds: options.timeoutSeconds,
    until: options.until,
    redact: redactor(target.outputs),
  });
  const { outcome, serving } = followed;
  const helps =
    ['live', 'failed', 'in-progress'].includes(outcome.kind) && settled !== started.taskDefinitionArn;
  return result(outcome, {
    serving,
    goBack: helps ? goBack : undefined,
    seconds: (performance.now() - startedAt) / 1000,
  });
}

/** What is in progress is this very release: nothing is sent, and its end is this run's. */
function joined(running: Running | undefined, deploymentId: string | undefined): Started | undefined {
  if (running === undefined || deploymentId === undefined) return undefined;
  return { ...join(running, deploymentId), release: running.release };
}

/** The exact command, to be pasted. */
export function goBackCommand(environment: string | undefined, taskDefinition: string): string {
  return ['slipway rollback', environment, '--to', revisionName(taskDefinition)].filter(Boolean).join(' ');
}

function inProgress(running: Running): SlipwayError {
  return new SlipwayError('DEPLOYMENT_IN_PROGRESS', currentSentence(running), {
    hint: 'wait for it with --wait-for-current, or put this release in its place with --supersede',
  });
}

/** Who deploys what since when, as far as the release record says. */
function currentSentence({ service, release, record }: Running): string {
  const current = deploymentInProgress(service);
  const since = current?.createdAt === undefined ? '' : ` since ${current.createdAt.toISOString()}`;
  const who = [record.actor === undefined ? '' : `by ${record.actor}`, record.runUrl ?? '']
    .filter(Boolean)
    .join(', ');
  return `deployment ${current?.id ?? ''} of ${release.taskDefinition} is in progress${since}${who === '' ? '' : ` (${who})`}`;
}

async function waitForCurrent(
  context: Context,
  { ecs, name }: OpenService,
  first: Running,
  timeoutSeconds: number,
): Promise<void> {
  context.sink({ type: 'phase', phase: 'watch', message: `${currentSentence(first)}; waiting for it` });
  const deadline = performance.now() + timeoutSeconds * 1000;
  let running: Running | undefined = first;
  while (running !== undefined && deploymentInProgress(running.service) !== undefined) {
    if (context.signal.aborted)
      throw new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');
    if (performance.now() > deadline) throw inProgress(running);
    await pause(pollSeconds(context.env), context.signal);
    running = await readRunning(ecs, name);
  }
}
