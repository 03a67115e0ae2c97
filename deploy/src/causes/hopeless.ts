import type { Service, ServiceDeployment, Task } from '@aws-sdk/client-ecs';
import { groupTasks, type TaskGroup } from '../release/group-tasks';
import { inContainer, textOf } from './words';

/** So many tasks that fail alike, and no other, make a deployment hopeless: as many as the circuit breaker's least. */
export const ENOUGH = 3;

/** A container that ends so soon will do so again. */
const AT_ONCE_SECONDS = 10;

/** Failures of a start that no further try changes. Time-outs, limits and capacity are not among them. */
const FINAL =
  /CannotPull(?!.*(timeout|timed out|toomanyrequests|\b429\b|\b50\d\b))|unable to (pull|retrieve) secret.*(AccessDenied|not authorized|ResourceNotFound|invalid parameters|did not contain json key|invalid character)|log group does not exist|failed to download env files|unable to assume (the )?role|CannotStartContainer|CannotCreateContainer/is;

export interface Hopeless {
  /** The tasks that failed alike. */
  group: TaskGroup;
  /** `3 tasks in a row failed in the same way (...)` */
  sentence: string;
}

/** Whether all tasks of a deployment that stopped did so alike, and will again; undefined where there is hope. */
export function hopelessOf(stopped: readonly Task[]): Hopeless | undefined {
  const [group, ...others] = groupTasks(stopped);
  if (group === undefined || others.length > 0 || group.count < ENOUGH || !isFinal(group)) return undefined;
  const what =
    group.exitCode === undefined ? group.stoppedReason.slice(0, 160) : `exit status ${group.exitCode}`;
  return {
    group,
    sentence: `${group.count} tasks in a row failed alike (${inContainer({ ...group, logLines: [] })}: ${what}), and none was healthy`,
  };
}

function isFinal(group: TaskGroup): boolean {
  if (group.stopCode === 'EssentialContainerExited')
    return (
      group.exitCode !== undefined &&
      (group.ranSeconds ?? 0) < AT_ONCE_SECONDS &&
      !/OutOfMemory/i.test(group.containerReason ?? '')
    );
  return group.stopCode === 'TaskFailedToStart' && FINAL.test(textOf({ ...group, logLines: [] }));
}

/**
 * Whether ECS's own circuit breaker is to end the deployment: it rolls back after so many failures. One that is on
 * without rollback was meant to leave things as they are, which this run respects.
 * Source: DeploymentCircuitBreaker and ThresholdConfiguration, ECS API reference.
 */
export function breakerWill(
  { deploymentConfiguration, desiredCount = 0 }: Service,
  deployment: ServiceDeployment | undefined,
  failures: number,
): boolean {
  const { enable, rollback, thresholdConfiguration } =
    deploymentConfiguration?.deploymentCircuitBreaker ?? {};
  if (!enable) return false;
  if (!rollback) return true;
  const { type = 'BOUNDED_PERCENT', value = 50 } = thresholdConfiguration ?? {};
  const share = Math.ceil((value * desiredCount) / 100);
  const computed =
    type === 'COUNT' ? value : type === 'UNBOUNDED_PERCENT' ? share : Math.min(200, Math.max(ENOUGH, share));
  const threshold = deployment?.deploymentCircuitBreaker?.threshold ?? computed;
  // It counts with the next step of the scheduler; a few more failures and it does not count at all.
  return threshold <= failures && failures < threshold + ENOUGH;
}
