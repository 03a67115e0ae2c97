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
  rollingBack: (deploymentId: string) => `rolling back to deployment ${deploymentId}.`,
  unhealthy: (task: Task, cause: UnhealthyCause) =>
    cause.kind === 'container'
      ? `(task ${task.id}) failed container health checks.`
      : `${task.containerInstanceId === undefined ? '' : `(instance ${task.containerInstanceId}) `}(task ${task.id}) (port ${cause.port}) is unhealthy in (target-group ${cause.targetGroupArn}) due to (reason ${cause.reason ?? 'Health checks failed'})`,
  stuck: () =>
    'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.',
  unableToStart: () =>
    'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  unableToPlace: (reason: string) => `was unable to place a task. Reason: ${reason}.`,
  noInstance: () => 'was unable to place a task because no container instance met all of its requirements.',
} as const;

function taskList(tasks: readonly Task[]): string {
  return tasks.map((task) => `(task ${task.id})`).join(' ');
}
