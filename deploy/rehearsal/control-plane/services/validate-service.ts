import type {
  CapacityProviderStrategyItem,
  DeploymentConfiguration,
  LoadBalancer,
} from '@aws-sdk/client-ecs';
import type { Cluster } from '../cluster';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { validateCapacityStrategy } from '../instances/capacity-strategy';
import type { RevisionConfiguration } from './service';
import { validateLoadBalancers } from './validate-load-balancers';

const { invalidParameter } = errors;
const fargateProviders = ['FARGATE', 'FARGATE_SPOT'];

/** @throws InvalidParameterException with AWS's text. */
export function validateDeploymentConfiguration(
  configuration: DeploymentConfiguration,
  schedulingStrategy: 'REPLICA' | 'DAEMON',
): void {
  const { maximumPercent = 200, minimumHealthyPercent = 100 } = configuration;
  if (maximumPercent < 100) throw invalidParameter('maximumPercent must be at least 100');
  if (maximumPercent > 200) throw invalidParameter('maximumPercent must be at most 200');
  if (minimumHealthyPercent > 100) throw invalidParameter('minimumHealthyPercent must be at most 100');
  if (minimumHealthyPercent < 0) throw invalidParameter('minimumHealthyPercent must be at least 0');
  if (schedulingStrategy === 'DAEMON' && maximumPercent !== 100) {
    throw invalidParameter('The daemon scheduling strategy requires maximumPercent to be 100');
  }
}

/** What a revision refers to must be there and fit together. @throws InvalidParameterException with AWS's text. */
export function validateRevision(
  plane: ControlPlane,
  cluster: Cluster,
  configuration: RevisionConfiguration,
  strategy: string,
): void {
  const { taskDefinition, networkConfiguration } = configuration;
  const { networkMode } = taskDefinition.body;
  const vpc = networkConfiguration?.awsvpcConfiguration;
  if (networkMode === 'awsvpc' && vpc === undefined) {
    throw invalidParameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  if (networkMode !== 'awsvpc' && vpc !== undefined) {
    throw invalidParameter(
      'Network Configuration is not valid for the given networkMode of this task definition.',
    );
  }
  validateLaunch(plane, cluster, configuration);
  const missing = (vpc?.subnets ?? []).filter((subnet) => !plane.surroundings.subnetExists(subnet));
  if (missing.length > 0) {
    throw invalidParameter(
      `Error retrieving subnet information for [${missing.join(', ')}]: The subnet ID '${missing[0]}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
    );
  }
  validateLoadBalancers(plane, configuration.loadBalancers, strategy);
  for (const loadBalancer of configuration.loadBalancers)
    validateLoadBalancer(plane, configuration, loadBalancer);
}

function validateLaunch(plane: ControlPlane, cluster: Cluster, configuration: RevisionConfiguration): void {
  const { launchType, capacityProviderStrategy, taskDefinition } = configuration;
  if (launchType !== undefined && capacityProviderStrategy !== undefined) {
    throw invalidParameter(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  validateCapacityStrategy(plane, cluster.capacityProviders, capacityProviderStrategy);
  const effective = effectiveLaunchType(launchType, capacityProviderStrategy);
  if (!taskDefinition.compatibilities.includes(effective)) {
    throw invalidParameter(`Task definition does not support launch_type ${effective}.`);
  }
  if (effective === 'EXTERNAL' && configuration.loadBalancers.length > 0) {
    throw invalidParameter('The EXTERNAL launch type does not support load balancers.');
  }
}

/** What runs the tasks, whether it was named or follows from capacity providers. */
export function effectiveLaunchType(
  launchType: RevisionConfiguration['launchType'],
  strategy: readonly CapacityProviderStrategyItem[] | undefined,
): 'FARGATE' | 'EC2' | 'EXTERNAL' {
  if (launchType !== undefined) return launchType;
  return strategy?.some(({ capacityProvider = '' }) => fargateProviders.includes(capacityProvider))
    ? 'FARGATE'
    : 'EC2';
}

function validateLoadBalancer(
  plane: ControlPlane,
  configuration: RevisionConfiguration,
  loadBalancer: LoadBalancer,
): void {
  const { targetGroupArn, containerName, containerPort } = loadBalancer;
  if (targetGroupArn === undefined) return;
  const container = configuration.taskDefinition.body.containerDefinitions?.find(
    ({ name }) => name === containerName,
  );
  if (container === undefined) {
    throw invalidParameter(`The container ${containerName} does not exist in the task definition.`);
  }
  if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
    throw invalidParameter(
      `The container ${containerName} did not have a container port ${containerPort} defined.`,
    );
  }
  const group = plane.surroundings.targetGroup(targetGroupArn);
  if (group === undefined) {
    throw invalidParameter(
      'Unable to assume role and validate the specified targetGroupArn. Please verify that the ECS service role being passed has the proper permissions.',
    );
  }
  if (group.loadBalancerArns.length === 0) {
    throw invalidParameter(
      `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
    );
  }
  const needed = configuration.taskDefinition.body.networkMode === 'awsvpc' ? 'ip' : 'instance';
  if (group.targetType !== needed) {
    throw invalidParameter(
      `The provided target group ${targetGroupArn} has target type ${group.targetType}, which is incompatible with the ${configuration.taskDefinition.body.networkMode ?? 'bridge'} network mode specified in the task definition.`,
    );
  }
}
