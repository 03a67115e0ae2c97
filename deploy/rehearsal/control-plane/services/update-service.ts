import { isDeepStrictEqual } from 'node:util';
import type { UpdateServiceRequest } from '@aws-sdk/client-ecs';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { validateCapacityStrategy } from '../instances/capacity-strategy';
import { validatePlacement } from '../instances/constraints';
import { usableTaskDefinition } from '../task-definitions/register';
import { mergeDeploymentConfiguration } from './deployment-configuration';
import { beginDeployment } from './deployments';
import { findActiveService } from './find-service';
import { rebalancingOnUpdate } from './rebalancing';
import { isDeployedByCodeDeploy, type RevisionConfiguration, type Service } from './service';
import { effectiveLaunchType, validateDeploymentConfiguration, validateRevision } from './validate-service';
import { validateStrategy } from './validate-strategy';

const { invalidParameter } = errors;

/**
 * Changes a service. A deployment starts only where something changes that a revision fixes, or where it is forced.
 * Source: the parameters of UpdateService, ECS API reference.
 */
export function updateService(plane: ControlPlane, request: UpdateServiceRequest): Service {
  const service = findActiveService(plane, request.cluster, request.service ?? '');
  if (
    isDeployedByCodeDeploy(service) &&
    (request.taskDefinition !== undefined || request.forceNewDeployment)
  ) {
    const what = request.taskDefinition === undefined ? 'force a new deployment' : 'update task definition';
    throw invalidParameter(
      `Unable to ${what} on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.`,
    );
  }
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
  validateStrategy(
    deploymentConfiguration,
    request.deploymentConfiguration,
    service.schedulingStrategy,
    plane.settings,
  );
  const {
    placementConstraints = service.placementConstraints,
    placementStrategy = service.placementStrategy,
  } = request;
  const launchType = effectiveLaunchType(configuration.launchType, configuration.capacityProviderStrategy);
  validatePlacement(launchType, placementConstraints, placementStrategy);
  const rebalancing = rebalancingOnUpdate(
    request.availabilityZoneRebalancing,
    service.availabilityZoneRebalancing,
    {
      maximumPercent: deploymentConfiguration.maximumPercent ?? 200,
      schedulingStrategy: service.schedulingStrategy,
      launchType,
      constraints: placementConstraints,
      strategies: placementStrategy,
    },
  );
  const changed = request.forceNewDeployment === true || !sameRevision(service.configuration, configuration);
  const strategy = deploymentConfiguration.strategy ?? 'ROLLING';
  if (request.capacityProviderStrategy !== undefined) {
    const { capacityProviders } = plane.clusterOf(service);
    validateCapacityStrategy(plane, capacityProviders, request.capacityProviderStrategy);
  }
  if (changed || request.deploymentConfiguration?.strategy !== undefined)
    validateRevision(plane, plane.clusterOf(service), configuration, strategy);

  service.desiredCount = request.desiredCount ?? service.desiredCount;
  service.deploymentConfiguration = deploymentConfiguration;
  service.availabilityZoneRebalancing = rebalancing;
  service.healthCheckGracePeriodSeconds =
    request.healthCheckGracePeriodSeconds ?? service.healthCheckGracePeriodSeconds;
  service.placementConstraints = placementConstraints;
  service.placementStrategy = placementStrategy;
  service.enableECSManagedTags = request.enableECSManagedTags ?? service.enableECSManagedTags;
  service.enableExecuteCommand = request.enableExecuteCommand ?? service.enableExecuteCommand;
  service.propagateTags = request.propagateTags ?? service.propagateTags;
  if (changed) {
    beginDeployment(plane, service, configuration);
    plane.watchTargets(service);
  } else {
    const { launchType, capacityProviderStrategy, monitoring, gatewayConnectors } = configuration;
    Object.assign(service.configuration, {
      launchType,
      capacityProviderStrategy,
      monitoring,
      gatewayConnectors,
    });
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
    ...capacityOf(before, request.capacityProviderStrategy),
    platformVersion: request.platformVersion ?? before.platformVersion,
    networkConfiguration: request.networkConfiguration ?? before.networkConfiguration,
    loadBalancers: request.loadBalancers ?? before.loadBalancers,
    serviceRegistries: request.serviceRegistries ?? before.serviceRegistries,
    serviceConnectConfiguration: request.serviceConnectConfiguration ?? before.serviceConnectConfiguration,
    volumeConfigurations: request.volumeConfigurations ?? before.volumeConfigurations,
    vpcLatticeConfigurations: request.vpcLatticeConfigurations ?? before.vpcLatticeConfigurations,
    monitoring: request.monitoring ?? before.monitoring,
    gatewayConnectors: request.gatewayConnectors ?? before.gatewayConnectors,
  };
}

/** An empty strategy leads back to the launch type. Source: UpdateService, ECS API reference. */
function capacityOf(
  before: RevisionConfiguration,
  strategy: UpdateServiceRequest['capacityProviderStrategy'],
): Pick<RevisionConfiguration, 'launchType' | 'capacityProviderStrategy'> {
  const { launchType, capacityProviderStrategy } = before;
  if (strategy === undefined) return { launchType, capacityProviderStrategy };
  if (strategy.length > 0) return { launchType: undefined, capacityProviderStrategy: strategy };
  return {
    launchType: effectiveLaunchType(launchType, capacityProviderStrategy),
    capacityProviderStrategy: undefined,
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
