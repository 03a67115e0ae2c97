import type { DeploymentLifecycleHookDetail, ServiceDeployment } from '@aws-sdk/client-ecs';

/** Pause hooks that nobody has answered yet. */
export function waitingHooks({
  lifecycleHookDetails = [],
}: ServiceDeployment): DeploymentLifecycleHookDetail[] {
  return lifecycleHookDetails.filter(({ status }) => status === 'AWAITING_ACTION');
}

/** `waits at POST_TEST_TRAFFIC_SHIFT for hook ecs-pause-1, until 12:00 (then it is rolled back)` */
export function hookSentence(
  { lifecycleStage }: ServiceDeployment,
  { hookId, expiresAt, timeoutAction }: DeploymentLifecycleHookDetail,
): string {
  const then = timeoutAction === 'CONTINUE' ? 'it goes on' : 'it is rolled back';
  const until = expiresAt === undefined ? '' : ` until ${expiresAt.toISOString()}, then ${then}`;
  return `waits at ${lifecycleStage ?? 'a stage'} for an answer to ${hookId ?? 'a hook'}${until}`;
}
