import type { JsonObject } from '../definition/definitions';
import type { Json } from '../outputs/outputs';
import { textOf, type Rules } from './differences';

/**
 * What DescribeTaskDefinition answers and RegisterTaskDefinition does not take.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html
 */
export const OUTPUT_ONLY = [
  'taskDefinitionArn',
  'revision',
  'status',
  'requiresAttributes',
  'compatibilities',
  'registeredAt',
  'deregisteredAt',
  'registeredBy',
  'deleteRequestedAt',
] as const;

const text = (name: string) => (element: JsonObject) => textOf(element[name]);

/** A range has no host port of its own. */
const hostPort = (mapping: JsonObject, root: JsonObject): Json | undefined => {
  if (mapping['containerPort'] === undefined) return undefined;
  return root['networkMode'] === 'awsvpc' || root['networkMode'] === 'host' ? mapping['containerPort'] : 0;
};

/**
 * Defaults are those that the API reference names for RegisterTaskDefinition and that ECS fills into its answer.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export const taskDefinitionRules: Rules = {
  onlyNamed: false,
  ignored: new Set([...OUTPUT_ONLY, 'tags']),
  unordered: new Set([
    'requiresCompatibilities',
    'placementConstraints',
    'devices',
    'tmpfs',
    'mountOptions',
    'permissions',
    'add',
    'drop',
    'links',
    'ignoredExitCodes',
  ]),
  identities: {
    containerDefinitions: text('name'),
    environment: text('name'),
    secrets: text('name'),
    secretOptions: text('name'),
    portMappings: (mapping) => {
      const port = mapping['containerPort'] ?? mapping['containerPortRange'];
      return `${textOf(port)}/${textOf(mapping['protocol'] ?? 'tcp')}`;
    },
    mountPoints: text('containerPath'),
    volumesFrom: text('sourceContainer'),
    volumes: text('name'),
    ulimits: text('name'),
    dependsOn: text('containerName'),
    systemControls: text('namespace'),
    extraHosts: text('hostname'),
    resourceRequirements: text('type'),
    inferenceAccelerators: text('deviceName'),
    properties: text('name'),
    devices: text('hostPath'),
    tmpfs: text('containerPath'),
  },
  defaults: {
    networkMode: 'bridge',
    enableFaultInjection: false,
    'runtimePlatform.operatingSystemFamily': 'LINUX',
    'runtimePlatform.cpuArchitecture': 'X86_64',
    'containerDefinitions.*.essential': true,
    'containerDefinitions.*.cpu': 0,
    'containerDefinitions.*.interactive': false,
    'containerDefinitions.*.pseudoTerminal': false,
    'containerDefinitions.*.privileged': false,
    'containerDefinitions.*.readonlyRootFilesystem': false,
    'containerDefinitions.*.disableNetworking': false,
    'containerDefinitions.*.versionConsistency': 'enabled',
    'containerDefinitions.*.portMappings.*.protocol': 'tcp',
    'containerDefinitions.*.portMappings.*.hostPort': hostPort,
    'containerDefinitions.*.mountPoints.*.readOnly': false,
    'containerDefinitions.*.volumesFrom.*.readOnly': false,
    'containerDefinitions.*.linuxParameters.initProcessEnabled': false,
    'containerDefinitions.*.linuxParameters.devices.*.permissions': () => ['read', 'write', 'mknod'],
    'containerDefinitions.*.linuxParameters.devices.*.containerPath': (device) => device['hostPath'],
    'containerDefinitions.*.restartPolicy.restartAttemptPeriod': (policy) =>
      policy['enabled'] === true ? 300 : undefined,
    'containerDefinitions.*.restartPolicy.enabled': false,
    'proxyConfiguration.type': (proxy) => (proxy['containerName'] === undefined ? undefined : 'APPMESH'),
    'containerDefinitions.*.healthCheck.interval': (check) =>
      check['command'] === undefined ? undefined : 30,
    'containerDefinitions.*.healthCheck.timeout': (check) => (check['command'] === undefined ? undefined : 5),
    'containerDefinitions.*.healthCheck.retries': (check) => (check['command'] === undefined ? undefined : 3),
    'containerDefinitions.*.healthCheck.startPeriod': (check) =>
      check['command'] === undefined ? undefined : 0,
    'volumes.*.configuredAtLaunch': false,
    'volumes.*.dockerVolumeConfiguration.scope': 'task',
    'volumes.*.dockerVolumeConfiguration.autoprovision': false,
    'volumes.*.dockerVolumeConfiguration.driver': 'local',
    'volumes.*.s3filesVolumeConfiguration.rootDirectory': '/',
    'volumes.*.efsVolumeConfiguration.rootDirectory': '/',
    'volumes.*.efsVolumeConfiguration.transitEncryption': 'DISABLED',
    'volumes.*.efsVolumeConfiguration.authorizationConfig.iam': 'DISABLED',
  },
  canonical: (path, value) => {
    if (path === 'cpu') return inUnits(value, /vcpu$/i);
    if (path === 'memory') return inUnits(value, /gb$/i);
    return value;
  },
  same: (path, before, after) => ROLES.has(path) && (isNamed(before, after) || isNamed(after, before)),
};

/** ECS takes a role's name, and answers its ARN. */
const ROLES = new Set(['taskRoleArn', 'executionRoleArn']);

function isNamed(arn: Json, name: Json): boolean {
  const written = textOf(name);
  return (
    !written.startsWith('arn:') &&
    /^arn:[\w-]+:iam::/.test(textOf(arn)) &&
    textOf(arn).endsWith(`/${written}`)
  );
}

/** `0.5 vCPU` is 512 units and `1 GB` is 1024 MiB: ECS stores the whole number, as text. */
function inUnits(value: Json, unit: RegExp): Json {
  const written = textOf(value).trim();
  if (!unit.test(written)) return written;
  const amount = Number(written.replace(unit, '').trim());
  return Number.isFinite(amount) ? String(Math.round(amount * 1024)) : written;
}
