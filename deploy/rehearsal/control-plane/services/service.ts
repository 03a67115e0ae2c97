import type {
  CapacityProviderStrategyItem,
  DeploymentConfiguration,
  LoadBalancer,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  ServiceConnectConfiguration,
  ServiceRegistry,
  ServiceVolumeConfiguration,
  Tag,
  VpcLatticeConfiguration,
} from '@aws-sdk/client-ecs';
import type { Observations } from '../../scheduler/snapshot';
import type { Task } from '../tasks/task';
import type { TaskDefinition } from '../task-definitions/task-definition';

/** What a service revision fixes: a change of any of it starts a deployment. */
export interface RevisionConfiguration {
  taskDefinition: TaskDefinition;
  launchType: 'FARGATE' | 'EC2' | 'EXTERNAL' | undefined;
  capacityProviderStrategy: CapacityProviderStrategyItem[] | undefined;
  platformVersion: string | undefined;
  networkConfiguration: NetworkConfiguration | undefined;
  loadBalancers: LoadBalancer[];
  serviceRegistries: ServiceRegistry[];
  serviceConnectConfiguration: ServiceConnectConfiguration | undefined;
  volumeConfigurations: ServiceVolumeConfiguration[] | undefined;
  vpcLatticeConfigurations: VpcLatticeConfiguration[] | undefined;
}

export interface ServiceRevision {
  arn: string;
  number: string;
  configuration: RevisionConfiguration;
  createdAt: number;
  /** Digest by image reference, resolved by the first task that pulls it. */
  imageDigests: Record<string, string>;
}

/** One entry of `deployments[]`. A rollback makes an old one PRIMARY again, under its own id. */
export interface Deployment {
  /** `ecs-svc/<number>`, with the number of its revision. */
  id: string;
  revision: ServiceRevision;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
  desiredCount: number;
  failedTasks: number;
  launchBackOff: { rounds: number; until: number };
  serving: boolean;
  bakingSince: number | undefined;
  rollbackRequested: boolean;
  /** Alarms that were in ALARM when it began: they are ignored for all of it. */
  alarmsIgnored: boolean;
  triggeredAlarms: string[];
  serviceDeployment: ServiceDeployment;
  createdAt: number;
  updatedAt: number;
}

export type ServiceDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOPPED'
  | 'STOP_REQUESTED'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

export interface ServiceDeployment {
  id: string;
  arn: string;
  status: ServiceDeploymentStatus;
  statusReason: string | undefined;
  target: ServiceRevision;
  sources: ServiceRevision[];
  deploymentConfiguration: DeploymentConfiguration;
  breaker: {
    status: 'TRIGGERED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'DISABLED';
    failureCount: number;
    threshold: number;
  };
  alarms: {
    status: 'TRIGGERED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'DISABLED';
    names: string[];
    triggered: string[];
  };
  rollback: { reason: string; startedAt: number; revision: ServiceRevision } | undefined;
  createdAt: number;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  stoppedAt: number | undefined;
  updatedAt: number;
  /** Task counts of each revision when it ended; while it runs they are counted. */
  finalCounts: Map<string, RevisionCounts> | undefined;
}

export interface RevisionCounts {
  requested: number;
  running: number;
  pending: number;
}

export interface ServiceEvent {
  id: string;
  createdAt: number;
  message: string;
}

/** All instants are milliseconds of the clock. */
export interface Service {
  name: string;
  arn: string;
  clusterName: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  clientToken: string | undefined;
  configuration: RevisionConfiguration;
  desiredCount: number;
  deploymentConfiguration: DeploymentConfiguration;
  schedulingStrategy: 'REPLICA' | 'DAEMON';
  healthCheckGracePeriodSeconds: number;
  availabilityZoneRebalancing: 'ENABLED' | 'DISABLED';
  placementConstraints: PlacementConstraint[];
  placementStrategy: PlacementStrategy[];
  enableECSManagedTags: boolean;
  enableExecuteCommand: boolean;
  propagateTags: 'NONE' | 'SERVICE' | 'TASK_DEFINITION';
  tags: Tag[];
  createdAt: number;
  createdBy: string;
  /** PRIMARY first, then newest first. */
  deployments: Deployment[];
  /** The deployment that completed last and was not promoted again since: where a rollback goes. */
  lastCompleted: Deployment | undefined;
  /** Newest first. */
  serviceDeployments: ServiceDeployment[];
  revisions: Map<string, ServiceRevision>;
  /** Newest first. */
  events: ServiceEvent[];
  /** Tasks that are not STOPPED, or still held by a target group. */
  tasks: Set<Task>;
  observations: Observations;
  /** When the last steady state was reported; undefined while the service is not steady. */
  steadySince: number | undefined;
  /** Event texts that are held back until they are resolved, with when they were last said. */
  repeated: Map<string, number>;
  /** The scheduler's last step, and when the next is due; undefined at rest. */
  lastStep: number;
  nextStep: number | undefined;
}

export const noObservations = (): Observations => ({
  launchFailures: 0,
  exits: 0,
  reachedRunning: 0,
  becameHealthy: 0,
});
