import type { JsonObject } from '../definition/definitions';
import { textOf, type Rules } from './differences';

/**
 * Members of CreateService that UpdateService does not take: they stay as they were made.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export const CREATE_ONLY = ['launchType', 'schedulingStrategy', 'role'] as const;

/** Set by the tool itself, or compared in another way. */
const OWN = [
  'serviceName',
  'service',
  'cluster',
  'taskDefinition',
  'clientToken',
  'forceNewDeployment',
  'tags',
] as const;

const text = (name: string) => (element: JsonObject) => textOf(element[name]);
const daemon = (root: JsonObject) => root['schedulingStrategy'] === 'DAEMON';

/** What the definition names, against what DescribeServices answers; what it does not name is left alone. */
export const serviceRules: Rules = {
  onlyNamed: true,
  ignored: new Set([...OWN, ...CREATE_ONLY]),
  unordered: new Set([
    'subnets',
    'securityGroups',
    'alarmNames',
    'placementConstraints',
    'lifecycleStages',
    'lifecycleHooks',
  ]),
  identities: {
    loadBalancers: (balancer) => textOf(balancer['targetGroupArn'] ?? balancer['loadBalancerName']),
    serviceRegistries: text('registryArn'),
    capacityProviderStrategy: text('capacityProvider'),
    volumeConfigurations: text('name'),
    vpcLatticeConfigurations: text('portName'),
  },
  defaults: {
    platformVersion: (service) => (service['launchType'] === 'FARGATE' ? 'LATEST' : undefined),
    healthCheckGracePeriodSeconds: 0,
    propagateTags: 'NONE',
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    availabilityZoneRebalancing: 'DISABLED',
    'deploymentController.type': 'ECS',
    'networkConfiguration.awsvpcConfiguration.assignPublicIp': 'DISABLED',
    'capacityProviderStrategy.*.base': 0,
    'capacityProviderStrategy.*.weight': 0,
    'deploymentConfiguration.strategy': 'ROLLING',
    'deploymentConfiguration.bakeTimeInMinutes': 0,
    'deploymentConfiguration.maximumPercent': (_, root) => (daemon(root) ? 100 : 200),
    'deploymentConfiguration.minimumHealthyPercent': (_, root) => (daemon(root) ? 0 : 100),
    'deploymentConfiguration.deploymentCircuitBreaker.enable': false,
    'deploymentConfiguration.deploymentCircuitBreaker.rollback': false,
    'deploymentConfiguration.deploymentCircuitBreaker.resetOnHealthyTask': true,
    'deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration.type': 'BOUNDED_PERCENT',
    'deploymentConfiguration.deploymentCircuitBreaker.thresholdConfiguration.value': 50,
    'deploymentConfiguration.alarms.enable': false,
    'deploymentConfiguration.alarms.rollback': false,
    'serviceConnectConfiguration.enabled': false,
  },
};
