import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { Cluster } from '../cluster';
import { findCluster } from '../clusters';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { usableTaskDefinition } from '../task-definitions/register';
import { defaultDeploymentConfiguration, mergeDeploymentConfiguration } from './deployment-configuration';
import { beginDeployment } from './deployments';
import { noObservations, type RevisionConfiguration, type Service } from './service';
import { effectiveLaunchType, validateDeploymentConfiguration, validateRevision } from './validate-service';

const { invalidParameter } = errors;

/** Makes a service and starts its first deployment. Checks in AWS's order: cluster, name, task definition, the rest. */
export function createService(plane: ControlPlane, request: CreateServiceRequest): Service {
  const cluster = findCluster(plane, request.cluster);
  const name = request.serviceName ?? '';
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name)) {
    throw invalidParameter(name === '' ? 'Service name can not be blank.' : `Invalid service name: ${name}`);
  }
  if ((request.clientToken ?? '').length > 36) throw invalidParameter('idempotency token longer than 36.');
  const existing = cluster.services.get(name);
  if (existing !== undefined) {
    if (existing.status === 'DRAINING')
      throw invalidParameter('Unable to Start a service that is still Draining.');
    if (existing.status === 'ACTIVE') {
      if (request.clientToken !== undefined && existing.clientToken === request.clientToken) return existing;
      throw invalidParameter('Creation of service was not idempotent.');
    }
  }
  const service = buildService(plane, cluster, name, request);
  cluster.services.set(name, service);
  beginDeployment(plane, service, service.configuration);
  plane.watchTargets(service);
  plane.serviceLoop.touch(service);
  return service;
}

function buildService(
  plane: ControlPlane,
  cluster: Cluster,
  name: string,
  request: CreateServiceRequest,
): Service {
  const controller = request.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') {
    throw invalidParameter(
      `The deployment controller ${controller} is not available in this rehearsal. Use ECS.`,
    );
  }
  const schedulingStrategy = request.schedulingStrategy ?? 'REPLICA';
  if (schedulingStrategy !== 'REPLICA' && schedulingStrategy !== 'DAEMON') {
    throw invalidParameter('Scheduling strategy should be one of [REPLICA,DAEMON]');
  }
  const configuration = firstRevision(plane, cluster, request);
  validateCounts(request, schedulingStrategy, configuration);
  const deploymentConfiguration = mergeDeploymentConfiguration(
    defaultDeploymentConfiguration(schedulingStrategy),
    request.deploymentConfiguration,
  );
  validateDeploymentConfiguration(deploymentConfiguration, schedulingStrategy);
  validateRevision(plane, cluster, configuration);
  const rebalancing = chooseRebalancing(
    request,
    deploymentConfiguration.maximumPercent ?? 200,
    schedulingStrategy,
  );
  return {
    name,
    arn: plane.arns.service(cluster.name, name),
    clusterName: cluster.name,
    status: 'ACTIVE',
    clientToken: request.clientToken,
    configuration,
    desiredCount: request.desiredCount ?? 0,
    deploymentConfiguration,
    schedulingStrategy,
    healthCheckGracePeriodSeconds: request.healthCheckGracePeriodSeconds ?? 0,
    availabilityZoneRebalancing: rebalancing,
    placementConstraints: request.placementConstraints ?? [],
    placementStrategy: request.placementStrategy ?? [],
    enableECSManagedTags: request.enableECSManagedTags ?? false,
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    propagateTags: request.propagateTags ?? 'NONE',
    tags: request.tags ?? [],
    createdAt: plane.clock.now(),
    createdBy: `arn:aws:iam::${plane.accountId}:root`,
    deployments: [],
    lastCompleted: undefined,
    serviceDeployments: [],
    revisions: new Map(),
    events: [],
    tasks: new Set(),
    observations: noObservations(),
    steadySince: undefined,
    repeated: new Map(),
    lastStep: plane.clock.now(),
    nextStep: undefined,
  };
}

function firstRevision(
  plane: ControlPlane,
  cluster: Cluster,
  request: CreateServiceRequest,
): RevisionConfiguration {
  if (request.taskDefinition === undefined) throw invalidParameter('TaskDefinition can not be blank.');
  const taskDefinition = usableTaskDefinition(plane, request.taskDefinition);
  const defaults = cluster.defaultCapacityProviderStrategy;
  const strategy =
    request.capacityProviderStrategy ??
    (request.launchType === undefined && defaults.length > 0 ? defaults : undefined);
  const launchType = request.launchType ?? (strategy === undefined ? 'EC2' : undefined);
  if (launchType === 'MANAGED_INSTANCES')
    throw invalidParameter('Launch type MANAGED_INSTANCES is not available here.');
  const fargate = effectiveLaunchType(launchType, strategy) === 'FARGATE';
  return {
    taskDefinition,
    launchType,
    capacityProviderStrategy: strategy,
    platformVersion: fargate ? (request.platformVersion ?? 'LATEST') : undefined,
    networkConfiguration: request.networkConfiguration,
    loadBalancers: request.loadBalancers ?? [],
    serviceRegistries: request.serviceRegistries ?? [],
    serviceConnectConfiguration: request.serviceConnectConfiguration,
    volumeConfigurations: request.volumeConfigurations,
    vpcLatticeConfigurations: request.vpcLatticeConfigurations,
  };
}

function validateCounts(
  request: CreateServiceRequest,
  schedulingStrategy: 'REPLICA' | 'DAEMON',
  configuration: RevisionConfiguration,
): void {
  if (schedulingStrategy === 'REPLICA') {
    if (request.desiredCount === undefined) throw invalidParameter('DesiredCount is missing');
    if (request.desiredCount < 0) throw invalidParameter('DesiredCount can not be lesser than 0');
    return;
  }
  // The network error comes first, as recorded.
  if (
    configuration.taskDefinition.body.networkMode === 'awsvpc' &&
    configuration.networkConfiguration === undefined
  ) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (request.desiredCount !== undefined) {
    throw invalidParameter(
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
    );
  }
  if (effectiveLaunchType(configuration.launchType, configuration.capacityProviderStrategy) === 'FARGATE') {
    throw invalidParameter(
      'The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again',
    );
  }
}

/** ENABLED unless it cannot be: with a maximum of 100 % or less it is off, and asking for it is an error. */
function chooseRebalancing(
  request: CreateServiceRequest,
  maximumPercent: number,
  schedulingStrategy: 'REPLICA' | 'DAEMON',
): 'ENABLED' | 'DISABLED' {
  const possible = maximumPercent > 100 && schedulingStrategy === 'REPLICA';
  if (request.availabilityZoneRebalancing === 'ENABLED' && !possible) throw rebalancingRefused('created');
  return possible ? (request.availabilityZoneRebalancing ?? 'ENABLED') : 'DISABLED';
}

export function rebalancingRefused(verb: 'created' | 'updated'): Error {
  return invalidParameter(
    `The service couldn't be ${verb} because Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration. Update deployment configuration and try again.`,
  );
}
