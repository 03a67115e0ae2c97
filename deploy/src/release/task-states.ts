import type { ServiceDeployment, Service, Task } from '@aws-sdk/client-ecs';
import { revisionName } from '../aws/ecs';
import { taskIdOf } from '../aws/tasks';
import { culpritOf } from './culprit';

/** Where a task is on its way, in the words of a person who waits for it. */
export type TaskStage =
  | 'provisioning'
  | 'pulling'
  | 'starting'
  | 'running'
  | 'healthy'
  | 'unhealthy'
  | 'draining'
  | 'stopping'
  | 'stopped';

export interface TaskState {
  /** 32 hex digits. */
  task: string;
  /** `family:revision` */
  taskDefinition: string;
  /** Whether the deployment that is watched started it. */
  ours: boolean;
  stage: TaskStage;
  /** When it came into this stage, as far as ECS says. */
  since: Date | undefined;
  /** Why it stopped, or is unhealthy. */
  reason: string | undefined;
  exitCode: number | undefined;
}

/** How the rollout as a whole goes. */
export interface Rollout {
  /** Failed tasks against the number at which the circuit breaker ends the deployment; undefined where there is none. */
  breaker: { failed: number; threshold: number | undefined } | undefined;
  /** Names of the alarms that watch the deployment, and of those that went off; undefined where none watches it. */
  alarms: { watched: readonly string[]; triggered: readonly string[] } | undefined;
  /** Share of production traffic that the new version has, in percent; undefined where traffic is not shifted by weight. */
  traffic: number | undefined;
  /** ECS's own word: `PRODUCTION_TRAFFIC_SHIFT`; undefined for a rolling update. */
  stage: string | undefined;
}

/** What a load balancer says of a target, by its address. */
export type TargetHealth = ReadonlyMap<string, { state: string; reason: string | undefined }>;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export function taskState(task: Task, deploymentId: string, targets: TargetHealth): TaskState {
  const stopped = task.lastStatus === 'STOPPED';
  const target = targets.get(addressOf(task) ?? '');
  const stage = stageOf(task, target?.state);
  const reason = stopped ? stopReason(task) : stage === 'unhealthy' ? target?.reason : undefined;
  return {
    task: taskIdOf(task),
    taskDefinition: revisionName(task.taskDefinitionArn ?? ''),
    ours: task.startedBy === deploymentId,
    stage,
    since: sinceOf(task, stage),
    reason,
    exitCode: stopped ? culpritOf(task)?.exitCode : undefined,
  };
}

function stageOf(task: Task, target: string | undefined): TaskStage {
  switch (task.lastStatus) {
    case 'STOPPED':
    case 'DELETED':
      return 'stopped';
    case 'DEACTIVATING':
      return 'draining';
    case 'STOPPING':
    case 'DEPROVISIONING':
      return 'stopping';
    case 'ACTIVATING':
      return 'starting';
    case 'RUNNING':
      if (target === 'draining') return 'draining';
      if (task.desiredStatus === 'STOPPED') return 'stopping';
      if (task.healthStatus === 'UNHEALTHY' || target === 'unhealthy') return 'unhealthy';
      // Behind a load balancer, healthy is what may take requests.
      return (target === undefined ? task.healthStatus === 'HEALTHY' : target === 'healthy')
        ? 'healthy'
        : 'running';
    default:
      if (task.pullStartedAt === undefined) return 'provisioning';
      return task.pullStoppedAt === undefined ? 'pulling' : 'starting';
  }
}

function sinceOf(task: Task, stage: TaskStage): Date | undefined {
  switch (stage) {
    case 'provisioning':
      return task.createdAt;
    case 'pulling':
      return task.pullStartedAt;
    case 'starting':
      return task.pullStoppedAt;
    case 'running':
    case 'healthy':
    case 'unhealthy':
      return task.startedAt;
    case 'draining':
    case 'stopping':
      return task.stoppingAt;
    case 'stopped':
      return task.stoppedAt;
  }
}

function stopReason(task: Task): string {
  const container = culpritOf(task)?.reason;
  return [task.stoppedReason ?? 'no reason given', container].filter(Boolean).join(': ');
}

/** Of the task's network interface; undefined before it has one, and in bridge mode. */
function addressOf({ attachments = [] }: Task): string | undefined {
  const details = attachments.flatMap((attachment) => attachment.details ?? []);
  return details.find(({ name }) => name === 'privateIPv4Address')?.value;
}

const SHIFTING = ['BLUE_GREEN', 'LINEAR', 'CANARY'];

export function rolloutOf(service: Service, deployment: ServiceDeployment | undefined): Rollout {
  const { deploymentCircuitBreaker: breaker, alarms, strategy } = service.deploymentConfiguration ?? {};
  const state = deployment?.deploymentCircuitBreaker;
  const shifts = SHIFTING.includes(strategy ?? '');
  return {
    breaker: breaker?.enable ? { failed: state?.failureCount ?? 0, threshold: state?.threshold } : undefined,
    alarms: alarms?.enable
      ? { watched: alarms.alarmNames ?? [], triggered: deployment?.alarms?.triggeredAlarmNames ?? [] }
      : undefined,
    traffic: shifts ? deployment?.targetServiceRevision?.requestedProductionTrafficWeight : undefined,
    stage: shifts ? deployment?.lifecycleStage : undefined,
  };
}
