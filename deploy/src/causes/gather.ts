import type {
  AwsVpcConfiguration,
  Deployment,
  Service,
  ServiceDeployment,
  Task,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ClientOptions } from '../aws/clients';
import type { Evidence } from './cause';
import type { AlarmFacts, ContainerFacts, Facts, TargetGroupFacts } from './facts';
import { unreachedService } from './known/network';
import { exitsOf, type Exits } from './network';

export interface GatherInput {
  place: ClientOptions;
  service: Service | undefined;
  /** The deployment itself, as DescribeServices showed it last. */
  deployment: Deployment | undefined;
  serviceDeployment: ServiceDeployment | undefined;
  taskDefinition: TaskDefinition | undefined;
  stoppedTasks: readonly Task[];
  targetGroups: readonly TargetGroup[];
}

/** Looks up what the evidence asks for, and nothing else. What cannot be read is left out. */
export async function gatherFacts(input: GatherInput, evidence: Evidence): Promise<Facts> {
  const { service, serviceDeployment, taskDefinition, targetGroups } = input;
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service?.deploymentConfiguration ?? {};
  const [exits, alarms, hookLog] = await Promise.all([
    unreachedService(evidence) === undefined ? [] : quietly(() => readExits(input)),
    isAboutAlarms(input, evidence) ? quietly(() => readAlarms(input)) : [],
    quietly(() => readHookLog(input, evidence)),
  ]);
  const { containerName, containerPort } = service?.loadBalancers?.[0] ?? {};
  return {
    containers: (taskDefinition?.containerDefinitions ?? []).map((definition): ContainerFacts => {
      const { options = {}, logDriver } = definition.logConfiguration ?? {};
      return {
        name: definition.name ?? '',
        image: definition.image ?? '',
        essential: definition.essential !== false,
        ports: (definition.portMappings ?? []).flatMap(({ containerPort: port }) => port ?? []),
        memory: definition.memory,
        healthCheck: definition.healthCheck?.command,
        startPeriodSeconds: definition.healthCheck?.startPeriod,
        logDriver,
        logGroup: options['awslogs-group'],
      };
    }),
    cpuArchitecture: taskDefinition?.runtimePlatform?.cpuArchitecture ?? 'X86_64',
    balanced:
      containerName === undefined || containerPort === undefined
        ? undefined
        : { container: containerName, port: containerPort },
    graceSeconds: service?.healthCheckGracePeriodSeconds ?? 0,
    minimumHealthyPercent,
    maximumPercent,
    desiredCount: service?.desiredCount ?? 0,
    targetGroups: targetGroups.map(targetGroupFacts),
    exits,
    securityGroups: interfaceOf(input).securityGroups ?? [],
    alarms,
    deployment: serviceDeployment,
    hookLog,
  };
}

function targetGroupFacts(group: TargetGroup): TargetGroupFacts {
  return {
    name: group.TargetGroupName ?? '',
    path: group.HealthCheckPath ?? '/',
    port: group.HealthCheckPort ?? 'traffic-port',
    matcher: group.Matcher?.HttpCode ?? '200',
    protocol: group.HealthCheckProtocol ?? 'HTTP',
    intervalSeconds: group.HealthCheckIntervalSeconds ?? 30,
    unhealthyThreshold: group.UnhealthyThresholdCount ?? 2,
  };
}

/** Of the deployment itself: after a rollback the service has its former one again. */
function interfaceOf({ deployment, service }: GatherInput): Partial<AwsVpcConfiguration> {
  return (deployment?.networkConfiguration ?? service?.networkConfiguration)?.awsvpcConfiguration ?? {};
}

/** The subnets of tasks that failed, else all that the service may use. */
async function readExits(input: GatherInput): Promise<Exits[]> {
  const { assignPublicIp, subnets = [] } = interfaceOf(input);
  const ofTasks = input.stoppedTasks.flatMap(({ attachments = [] }) =>
    attachments.flatMap(({ details = [] }) =>
      details.flatMap(({ name, value }) => (name === 'subnetId' && value !== undefined ? [value] : [])),
    ),
  );
  const wanted = [...new Set(ofTasks.length > 0 ? ofTasks : subnets)];
  if (wanted.length === 0) return [];
  const { readNetwork } = await import('../aws/read-network.ts');
  const network = await readNetwork(input.place, wanted);
  return network.subnets.map((subnet) => {
    const here = <T extends { VpcId?: string | undefined }>({ VpcId }: T) => VpcId === subnet.VpcId;
    const { routeTables, endpoints } = network;
    return exitsOf(subnet, routeTables.filter(here), endpoints.filter(here), assignPublicIp === 'ENABLED');
  });
}

function isAboutAlarms(
  { serviceDeployment }: GatherInput,
  { rolledBackBy, reason, events }: Evidence,
): boolean {
  return (
    rolledBackBy === 'alarm' ||
    (serviceDeployment?.alarms?.triggeredAlarmNames ?? []).length > 0 ||
    [reason, ...events].some((text) => /alarm (was )?detected|deployment alarm/i.test(text))
  );
}

/** Those that ECS names; where it names none, those of the deployment that are in ALARM now. */
async function readAlarms({ place, service, serviceDeployment }: GatherInput): Promise<AlarmFacts[]> {
  const triggered = serviceDeployment?.alarms?.triggeredAlarmNames ?? [];
  const watched = service?.deploymentConfiguration?.alarms?.alarmNames ?? [];
  const names = triggered.length > 0 ? triggered : watched;
  if (names.length === 0) return [];
  const known = triggered.map((name): AlarmFacts => ({ name, reason: undefined }));
  const { readAlarmStates } = await import('../aws/read-alarms.ts');
  const states = await readAlarmStates(place, names).catch(() => []);
  if (triggered.length === 0) return states.filter(({ state }) => state === 'ALARM');
  return known.map(({ name }) => ({ name, reason: states.find((one) => one.name === name)?.reason }));
}

const HOOK_LOG_LINES = 30;
/** What Lambda itself writes around every call. */
const OF_LAMBDA = /^(START|END|REPORT|INIT_START|INIT_REPORT|XRAY|EXTENSION|LOGS) /;

/** A Lambda function logs to `/aws/lambda/NAME`, unless it was told otherwise. */
async function readHookLog(
  { place, serviceDeployment }: GatherInput,
  { reason, events }: Evidence,
): Promise<string[]> {
  const said = [reason, serviceDeployment?.statusReason ?? '', ...events].find((text) =>
    /lifecycle hook\(s\) failed/i.test(text),
  );
  const name = /:function:([\w-]+)/.exec(said ?? '')?.[1];
  if (name === undefined) return [];
  const { readNewestTail } = await import('../aws/read-log.ts');
  const lines = await readNewestTail(place, `/aws/lambda/${name}`, HOOK_LOG_LINES);
  return lines.filter((line) => !OF_LAMBDA.test(line));
}

async function quietly<T>(read: () => Promise<T[]>): Promise<T[]> {
  return read().catch(() => []);
}
