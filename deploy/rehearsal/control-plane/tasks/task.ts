import type { Tag, TaskOverride } from '@aws-sdk/client-ecs';
import type { ContainerInstance } from '../instances/instance';
import type { Service } from '../services/service';
import type { TaskDefinition } from '../task-definitions/task-definition';

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'TerminationNotice'
  | 'InfrastructureHealth';

export type HealthStatus = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

export interface Container {
  name: string;
  arn: string;
  /** As in the task definition. */
  image: string;
  imageDigest: string | undefined;
  /** `<task>-<10 digits>`, once started. */
  runtimeId: string | undefined;
  status: 'PENDING' | 'RUNNING' | 'STOPPED';
  exitCode: number | undefined;
  reason: string | undefined;
  /** Undefined where it has no health check. */
  health: HealthStatus | undefined;
  essential: boolean;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  restartCount: number;
}

/** A container port that is reached at a port of the instance. */
export interface HostPort {
  containerName: string;
  containerPort: number;
  hostPort: number;
  protocol: string;
}

/** Where a load balancer finds a task. */
export interface TargetBinding {
  targetGroupArn: string;
  containerName: string;
  containerPort: number;
  /** IP address, or instance id. */
  targetId: string;
  port: number;
}

/** All instants are milliseconds of the clock. */
export interface Task {
  id: string;
  arn: string;
  clusterName: string;
  taskDefinition: TaskDefinition;
  /** `service:<name>` or `family:<name>`, or what the caller set. */
  group: string;
  /** Of service tasks. */
  service: Service | undefined;
  /** Of service tasks: `ecs-svc/<number>`. */
  deploymentId: string | undefined;
  startedBy: string | undefined;
  launchType: 'FARGATE' | 'EC2' | 'EXTERNAL';
  capacityProvider: string | undefined;
  platformVersion: string | undefined;
  /** Undefined on Fargate. */
  instance: ContainerInstance | undefined;
  /** Empty where the task has an interface of its own. */
  hostPorts: HostPort[];
  availabilityZone: string;
  subnetId: string | undefined;
  /** Whether its interface has a public address. */
  publicAddress?: boolean;
  networkInterfaceId: string;
  attachmentId: string;
  macAddress: string;
  address: string;
  desiredStatus: 'RUNNING' | 'STOPPED';
  lastStatus: TaskStatus;
  health: HealthStatus;
  containers: Container[];
  overrides: TaskOverride;
  tags: Tag[];
  enableExecuteCommand: boolean;
  version: number;
  createdAt: number;
  connectivityAt: number | undefined;
  pullStartedAt: number | undefined;
  pullStoppedAt: number | undefined;
  startedAt: number | undefined;
  stoppingAt: number | undefined;
  executionStoppedAt: number | undefined;
  stoppedAt: number | undefined;
  stopCode: StopCode | undefined;
  stoppedReason: string | undefined;
  protectedUntil: number | undefined;
  /** Target groups that the task belongs into. */
  bindings: TargetBinding[];
  targets: 'none' | 'missing' | 'registered' | 'draining';
  /** Whether the scheduler has seen it healthy. */
  wasHealthy: boolean;
  /** Images already resolved for the deployment, shared by its tasks: digest by reference. */
  imageDigests: Record<string, string>;
}

/** Whether the task counts as pending: meant to run, and not yet RUNNING. */
export function isPending(task: Task): boolean {
  return task.desiredStatus === 'RUNNING' && beforeRunning(task.lastStatus);
}

export function beforeRunning(status: TaskStatus): boolean {
  return status === 'PROVISIONING' || status === 'PENDING' || status === 'ACTIVATING';
}
