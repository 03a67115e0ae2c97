import type {
  CapacityProviderStrategyItem,
  CreateServiceRequest,
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
import type { LifecycleStage } from '../../scheduler/lifecycle';
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
  /** Of the last two it is not known that a change starts a deployment; DescribeServices leaves them out. */
  monitoring: CreateServiceRequest['monitoring'];
  gatewayConnectors: CreateServiceRequest['gatewayConnectors'];
}

export interface ServiceRevision {
  arn: string;
  number: string;
  configuration: RevisionConfiguration;
  createdAt: number;
  /** Where each load balancer of the configuration finds the tasks: its target group, or the alternate one. */
  targetGroups: (string | undefined)[];
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
  /** How StopServiceDeployment was called. */
  stopRequested: 'rollback' | 'abort' | undefined;
  /** While it is not COMPLETED: its stages, if it shifts traffic or has hooks. */
  lifecycle: Lifecycle | undefined;
  /** Alarms that were in ALARM when it began: they are ignored for all of it. */
  alarmsIgnored: boolean;
  triggeredAlarms: string[];
  serviceDeployment: ServiceDeployment;
  createdAt: number;
  updatedAt: number;
}

/** Where a deployment with stages is. */
export interface Lifecycle {
  kind: 'shift' | 'rolling';
  /** `back`: a rollback; the deployment is the old one again. */
  direction: 'forward' | 'back';
  stage: LifecycleStage | undefined;
  stageSince: number;
  /** Which of the steps PRODUCTION_TRAFFIC_SHIFT is at. */
  step: number;
  startedAt: number;
  /** Id of the deployment that had the traffic before; on the way back, of the one that failed. */
  source: string | undefined;
  /** Of a rolling update: it has replaced one that was shifting traffic. */
  reconciles: boolean;
  /** On the way back: stages that had been reached, and whose hooks run again. */
  undo: LifecycleStage[];
  /** Why traffic could not be moved. */
  trafficProblem: string | undefined;
}

/** One lifecycle hook at one stage of a service deployment, or at one step of it. */
export interface HookRun {
  /** `ecs-pause-...` or `ecs-lambda-...` */
  id: string;
  executionId: string;
  targetType: 'AWS_LAMBDA' | 'PAUSE';
  targetArn: string | undefined;
  roleArn: string | undefined;
  stage: LifecycleStage;
  status: 'AWAITING_ACTION' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** When the function is to be called (again). */
  invokeAt: number;
  expiresAt: number;
  timeoutAction: 'CONTINUE' | 'ROLLBACK';
  /** What the function is given: the hook's own details, or what it answered last. */
  details: unknown;
  /** Why it failed, as it stands in the status reason after `Service deployment rolled back because`. */
  failure: string | undefined;
}

/** Percent of the traffic by id of the deployment that has it. */
export interface Traffic {
  production: Record<string, number>;
  test: Record<string, number>;
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
  /** The stage that it is at, or ended at; undefined of a rolling update without hooks. */
  lifecycleStage: LifecycleStage | undefined;
  /** The hooks of that stage. */
  hooks: HookRun[];
  /** Who had which traffic when it ended; while it runs the service knows. */
  finalTraffic: Traffic | undefined;
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
  /** What CreateService was called with: the same call again with the same client token is no new one. */
  createdWith: CreateServiceRequest;
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
  /** Who has which traffic now. */
  traffic: Traffic;
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

/** CodeDeploy is not part of a rehearsal: such a service keeps the task definition that it was created with. */
export function isDeployedByCodeDeploy({ createdWith }: Service): boolean {
  return createdWith.deploymentController?.type === 'CODE_DEPLOY';
}

export const noObservations = (): Observations => ({
  launchFailures: 0,
  exits: 0,
  reachedRunning: 0,
  becameHealthy: 0,
});
