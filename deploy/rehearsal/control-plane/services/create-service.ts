import { isDeepStrictEqual } from 'node:util';
import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { Cluster } from '../cluster';
import { findCluster } from '../clusters';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { validatePlacement } from '../instances/constraints';
import { usableTaskDefinition } from '../task-definitions/register';
import { defaultDeploymentConfiguration, mergeDeploymentConfiguration } from './deployment-configuration';
import { beginDeployment } from './deployments';
import { rebalancingOnCreate } from './rebalancing';
import { noObservations, type RevisionConfiguration, type Service } from './service';
import { effectiveLaunchType, validateDeploymentConfiguration, validateRevision } from './validate-service';
import { validateStrategy } from './validate-strategy';

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
      if (request.clientToken !== undefined && isDeepStrictEqual(existing.createdWith, request))
        return existing;
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
  if (controller !== 'ECS' && controller !== 'CODE_DEPLOY') {
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
  const strategy = deploymentConfiguration.strategy ?? 'ROLLING';
  validateDeploymentConfiguration(deploymentConfiguration, schedulingStrategy);
  validateStrategy(
    deploymentConfiguration,
    request.deploymentConfiguration,
    schedulingStrategy,
    plane.settings,
  );
  validateRevision(plane, cluster, configuration, strategy);
  const { placementConstraints = [], placementStrategy = [] } = request;
  const launchType = effectiveLaunchType(configuration.launchType, configuration.capacityProviderStrategy);
  validatePlacement(launchType, placementConstraints, placementStrategy);
  const rebalancing = rebalancingOnCreate(request.availabilityZoneRebalancing, {
    maximumPercent: deploymentConfiguration.maximumPercent ?? 200,
    schedulingStrategy,
    launchType,
    constraints: placementConstraints,
    strategies: placementStrategy,
  });
  return {
    name,
    arn: plane.arns.service(cluster.name, name),
    clusterName: cluster.name,
    status: 'ACTIVE',
    createdWith: request,
    configuration,
    desiredCount: request.desiredCount ?? 0,
    deploymentConfiguration,
    schedulingStrategy,
    healthCheckGracePeriodSeconds: request.healthCheckGracePeriodSeconds ?? 0,
    availabilityZoneRebalancing: rebalancing,
    placementConstraints,
    placementStrategy,
    enableECSManagedTags: request.enableECSManagedTags ?? false,
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    propagateTags: request.propagateTags ?? 'NONE',
    tags: request.tags ?? [],
    createdAt: plane.clock.now(),
    createdBy: `arn:aws:iam::${plane.accountId}:root`,
    deployments: [],
    lastCompleted: undefined,
    serviceDeployments: [],
    traffic: { production: {}, test: {} },
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
    nonEmpty(request.capacityProviderStrategy) ??
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
    monitoring: request.monitoring,
    gatewayConnectors: request.gatewayConnectors,
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
  if (request.placementStrategy?.length) {
    throw invalidParameter(
      'The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and try again',
    );
  }
}

function nonEmpty<T>(list: T[] | undefined): T[] | undefined {
  return list?.length ? list : undefined;
}
