import type { Lack, PlacementFailure } from '../instances/placement';
import type { Task } from '../tasks/task';
import type { UnhealthyCause } from '../../scheduler/snapshot';

/**
 * The texts of service events, without the `(service NAME)` that starts each.
 * Source: "Amazon ECS service event messages", developer guide, and recorded answers of DescribeServices.
 */
export const serviceEvents = {
  started: (tasks: readonly Task[], replacing: number) =>
    `has started ${tasks.length} tasks: ${taskList(tasks)}.` +
    (replacing > 0 ? `  Amazon ECS replaced ${replacing} tasks due to an unhealthy status.` : ''),
  stopped: (tasks: readonly Task[]) => `has stopped ${tasks.length} running tasks: ${taskList(tasks)}.`,
  stoppedPending: (count: number) => `stopped ${count} pending tasks.`,
  registered: (count: number, targetGroupArn: string) =>
    `registered ${count} targets in (target-group ${targetGroupArn})`,
  deregistered: (count: number, targetGroupArn: string) =>
    `deregistered ${count} targets in (target-group ${targetGroupArn})`,
  steady: () => 'has reached a steady state.',
  completed: (deploymentId: string) => `(deployment ${deploymentId}) deployment completed.`,
  tasksFailed: (deploymentId: string) =>
    `(deployment ${deploymentId}) deployment failed: tasks failed to start.`,
  alarmDetected: (deploymentId: string) => `(deployment ${deploymentId}) deployment failed: alarm detected.`,
  stopRequested: (deploymentId: string) =>
    `(deployment ${deploymentId}) deployment failed: rollback requested.`,
  failed: (deploymentId: string, reason: string) =>
    `(deployment ${deploymentId}) deployment failed: ${reason}`,
  rollingBack: (deploymentId: string) => `rolling back to deployment ${deploymentId}.`,
  unhealthy: (task: Task, cause: UnhealthyCause) =>
    cause.kind === 'container'
      ? `(task ${task.id}) failed container health checks.`
      : `${task.instance === undefined ? '' : `(instance ${task.instance.ec2InstanceId}) `}(task ${task.id}) (port ${cause.port}) is unhealthy in (target-group ${cause.targetGroupArn}) due to (reason ${cause.reason ?? 'Health checks failed'})`,
  stuck: () =>
    'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
  unableToStart: () =>
    'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  notPlaced: (failure: PlacementFailure): string => {
    if (failure.kind === 'reason') return `was unable to place a task. Reason: ${failure.reason}.`;
    if (failure.kind === 'no-instance' && failure.of === 'provider')
      return serviceEvents.noInstanceOfProvider();
    const text = 'was unable to place a task because no container instance met all of its requirements.';
    const lack = failure.kind === 'no-room' ? lacks[failure.lack] : undefined;
    if (failure.kind !== 'no-room' || lack === undefined) return text;
    return `${text} The closest matching (container-instance ${failure.closest.id}) ${lack}. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`;
  },
  noInstanceOfProvider: () =>
    'was unable to reach steady state. Reason: No Container Instances were found in your capacity provider.',
  protectedFromScaleIn: (deploymentId: string) =>
    `was unable to reach steady state because task set (${deploymentId}) was unable to scale in. Reason: The number of protected tasks are more than the desired count of tasks`,
} as const;

/** A constraint that no instance meets has no text of its own. */
const lacks: Readonly<Partial<Record<Lack, string>>> = {
  AGENT: 'encountered error "AGENT"',
  ATTRIBUTE: 'is missing an attribute required by your task',
  CPU: 'has insufficient CPU units available',
  MEMORY: 'has insufficient memory available',
  PORTS: 'is already using a port required by your task',
};

function taskList(tasks: readonly Task[]): string {
  return tasks.map((task) => `(task ${task.id})`).join(' ');
}
