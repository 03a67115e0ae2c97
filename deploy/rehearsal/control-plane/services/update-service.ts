import { isDeepStrictEqual } from 'node:util';
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { usableTaskDefinition } from '../task-definitions/register';
import { rebalancingRefused } from './create-service';
import { mergeDeploymentConfiguration } from './deployment-configuration';
import { beginDeployment } from './deployments';
import { findActiveService } from './find-service';
import type { RevisionConfiguration, Service } from './service';
import { validateDeploymentConfiguration, validateRevision } from './validate-service';

const { invalidParameter } = errors;

/**
 * Changes a service. A deployment starts only where something changes that a revision fixes, or where it is forced.
 * Source: the parameters of UpdateService, ECS API reference.
 */
export function updateService(plane: ControlPlane, request: UpdateServiceRequest): Service {
  const service = findActiveService(plane, request.cluster, request.service ?? '');
  const configuration = nextRevision(plane, service, request);
  if (request.desiredCount !== undefined) {
    if (request.desiredCount < 0) throw invalidParameter('Task count can not be lesser than 0');
    if (service.schedulingStrategy === 'DAEMON') {
      throw invalidParameter(
        'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
      );
    }
  }
  const deploymentConfiguration = mergeDeploymentConfiguration(
    service.deploymentConfiguration,
    request.deploymentConfiguration,
  );
  validateDeploymentConfiguration(deploymentConfiguration, service.schedulingStrategy);
  const rebalancing = request.availabilityZoneRebalancing ?? service.availabilityZoneRebalancing;
  if (rebalancing === 'ENABLED' && (deploymentConfiguration.maximumPercent ?? 200) <= 100) {
    throw rebalancingRefused('updated');
  }
  const changed = request.forceNewDeployment === true || !sameRevision(service.configuration, configuration);
  if (changed) validateRevision(plane, plane.clusterOf(service), configuration);

  service.desiredCount = request.desiredCount ?? service.desiredCount;
  service.deploymentConfiguration = deploymentConfiguration;
  service.availabilityZoneRebalancing = rebalancing;
  service.healthCheckGracePeriodSeconds =
    request.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriodSeconds;
  service.placementConstraints = request.placementConstraints ?? service.placementConstraints;
  service.placementStrategy = request.placementStrategy ?? service.placementStrategy;
  service.enableECSManagedTags = request.enableECSManagedTags ?? service.enableECSManagedTags;
  service.enableExecuteCommand = request.enableExecuteCommand ?? service.enableExecuteCommand;
  service.propagateTags = request.propagateTags ?? service.propagateTags;
  if (changed) {
    beginDeployment(plane, service, configuration);
    plane.watchTargets(service);
  } else {
    const { launchType, capacityProviderStrategy } = configuration;
    Object.assign(service.configuration, { launchType, capacityProviderStrategy });
    for (const deployment of service.deployments.slice(0, 1))
      deployment.launchBackOff = { rounds: 0, until: 0 };
  }
  plane.serviceLoop.touch(service);
  return service;
}

function nextRevision(
  plane: ControlPlane,
  service: Service,
  request: UpdateServiceRequest,
): RevisionConfiguration {
  const before = service.configuration;
  return {
    taskDefinition:
      request.taskDefinition === undefined
        ? before.taskDefinition
        : taskDefinitionFor(plane, before, request.taskDefinition),
    launchType: request.capacityProviderStrategy?.length ? undefined : before.launchType,
    capacityProviderStrategy: request.capacityProviderStrategy ?? before.capacityProviderStrategy,
    platformVersion: request.platformVersion ?? before.platformVersion,
    networkConfiguration: request.networkConfiguration ?? before.networkConfiguration,
    loadBalancers: request.loadBalancers ?? before.loadBalancers,
    serviceRegistries: request.serviceRegistries ?? before.serviceRegistries,
    serviceConnectConfiguration: request.serviceConnectConfiguration ?? before.serviceConnectConfiguration,
    volumeConfigurations: request.volumeConfigurations ?? before.volumeConfigurations,
    vpcLatticeConfigurations: request.vpcLatticeConfigurations ?? before.vpcLatticeConfigurations,
  };
}

/** A running service may keep a definition that has been deregistered since. */
function taskDefinitionFor(plane: ControlPlane, before: RevisionConfiguration, reference: string) {
  const current = before.taskDefinition;
  if (reference === current.arn || reference === `${current.family}:${current.revision}`) return current;
  return usableTaskDefinition(plane, reference);
}

/** Whether nothing differs that starts a deployment. A capacity provider strategy alone does not. */
function sameRevision(a: RevisionConfiguration, b: RevisionConfiguration): boolean {
  return (
    a.taskDefinition === b.taskDefinition &&
    a.platformVersion === b.platformVersion &&
    isDeepStrictEqual(a.networkConfiguration, b.networkConfiguration) &&
    isDeepStrictEqual(a.loadBalancers, b.loadBalancers) &&
    isDeepStrictEqual(a.serviceRegistries, b.serviceRegistries) &&
    isDeepStrictEqual(a.serviceConnectConfiguration, b.serviceConnectConfiguration) &&
    isDeepStrictEqual(a.volumeConfigurations, b.volumeConfigurations) &&
    isDeepStrictEqual(a.vpcLatticeConfigurations, b.vpcLatticeConfigurations)
  );
}
