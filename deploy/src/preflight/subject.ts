import type { Definition, Definitions, JsonObject, Position } from '../definition/definitions';
import { lookUpOutput } from '../outputs/lookup';
import type { Json } from '../outputs/outputs';
import type { Target } from '../target';
import { object, objects, text, texts } from './values';

export interface Container {
  index: number;
  /** Its name, or `#1` where it has none. */
  name: string;
  value: JsonObject;
  /** Only `"essential": false` makes it not. */
  essential: boolean;
  /** Place of a member, or of the container. */
  at: (...path: (string | number)[]) => Position;
}

/** What is checked: the rendered definitions, read tolerantly, with the places of what is in them. */
export interface Subject extends Destination {
  task: JsonObject;
  taskAt: (...path: (string | number)[]) => Position;
  containers: readonly Container[];
  /** As it will be: the definition over what the service has now. Undefined where there is neither. */
  service: JsonObject | undefined;
  /** Undefined where the config names no service definition. */
  serviceAt: (...path: (string | number)[]) => Position | undefined;
  /** What starts the tasks, as far as the definitions say. */
  launch: 'FARGATE' | 'EC2' | 'EXTERNAL' | undefined;
  /** Of the task definition; ECS's own default is bridge, on Linux. */
  networkMode: string;
}

/** Where a release goes; a check of the definitions alone needs none of it. */
export interface Destination {
  cluster: string;
  serviceName: string;
  /** An output of the contract, as text; undefined where there is none. */
  output: (name: string) => string | undefined;
  /** The service as ECS describes it; undefined where it does not exist, or nobody could look. */
  live: JsonObject | undefined;
}

/** @param shown whether places have the path as it is shown, rather than the whole one. */
export function subjectOf(
  { taskDefinition, service }: Definitions,
  destination: Destination = { cluster: '', serviceName: '', output: () => undefined, live: undefined },
  shown = false,
): Subject {
  const task = taskDefinition.value;
  const wanted = serviceOf(service?.value, destination.live);
  return {
    ...destination,
    task,
    taskAt: placeIn(taskDefinition, shown),
    containers: objects(task['containerDefinitions']).map(({ value, index }) => ({
      index,
      name: text(value['name']) ?? `#${index + 1}`,
      value,
      essential: value['essential'] !== false,
      at: (...path) => placeIn(taskDefinition, shown)('containerDefinitions', index, ...path),
    })),
    service: wanted,
    serviceAt: service === undefined ? () => undefined : placeIn(service, shown),
    launch: launchOf(task, wanted),
    networkMode: text(task['networkMode']) ?? 'bridge',
  };
}

/** What a service keeps where a definition does not mention it. */
const kept = [
  'launchType',
  'capacityProviderStrategy',
  'networkConfiguration',
  'loadBalancers',
  'desiredCount',
  'schedulingStrategy',
  'enableExecuteCommand',
  'availabilityZoneRebalancing',
  'placementConstraints',
  'placementStrategy',
  'deploymentController',
];

function serviceOf(definition: JsonObject | undefined, live: JsonObject | undefined): JsonObject | undefined {
  if (live === undefined) return definition;
  const members = kept.filter((member) => live[member] !== undefined);
  const before = Object.fromEntries(members.map((member) => [member, live[member] as Json]));
  // One replaces the other.
  if (definition?.['capacityProviderStrategy'] !== undefined) delete before['launchType'];
  if (definition?.['launchType'] !== undefined) delete before['capacityProviderStrategy'];
  const deployment = {
    ...object(live['deploymentConfiguration']),
    ...object(definition?.['deploymentConfiguration']),
  };
  return { ...before, ...definition, deploymentConfiguration: deployment };
}

export function destinationOf(
  { cluster, service, outputs }: Target,
  live: JsonObject | undefined,
): Destination {
  return {
    live,
    cluster,
    serviceName: service,
    output: (name) => text(lookUpOutput(outputs, service, name)),
  };
}

/** With the file's whole path, unless asked otherwise: reporters show it from where they stand. */
function placeIn(definition: Definition, shown: boolean): (...path: (string | number)[]) => Position {
  return (...path) => ({ ...definition.positionOf(path), ...(shown ? {} : { file: definition.file }) });
}

function launchOf(task: JsonObject, service: JsonObject | undefined): Subject['launch'] {
  const launchType = text(service?.['launchType']);
  if (launchType === 'FARGATE' || launchType === 'EC2' || launchType === 'EXTERNAL') return launchType;
  const providers = strategyProviders(service);
  if (providers.length > 0) return providers.every(isFargateProvider) ? 'FARGATE' : 'EC2';
  const compatible = texts(task['requiresCompatibilities']);
  if (compatible.includes('FARGATE')) return 'FARGATE';
  return compatible.includes('EC2') ? 'EC2' : compatible.includes('EXTERNAL') ? 'EXTERNAL' : undefined;
}

export function strategyProviders(service: JsonObject | undefined): string[] {
  return objects(service?.['capacityProviderStrategy']).flatMap(
    ({ value }) => text(value['capacityProvider']) ?? [],
  );
}

export function isFargateProvider(name: string): boolean {
  return name === 'FARGATE' || name === 'FARGATE_SPOT';
}

/** The service's load balancers with their places. */
export function loadBalancersOf({ service, serviceAt }: Subject) {
  return objects(service?.['loadBalancers']).map(({ value, index }) => ({
    targetGroupArn: text(value['targetGroupArn']),
    containerName: text(value['containerName']),
    containerPort: typeof value['containerPort'] === 'number' ? value['containerPort'] : undefined,
    advanced: object(value['advancedConfiguration']),
    at: (...path: (string | number)[]) => serviceAt('loadBalancers', index, ...path),
  }));
}

/** Subnets and security groups of the tasks, as the service definition lists them. */
export function networkOf({ service }: Subject) {
  const configuration = object(object(service?.['networkConfiguration'])?.['awsvpcConfiguration']);
  return {
    given: configuration !== undefined,
    subnets: texts(configuration?.['subnets']),
    securityGroups: texts(configuration?.['securityGroups']),
    assignPublicIp: configuration?.['assignPublicIp'] === 'ENABLED',
  };
}

/** Ports that a container listens on, ranges as `[from, to]`. */
export function portsOf({ value }: Container): [from: number, to: number][] {
  return objects(value['portMappings']).flatMap(({ value: mapping }): [number, number][] => {
    const port = mapping['containerPort'];
    if (typeof port === 'number') return [[port, port]];
    const [, from, to] = /^(\d+)-(\d+)$/.exec(text(mapping['containerPortRange']) ?? '') ?? [];
    return from === undefined ? [] : [[Number(from), Number(to)]];
  });
}
