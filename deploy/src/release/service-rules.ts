import type { JsonObject } from '../definition/definitions';
import { textOf, type Rules } from './differences';

/**
 * Members of CreateService that UpdateService does not take, or takes only from another controller: they stay as they
 * were made. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
const CREATE_ONLY = ['launchType', 'schedulingStrategy', 'role', 'deploymentController'] as const;

/**
 * What a service loses when its definition names it no more, and what UpdateService wants to hear then.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export const REMOVABLE = {
  loadBalancers: [],
  serviceRegistries: [],
  volumeConfigurations: [],
  vpcLatticeConfigurations: [],
  serviceConnectConfiguration: { enabled: false },
} as const satisfies JsonObject;

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

/**
 * What the definition names, against what DescribeServices answers; what it does not name is left alone. Defaults are
 * those of the API reference: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 */
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
    'metricConfigurations',
    'metricNames',
    'loadBalancers',
    'tagSpecifications',
    'awsPcaAuthorityArns',
  ]),
  identities: {
    loadBalancers: (balancer) => textOf(balancer['targetGroupArn'] ?? balancer['loadBalancerName']),
    serviceRegistries: text('registryArn'),
    capacityProviderStrategy: text('capacityProvider'),
    volumeConfigurations: text('name'),
    vpcLatticeConfigurations: text('portName'),
    gatewayConnectors: text('portName'),
    lifecycleHooks: hookIdentity,
    services: text('portName'),
    clientAliases: text('port'),
    secretOptions: text('name'),
    tagSpecifications: text('resourceType'),
    tags: text('key'),
  },
  defaults: {
    platformVersion: (service) => (service['launchType'] === 'FARGATE' ? 'LATEST' : undefined),
    healthCheckGracePeriodSeconds: 0,
    propagateTags: 'NONE',
    enableECSManagedTags: false,
    enableExecuteCommand: false,
    availabilityZoneRebalancing: 'DISABLED',
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
    'deploymentConfiguration.linearConfiguration.stepPercent': 10,
    'deploymentConfiguration.linearConfiguration.stepBakeTimeInMinutes': 6,
    'deploymentConfiguration.canaryConfiguration.canaryPercent': 5,
    'deploymentConfiguration.canaryConfiguration.canaryBakeTimeInMinutes': 10,
    'deploymentConfiguration.earlySuccessCriteria.enable': false,
    'deploymentConfiguration.earlySuccessCriteria.healthyPercent': 100,
    'deploymentConfiguration.earlySuccessCriteria.sourceServiceRevisionCleanup': 'BLOCKING',
    'deploymentConfiguration.lifecycleHooks.*.targetType': 'AWS_LAMBDA',
    'deploymentConfiguration.lifecycleHooks.*.timeoutConfiguration.timeoutInMinutes': 1440,
    'deploymentConfiguration.lifecycleHooks.*.timeoutConfiguration.action': 'ROLLBACK',
    'serviceConnectConfiguration.enabled': false,
    'serviceConnectConfiguration.services.*.discoveryName': (service) => service['portName'],
    'serviceConnectConfiguration.accessLogConfiguration.includeQueryParameters': 'DISABLED',
    'volumeConfigurations.*.managedEBSVolume.filesystemType': 'xfs',
    'volumeConfigurations.*.managedEBSVolume.tagSpecifications.*.propagateTags': 'NONE',
    'monitoring.metricConfigurations': [
      { metricNames: ['CPUUtilization', 'MemoryUtilization'], resolutionSeconds: 60 },
    ],
  },
};

/** CodeDeploy moves the service from one target group to the other: which of them it is now, says nothing. */
export const codeDeployRules: Rules = {
  ...serviceRules,
  ignored: new Set([...serviceRules.ignored, 'loadBalancers.*.targetGroupArn']),
  identities: {
    ...serviceRules.identities,
    loadBalancers: (balancer) => `${textOf(balancer['containerName'])}:${textOf(balancer['containerPort'])}`,
  },
};

/** `AWS_LAMBDA arn:... PRE_SCALE_UP`: one target may hang on several stages, in one hook or in several. */
function hookIdentity(hook: JsonObject): string {
  const stages = ((hook['lifecycleStages'] ?? []) as string[]).toSorted().join('+');
  return [textOf(hook['targetType'] ?? 'AWS_LAMBDA'), textOf(hook['hookTargetArn']), stages]
    .filter(Boolean)
    .join(' ');
}
