import type { Context } from '../context';
import { SlipwayError } from '../errors';
import type { Target } from '../target';
import { noService } from './active-service';
import { currentDeployment } from './current-deployment';
import { follow, servingOf } from './follow';
import { waitCommand } from './next-command';
import { openService } from './open-service';
import { exitCodeOf, type Outcome } from './outcome';
import { redactor } from './redact';
import type { DeploymentResult, DoneResult } from './result';
import { primaryOf, readRunning, refuseForeignController, settledTaskDefinition } from './running';
import { readBaseline, updateTo } from './start';

export interface RefreshOptions {
  dryRun: boolean;
  detach: boolean;
  timeoutSeconds: number;
  until: 'serving' | 'drained';
}

/** New tasks of what runs: one UpdateService that changes nothing else, followed as a deploy is. */
export async function refresh(
  context: Context,
  target: Target,
  options: RefreshOptions,
): Promise<DeploymentResult | DoneResult> {
  const opened = openService(context, target);
  const { ecs, poller, name, place, serviceDeployments } = opened;
  const startedAt = performance.now();
  const running = await readRunning(ecs, name);
  if (running === undefined) throw noService(name);
  refuseForeignController(running.service);
  const current = await currentDeployment(opened, running);
  if (current !== undefined) {
    throw new SlipwayError(
      'DEPLOYMENT_IN_PROGRESS',
      `deployment ${current.deploymentId} of ${name.service} is in progress: it brings new tasks anyway`,
      { hint: 'follow it with "slipway wait"' },
    );
  }
  const what = `all ${running.service.desiredCount ?? 0} tasks of ${running.release.taskDefinition}`;
  if (options.dryRun) {
    const message = `would replace ${what} (${name.service} in ${name.cluster})`;
    return { kind: 'done', command: 'refresh', outcome: 'planned', message, exitCode: 0 };
  }
  if (context.signal.aborted)
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was changed');

  const baseline = await readBaseline(ecs, name, serviceDeployments);
  const service = await updateTo(ecs, { ...name, forceNewDeployment: true });
  const deploymentId = (service && primaryOf(service)?.id) ?? '';
  context.sink({ type: 'phase', phase: 'update', message: `replacing ${what} as ${deploymentId}` });
  const release = { ...running.release, deploymentId };
  const result = (outcome: Outcome, rest: Partial<DeploymentResult> = {}): DeploymentResult => ({
    kind: 'deployment',
    command: 'refresh',
    place,
    outcome,
    exitCode: exitCodeOf(outcome),
    replaced: running.release,
    serving: servingOf(running.service),
    changes: [],
    seconds: (performance.now() - startedAt) / 1000,
    goBack: undefined,
    ...rest,
  });
  const left = { follow: waitCommand(context, target, deploymentId) };
  if (options.detach) return result({ kind: 'started', release }, left);
  const { outcome, serving } = await follow({
    ecs,
    poller,
    context,
    name,
    region: target.region,
    started: {
      release,
      deploymentId,
      taskDefinitionArn: running.taskDefinition.taskDefinitionArn ?? '',
      baseline,
    },
    previous: settledTaskDefinition(running.service),
    // Old and new tasks are the same release: there is nothing to go back from.
    onInterrupt: 'leave',
    serviceDeployments,
    timeoutSeconds: options.timeoutSeconds,
    until: options.until,
    environment: place.environment,
    redact: redactor(target.outputs),
  });
  return result(outcome, { serving, ...(outcome.kind === 'in-progress' ? left : {}) });
}
