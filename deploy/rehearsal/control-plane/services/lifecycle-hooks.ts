import type { DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import type { HookSnapshot } from '../../scheduler/hooks';
import type { LifecycleStage } from '../../scheduler/lifecycle';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { isOngoing } from './service-deployments';
import type { HookRun, Service, ServiceDeployment } from './service';

const minute = 60_000;
const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';

/** The hooks of a stage begin anew: functions are called at once, pauses wait for somebody. */
export function beginHooks(
  plane: ControlPlane,
  service: Service,
  deployment: ServiceDeployment,
  stage: LifecycleStage,
): void {
  const hooks = deployment.deploymentConfiguration.lifecycleHooks ?? [];
  const executionId = hooks.length === 0 ? '' : plane.ids.uuid();
  deployment.hooks = hooks
    .filter(({ lifecycleStages }) => lifecycleStages?.includes(stage as never))
    .map((hook) => newRun(plane, hook, stage, executionId));
  for (const run of deployment.hooks)
    if (run.status === 'IN_PROGRESS') plane.hookRunner.invoke(service, deployment, run);
}

function newRun(
  plane: ControlPlane,
  hook: DeploymentLifecycleHook,
  stage: LifecycleStage,
  executionId: string,
): HookRun {
  const targetType = hook.targetType ?? 'AWS_LAMBDA';
  const now = plane.clock.now();
  const { timeoutInMinutes = 1440, action = 'ROLLBACK' } = hook.timeoutConfiguration ?? {};
  return {
    id: `ecs-${targetType === 'PAUSE' ? 'pause' : 'lambda'}-${hookToken(plane)}`,
    executionId,
    targetType,
    targetArn: hook.hookTargetArn,
    roleArn: hook.roleArn,
    stage,
    status: targetType === 'PAUSE' ? 'AWAITING_ACTION' : 'IN_PROGRESS',
    invokeAt: now,
    expiresAt: now + timeoutInMinutes * minute,
    timeoutAction: action,
    details: hook.hookDetails,
    failure: undefined,
  };
}

/** 43 characters, as seen. */
function hookToken(plane: ControlPlane): string {
  let token = '';
  for (let i = 0; i < 43; i += 1) token += base64url[Math.floor(plane.ids.random() * base64url.length)];
  return token;
}

/** What the scheduler sees of the hooks of the present stage. */
export function hooksAt(plane: ControlPlane, deployment: ServiceDeployment): HookSnapshot[] {
  return deployment.hooks.map((run) => ({
    id: run.id,
    targetType: run.targetType,
    status: run.status,
    invokeAt: run.invokeAt,
    calling: plane.hookRunner.isCalling(run.id),
    expiresAt: run.expiresAt,
    timeoutAction: run.timeoutAction,
    failure: run.failure,
  }));
}

/** Nobody has resolved it in time. */
export function expireHook(deployment: ServiceDeployment, hookId: string): void {
  const run = deployment.hooks.find(({ id }) => id === hookId);
  if (run !== undefined) run.status = 'TIMED_OUT';
}

/**
 * ContinueServiceDeployment: ends a pause.
 * @throws InvalidParameterException with AWS's texts. Source: "Troubleshooting Amazon ECS blue/green deployments".
 */
export function resolvePause(
  plane: ControlPlane,
  service: Service,
  deployment: ServiceDeployment,
  hookId: string,
  action: 'CONTINUE' | 'ROLLBACK',
): void {
  if (!isOngoing(deployment)) {
    throw errors.invalidParameter(
      'Continuing a service deployment is not allowed for service deployment in terminal states.',
    );
  }
  if (!/^ecs-[a-z]+-.+$/.test(hookId)) {
    throw errors.invalidParameter('Invalid hookId: hookId must follow the format: ecs-{hookType}-{id}');
  }
  const run = deployment.hooks.find(({ id, status }) => id === hookId && status === 'AWAITING_ACTION');
  if (run === undefined || deployment.status !== 'IN_PROGRESS') {
    throw errors.invalidParameter(
      'Provided hookId is either completed, unavailable, or not associated with the given Resource ARN',
    );
  }
  run.status = action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED';
  if (action === 'ROLLBACK') run.failure = `${run.stage} ${plane.settings.pauseRolledBackReason}`;
  deployment.updatedAt = plane.clock.now();
  plane.serviceLoop.touch(service);
}
