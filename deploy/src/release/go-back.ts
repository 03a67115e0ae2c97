import type { Context } from '../context';
import { SlipwayError } from '../errors';
import type { Target } from '../target';
import { follow, servingOf } from './follow';
import type { Change } from './change';
import { waitCommand } from './next-command';
import { openService } from './open-service';
import { exitCodeOf, type Outcome } from './outcome';
import { redactor } from './redact';
import { readRestored } from './restore';
import type { DeploymentResult, Result, Serving } from './result';
import { rollbackRelease, startRollback } from './rollback';
import { checkCanRun, findRollbackTarget } from './rollback-target';
import { deploymentInProgress, readRunning, refuseForeignController, type Running } from './running';
import { noteStop } from './stopped-by';

export interface GoBackOptions {
  /** `last-good`, a git sha, `family:revision` or a revision's number. */
  to: string;
  dryRun: boolean;
  detach: boolean;
  reason: string | undefined;
  timeoutSeconds: number;
  until: 'serving' | 'drained';
  /** Leave the settings of the service as they are. */
  taskDefinitionOnly?: boolean;
}

/** The whole of a rollback. It renders nothing, builds nothing and registers nothing. */
export async function goBack(context: Context, target: Target, options: GoBackOptions): Promise<Result> {
  const { ecs, poller, name, place, serviceDeployments } = openService(context, target);
  const { sink } = context;
  const startedAt = performance.now();
  const running = await readRunning(ecs, name);
  if (running === undefined) {
    throw new SlipwayError(
      'SERVICE_NOT_FOUND',
      `service ${name.service} does not exist in ${name.cluster}: there is nothing to roll back`,
      {
        hint: '"slipway deploy" creates it',
      },
    );
  }

  refuseForeignController(running.service);
  const isInProgress = deploymentInProgress(running.service) !== undefined;
  const stop = options.to === 'last-good' && isInProgress;
  const found = await findRollbackTarget({ ecs, running, serviceDeployments, sink }, options.to);
  const release = rollbackRelease(found);
  let changes: readonly Change[] = [];
  const result = (
    outcome: Outcome,
    serving: readonly Serving[] = servingOf(running.service),
  ): DeploymentResult => ({
    kind: 'deployment',
    command: 'rollback',
    place,
    outcome,
    exitCode: exitCodeOf(outcome),
    replaced: running.release,
    serving,
    changes,
    seconds: (performance.now() - startedAt) / 1000,
    goBack: undefined,
    reason: options.reason,
  });

  if (runsAlready(running, release.taskDefinition))
    return result({ kind: 'unchanged', release: running.release });
  await checkCanRun(found, context.env);
  sink({
    type: 'phase',
    phase: 'plan',
    message: `${running.release.taskDefinition} -> ${release.taskDefinition} (${found.why}); it can run`,
  });
  // A deployment that is stopped goes back to its service revision by itself.
  const stops = stop && serviceDeployments.isAvailable;
  const arn = found.taskDefinition.taskDefinitionArn ?? '';
  const restored =
    stops || options.taskDefinitionOnly
      ? { settings: {}, changes: [] }
      : await readRestored({ ecs, serviceDeployments }, running, arn, sink);
  for (const { path } of restored.changes)
    sink({ type: 'note', level: 'info', message: `${path} goes back to what it was then` });
  if (options.reason !== undefined)
    sink({ type: 'note', level: 'info', message: `reason: ${options.reason}` });
  if (options.dryRun) {
    const joins = release.taskDefinition === running.release.taskDefinition && isInProgress;
    const how = joins ? 'join' : stops ? 'stop-deployment' : 'update-service';
    return {
      kind: 'rollback-plan',
      place,
      from: running.release,
      to: release,
      how,
      why: found.why,
      changes: restored.changes,
      exitCode: 0,
    };
  }
  if (context.signal.aborted)
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');

  changes = restored.changes;
  const { settings } = restored;
  const started = await withWayOut(
    changes,
    startRollback({
      ecs,
      name,
      running,
      target: found,
      stop,
      serviceDeployments,
      sink,
      settings,
      note: (deploymentId) =>
        noteStop(context, poller, running.service.serviceArn, deploymentId, options.reason),
    }),
  );
  const left = (outcome: Outcome): Partial<DeploymentResult> =>
    ['started', 'in-progress'].includes(outcome.kind)
      ? { follow: waitCommand(context, target, started.deploymentId) }
      : {};
  if (options.detach) {
    const outcome = { kind: 'started', release: started.release } as const;
    return { ...result(outcome), ...left(outcome) };
  }
  const followed = await follow({
    ecs,
    poller,
    context,
    name,
    region: target.region,
    started,
    previous: running.taskDefinition.taskDefinitionArn,
    onInterrupt: 'leave',
    serviceDeployments,
    timeoutSeconds: options.timeoutSeconds,
    until: options.until,
    environment: place.environment,
    redact: redactor(target.outputs),
    stoppedByThisRun: started.stopping,
  });
  const outcome = started.stopping ? asRollback(followed.outcome, followed.seconds) : followed.outcome;
  return { ...result(outcome, followed.serving), ...left(outcome) };
}

/** What the service was then may not be possible any more: a subnet that is gone. */
async function withWayOut<T>(changes: readonly Change[], started: Promise<T>): Promise<T> {
  return started.catch((error: unknown) => {
    if (changes.length === 0 || !(error instanceof SlipwayError) || error.code !== 'AWS_REFUSED') throw error;
    throw new SlipwayError('AWS_REFUSED', error.message, {
      hint: 'go back with --task-definition-only: the settings of the service then stay as they are',
      cause: error,
    });
  });
}

/** Already there, and not because a deployment that is still going, or has failed, says so. */
function runsAlready({ service, release }: Running, wanted: string): boolean {
  const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
  return (
    release.taskDefinition === wanted &&
    primary?.rolloutState !== 'IN_PROGRESS' &&
    primary?.rolloutState !== 'FAILED'
  );
}

/** The deployment that was stopped is rolled back: for a rollback that is the aim, and the old release is live. */
export function asRollback(outcome: Outcome, seconds: number): Outcome {
  if (outcome.kind === 'rolled-back') {
    const release = outcome.back ?? outcome.release;
    return { kind: 'live', release, servingSeconds: seconds, drainedSeconds: seconds };
  }
  if (outcome.kind !== 'live') return outcome;
  const explanation = {
    cause: 'it was completed before ECS could stop it',
    fix: 'run the rollback again',
    stoppedTasks: [],
    certainty: 'certain' as const,
    targetHealth: [],
    events: [],
  };
  return {
    kind: 'failed',
    reason: 'the deployment was live before it could be rolled back',
    release: outcome.release,
    explanation,
  };
}
