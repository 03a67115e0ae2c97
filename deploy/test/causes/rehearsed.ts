import type { Rehearsal } from '../../rehearsal/rehearsal';
import type { Behaviour } from '../../rehearsal/runtime/simulated';
import {
  CLUSTER,
  FAMILY,
  testService,
  type Ran,
  type ServiceOptions,
  type TestService,
} from '../helpers/service';

/** How one cause is made to happen: `ok-1` is live, then `tag` is deployed. */
export interface Staged {
  /** Name of the cause that the report gives. */
  known: string;
  /** What else is said of this one of several. */
  title?: string;
  options?: ServiceOptions;
  /** Before the first deploy. */
  before?: (service: TestService) => void | Promise<void>;
  /** Between the two, or once the second has been registered: past the checks that would have refused it. */
  sabotage?: (service: TestService) => void | Promise<void>;
  /** Members of the container of the second release. */
  container?: object;
  taskDefinition?: object;
  service?: object;
  /** `ok-2` without. */
  tag?: string;
  arguments?: string[];
  /** 21 without. */
  exitCode?: number;
  cause: RegExp;
  fix: RegExp;
  certainty?: 'certain' | 'likely';
  evidence?: object;
}

export interface Shown {
  ran: Ran;
  service: Record<string, unknown>;
}

export const TARGET_GROUP = 'arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/web/1';
export const balanced = {
  healthCheckGracePeriodSeconds: 0,
  loadBalancers: [{ targetGroupArn: TARGET_GROUP, containerName: 'web', containerPort: 8080 }],
};

/** A rolling deployment whose circuit breaker rolls back, with one task: three failures. */
const small = {
  desiredCount: 1,
  deploymentConfiguration: {
    minimumHealthyPercent: 100,
    maximumPercent: 200,
    deploymentCircuitBreaker: { enable: true, rollback: true },
  },
};

/** Runs both deploys with the real command, and looks at what the service runs afterwards. */
export async function stage(staged: Staged): Promise<Shown> {
  const {
    options = {},
    before,
    sabotage,
    container,
    taskDefinition,
    service: members,
    tag = 'ok-2',
  } = staged;
  const service = await testService({
    ...options,
    speed: options.speed ?? 1000,
    settings: { unreachableFailure: 5_000, ...options.settings },
    service: { ...small, ...options.service },
  });
  await before?.(service);
  const first = await service.deploy('ok-1', ['--skip-check', 'all']);
  if (first.exitCode !== 0) throw new Error(`ok-1 is not live: ${first.stdout}`);
  if (container !== undefined || taskDefinition !== undefined) change(service, container, taskDefinition);
  if (members !== undefined) service.write('ecs/service.json', { ...serviceJson(options), ...members });
  let pending = Promise.resolve();
  const ran = await service.deploy(tag, ['--skip-check', 'all', ...(staged.arguments ?? [])], {
    onLine: ({ type, phase }) => {
      if (type === 'phase' && phase === 'register') pending = Promise.resolve(sabotage?.(service));
    },
  });
  await pending;
  const { services } = await service.ecs('DescribeServices', { cluster: CLUSTER, services: ['web'] });
  return { ran, service: (services as Record<string, unknown>[])[0] ?? {} };
}

function serviceJson({ service }: ServiceOptions): object {
  return {
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
    ...small,
    ...service,
  };
}

function change(service: TestService, container: object = {}, taskDefinition: object = {}): void {
  service.write('ecs/task-definition.json', {
    family: '{{ output `task_definition_family` }}',
    requiresCompatibilities: ['FARGATE'],
    networkMode: 'awsvpc',
    cpu: '256',
    memory: '512',
    executionRoleArn: '{{ output `task_execution_role_arn` }}',
    containerDefinitions: [
      {
        name: 'web',
        image: '{{ must_env `IMAGE` }}',
        portMappings: [{ containerPort: 8080 }],
        logConfiguration: LOGS,
        ...container,
      },
    ],
    ...taskDefinition,
  });
}

export const LOGS = {
  logDriver: 'awslogs',
  options: {
    'awslogs-group': '{{ output `log_group_name` }}',
    'awslogs-region': 'ap-northeast-1',
    'awslogs-stream-prefix': 'app',
  },
};

/** How the containers of the second release behave. */
export const behave = (behaviour: Behaviour) => (service: TestService) =>
  service.behave('sample/ok:2', behaviour);

/** Gives the VPC of the tasks' subnet a table with these routes, past the API. */
export function routes({ store }: Rehearsal, routeSet: object[]): void {
  store.routeTables.set('rtb-1', {
    routeTableId: 'rtb-1',
    vpcId: 'vpc-1',
    routeSet,
    associationSet: [
      { routeTableAssociationId: 'a-1', routeTableId: 'rtb-1', subnetId: 'subnet-1', main: false },
    ],
    tagSet: [],
  });
}

/** An endpoint of the VPC for each of these services. */
export function endpoints({ store }: Rehearsal, services: readonly string[]): void {
  for (const service of services) {
    const isGateway = service === 's3';
    store.vpcEndpoints.set(`vpce-${service}`, {
      vpcEndpointId: `vpce-${service}`,
      vpcEndpointType: isGateway ? 'Gateway' : 'Interface',
      vpcId: 'vpc-1',
      serviceName: `com.amazonaws.ap-northeast-1.${service}`,
      state: 'available',
      privateDnsEnabled: !isGateway,
      routeTableIdSet: isGateway ? ['rtb-1'] : [],
      subnetIdSet: [],
      groupSet: [],
      tagSet: [],
    });
  }
}

export const everywhere = (target: object, state = 'active') => [
  { destinationCidrBlock: '0.0.0.0/0', state, origin: 'CreateRoute', ...target },
];

/** A secret of the store. */
export function secret({ store }: Rehearsal, name: string, value: string): string {
  const arn = `arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:${name}-AbCdEf`;
  store.secrets.set(name, {
    name,
    arn,
    description: undefined,
    createdAt: 0,
    versions: [{ id: '1', value, stages: ['AWSCURRENT'], createdAt: 0 }],
  });
  return arn;
}

export { FAMILY };
