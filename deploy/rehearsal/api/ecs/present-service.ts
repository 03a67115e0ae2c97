import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { ControlPlane } from '../../control-plane/control-plane';
import {
  isDeployedByCodeDeploy,
  type Deployment,
  type RevisionConfiguration,
  type Service,
} from '../../control-plane/services/service';
import { isOngoing } from '../../control-plane/services/service-deployments';
import { countTasks, type TaskCounts } from '../../control-plane/services/task-counts';
import { effectiveLaunchType } from '../../control-plane/services/validate-service';
import { fargatePlatform } from '../../control-plane/tasks/launcher';
import type { Message } from '../operation';
import { present, wireTime } from './wire-values';

const none: TaskCounts = { running: 0, pending: 0 };

export interface ServiceView {
  tags: boolean;
  /** DescribeServices names the deployment that runs; UpdateService does not. */
  currentServiceDeployment: boolean;
}

/** A service as DescribeServices, CreateService and UpdateService give it. */
export function presentService(plane: ControlPlane, service: Service, view: ServiceView): Message {
  const counts = countTasks(service);
  const { configuration } = service;
  const fargate = isFargate(configuration);
  const current = service.serviceDeployments[0];
  const byCodeDeploy = isDeployedByCodeDeploy(service);
  return present({
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: plane.arns.cluster(service.clusterName),
    loadBalancers: configuration.loadBalancers,
    serviceRegistries: configuration.serviceRegistries,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: counts.all.running,
    pendingCount: counts.all.pending,
    launchType: configuration.launchType,
    capacityProviderStrategy: configuration.capacityProviderStrategy,
    platformVersion: configuration.platformVersion,
    platformFamily: fargate ? 'Linux' : undefined,
    taskDefinition: configuration.taskDefinition.arn,
    deploymentConfiguration: service.deploymentConfiguration,
    deployments: byCodeDeploy
      ? []
      : service.deployments.map((deployment) =>
          presentDeployment(plane, deployment, counts.byDeployment.get(deployment.id) ?? none),
        ),
    taskSets: byCodeDeploy
      ? service.deployments.map((deployment) =>
          presentTaskSet(plane, service, deployment, counts.byDeployment.get(deployment.id) ?? none),
        )
      : undefined,
    roleArn:
      configuration.loadBalancers.length > 0 || configuration.networkConfiguration !== undefined
        ? plane.arns.serviceLinkedRole()
        : undefined,
    events: service.events.map(({ id, createdAt, message }) => ({
      id,
      createdAt: wireTime(plane.clock, createdAt),
      message,
    })),
    createdAt: wireTime(plane.clock, service.createdAt),
    currentServiceDeployment:
      view.currentServiceDeployment && current !== undefined && isOngoing(current) ? current.arn : undefined,
    currentServiceRevisions: service.deployments.map((deployment) => {
      const { running, pending } = counts.byDeployment.get(deployment.id) ?? none;
      return {
        arn: deployment.revision.arn,
        requestedTaskCount: deployment.desiredCount,
        runningTaskCount: running,
        pendingTaskCount: pending,
      };
    }),
    placementConstraints: service.placementConstraints,
    placementStrategy: service.placementStrategy,
    networkConfiguration: configuration.networkConfiguration,
    healthCheckGracePeriodSeconds: service.healthCheckGracePeriodSeconds,
    schedulingStrategy: service.schedulingStrategy,
    deploymentController: { type: byCodeDeploy ? 'CODE_DEPLOY' : 'ECS' },
    tags: view.tags && service.tags.length > 0 ? service.tags : undefined,
    createdBy: service.createdBy,
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    resourceManagementType: 'CUSTOMER',
  });
}

/** DeleteService leaves out the newest members, as recorded. */
export function withoutNewMembers(configuration: DeploymentConfiguration): DeploymentConfiguration {
  const { deploymentCircuitBreaker: breaker, ...rest } = configuration;
  delete rest.strategy;
  delete rest.bakeTimeInMinutes;
  return {
    ...rest,
    ...(breaker !== undefined && {
      deploymentCircuitBreaker: { enable: breaker.enable, rollback: breaker.rollback },
    }),
  };
}

function presentDeployment(plane: ControlPlane, deployment: Deployment, counts: TaskCounts): Message {
  const { configuration } = deployment.revision;
  const fargate = isFargate(configuration);
  return present({
    id: deployment.id,
    status: deployment.status,
    taskDefinition: configuration.taskDefinition.arn,
    desiredCount: deployment.desiredCount,
    pendingCount: counts.pending,
    runningCount: counts.running,
    failedTasks: deployment.failedTasks,
    createdAt: wireTime(plane.clock, deployment.createdAt),
    updatedAt: wireTime(plane.clock, deployment.updatedAt),
    launchType: configuration.launchType,
    capacityProviderStrategy: configuration.capacityProviderStrategy,
    platformVersion: fargate ? fargatePlatform(configuration.platformVersion) : undefined,
    platformFamily: fargate ? 'Linux' : undefined,
    networkConfiguration: configuration.networkConfiguration,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    serviceConnectConfiguration: withNamespaceArn(plane, configuration.serviceConnectConfiguration),
    volumeConfigurations: configuration.volumeConfigurations,
    vpcLatticeConfigurations: configuration.vpcLatticeConfigurations,
  });
}

/** What CodeDeploy would have made. */
function presentTaskSet(
  plane: ControlPlane,
  service: Service,
  deployment: Deployment,
  { running, pending }: TaskCounts,
): Message {
  const { configuration } = deployment.revision;
  return present({
    id: deployment.id,
    taskSetArn: service.arn.replace(':service/', ':task-set/') + `/${deployment.id}`,
    serviceArn: service.arn,
    clusterArn: plane.arns.cluster(service.clusterName),
    startedBy: 'CODE_DEPLOY',
    status: deployment.status,
    taskDefinition: configuration.taskDefinition.arn,
    computedDesiredCount: deployment.desiredCount,
    pendingCount: pending,
    runningCount: running,
    createdAt: wireTime(plane.clock, deployment.createdAt),
    updatedAt: wireTime(plane.clock, deployment.updatedAt),
    launchType: configuration.launchType,
    capacityProviderStrategy: configuration.capacityProviderStrategy,
    networkConfiguration: configuration.networkConfiguration,
    loadBalancers: configuration.loadBalancers,
    scale: { value: 100, unit: 'PERCENT' },
    stabilityStatus: running === deployment.desiredCount ? 'STEADY_STATE' : 'STABILIZING',
  });
}

function isFargate(configuration: RevisionConfiguration): boolean {
  return effectiveLaunchType(configuration.launchType, configuration.capacityProviderStrategy) === 'FARGATE';
}

/** A namespace that was given by name is answered by its ARN. */
function withNamespaceArn(
  plane: ControlPlane,
  connect: RevisionConfiguration['serviceConnectConfiguration'],
): RevisionConfiguration['serviceConnectConfiguration'] {
  if (connect?.namespace === undefined) return connect;
  return { ...connect, namespace: plane.surroundings.namespaceArn?.(connect.namespace) ?? connect.namespace };
}
