import type { Service } from '@aws-sdk/client-ecs';
import { applyScaling } from '../autoscaling/apply-scaling';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { preflight } from '../preflight/preflight';
import type { PreflightOptions } from '../preflight/run-checks';
import { releaseSteps } from '../steps/release-steps';
import type { RenderedTarget } from '../target';
import { follow, pollSeconds, servingOf } from './follow';
import { refuseImpossible } from './make-plan';
import { goBackCommand, waitCommand } from './next-command';
import { openService, type OpenService } from './open-service';
import { exitCodeOf, type Outcome } from './outcome';
import { planRelease, type Planned } from './plan-release';
import { redactor } from './redact';
import type { DeploymentResult, Result } from './result';
import { join } from './rollback';
import {
  deploymentInProgress,
  readRunning,
  refuseForeignController,
  settledTaskDefinition,
  type Running,
} from './running';
import { startRelease, type Started } from './start';
import { pause } from './watch';

export interface DeployOptions {
  dryRun: boolean;
  detach: boolean;
  /** What to do about another deployment that is in progress. */
  current: 'refuse' | 'wait' | 'supersede';
  forceNewDeployment: boolean;
  /** Roll back as soon as it is certain that no task will ever start; the default. */
  failFast?: boolean;
  timeoutSeconds: number;
  until: 'serving' | 'drained';
  /** Of the release that this is a part of; one of its own without. */
  releaseId?: string;
  preflight: PreflightOptions;
}

/** The whole of a deploy, from the rendered target to its result. */
export async function deploy(
  context: Context,
  target: RenderedTarget,
  options: DeployOptions,
): Promise<Result> {
  const prepared = await prepare(context, target, options);
  if (options.dryRun) return { kind: 'plan', command: 'deploy', plan: prepared.planned.plan, exitCode: 0 };
  return carryOut(context, prepared, options);
}

/** A release of one service that may start: what it needs is there, and what it changes is known. */
export interface Prepared {
  target: RenderedTarget;
  opened: OpenService;
  planned: Planned;
  startedAt: number;
}

/** Everything that may refuse a deploy. Changes nothing. */
export async function prepare(
  context: Context,
  target: RenderedTarget,
  options: DeployOptions,
): Promise<Prepared> {
  const startedAt = performance.now();
  const opened = openService(context, target);
  await preflight(context, target, options.preflight);
  let planned = await planRelease(context, target, opened, options);
  refuseForeignController(planned.running?.service ?? (target.definitions.service?.value as Service) ?? {});
  refuseImpossible(planned.plan);
  const moving = planned.running !== undefined && deploymentInProgress(planned.running.service) !== undefined;
  if (planned.running !== undefined && moving && !options.dryRun) {
    if (options.current === 'refuse') throw inProgress(planned.running);
    if (options.current === 'wait') {
      await waitForCurrent(context, opened, planned.running, options.timeoutSeconds);
      planned = await planRelease(context, target, opened, options);
    }
  }
  return { target, opened, planned, startedAt };
}

/** Registers, updates, and follows the deployment to its end. */
export async function carryOut(
  context: Context,
  { target, opened, planned, startedAt }: Prepared,
  options: DeployOptions,
): Promise<DeploymentResult> {
  const { ecs, poller, name, place, serviceDeployments } = opened;
  const { sink } = context;
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
  const zero = running?.service.desiredCount === 0 ? { scaledToZero: true } : {};
  if (plan.action === 'unchanged' && running !== undefined && going === undefined) {
    return result({ kind: 'unchanged', release: running.release, ...zero });
  }
  sink({ type: 'plan', plan });
  if (context.signal.aborted)
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');

  const runningArn = running?.taskDefinition.taskDefinitionArn;
  const steps = releaseSteps(context, target, opened, planned);
  const sent = await startRelease(ecs, plan, runningArn, serviceDeployments, sink, async (registered) => {
    if (await steps.before(registered)) await refuseOvertaken(opened, running, options);
    if (running !== undefined) await applyScaling(context, target, plan.scaling);
  });
  if (running === undefined) await applyScaling(context, target, plan.scaling);
  const started = sent ?? joined(running, going);
  if (started === undefined) return result({ kind: 'unchanged', release: running!.release, ...zero });
  const settled = running && settledTaskDefinition(running.service);
  const goBack = settled === undefined ? undefined : goBackCommand(context, target, settled);
  if (options.detach) {
    if (steps.whenServing !== undefined)
      sink({
        type: 'note',
        level: 'warning',
        message: 'without waiting, no step "after" and no smoke check runs',
      });
    const follow = waitCommand(context, target, started.deploymentId);
    return result({ kind: 'started', release: started.release }, { goBack, follow });
  }

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
    environment: place.environment,
    // What somebody else started is not for this run to end.
    failFast: options.failFast !== false && sent !== undefined,
    whenServing: sent === undefined ? undefined : steps.whenServing,
  });
  const { outcome, serving } = followed;
  const helps =
    ['live', 'failed', 'in-progress'].includes(outcome.kind) && settled !== started.taskDefinitionArn;
  return result(outcome, {
    serving,
    goBack: helps ? goBack : undefined,
    ...(outcome.kind === 'in-progress' ? { follow: waitCommand(context, target, started.deploymentId) } : {}),
    seconds: (performance.now() - startedAt) / 1000,
  });
}

/** Steps take time, in which somebody else may have begun to deploy. @throws SlipwayError DEPLOYMENT_IN_PROGRESS */
async function refuseOvertaken(
  { ecs, name }: OpenService,
  before: Running | undefined,
  { current }: DeployOptions,
): Promise<void> {
  const now = await readRunning(ecs, name);
  const id = now && deploymentInProgress(now.service)?.id;
  if (now === undefined || id === undefined || current === 'supersede') return;
  if (before === undefined || deploymentInProgress(before.service)?.id !== id) throw inProgress(now);
}

/** What is in progress is this very release: nothing is sent, and its end is this run's. */
function joined(running: Running | undefined, deploymentId: string | undefined): Started | undefined {
  if (running === undefined || deploymentId === undefined) return undefined;
  return { ...join(running, deploymentId), release: running.release };
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
