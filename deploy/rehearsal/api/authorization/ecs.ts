import type { Message } from '../operation';
import {
  each,
  objects,
  passing,
  tagging,
  text,
  texts,
  type Act,
  type Asked,
  type ConditionContext,
  type ServiceActs,
} from './acts';

const lastOf = (reference: string) => reference.slice(reference.lastIndexOf('/') + 1);

const clusterName = (input: Message) => lastOf(text(input, 'cluster')) || 'default';

const clusterArn = (input: Message, asked: Asked) => asked.arn('ecs', `cluster/${clusterName(input)}`);

/** Something in a cluster, by its name, id or ARN. */
const inCluster = (kind: string, input: Message, asked: Asked, reference: string) =>
  reference.startsWith('arn:') && reference.split('/').length > 2
    ? reference
    : asked.arn('ecs', `${kind}/${clusterName(input)}/${lastOf(reference)}`);

const instances = (name: string) => (input: Message, asked: Asked) =>
  texts(input, name).map((one) => inCluster('container-instance', input, asked, one));

/** Tasks by the name of the member that lists them. */
const tasks = (name: string) => (input: Message, asked: Asked) =>
  texts(input, name).map((one) => inCluster('task', input, asked, one));

const service = (name: string) => (input: Message, asked: Asked) => [
  inCluster('service', input, asked, text(input, name)),
];

/** A deployment or revision is asked about together with its service: `service-deployment/CLUSTER/SERVICE/ID`. */
const ofService = (name: string) => (input: Message) =>
  texts(input, name).flatMap((arn) => [
    arn.replace(/:service-(?:deployment|revision)\/([^/]+)\/([^/]+)\/.*$/, ':service/$1/$2'),
    arn,
  ]);

/** `FAMILY:*` where the revision is not known: it is registered by this very request, or is the newest. */
function taskDefinition(reference: string, asked: Asked): string {
  const found = asked.known.taskDefinition(reference);
  if (found !== undefined) return found.arn;
  if (reference.startsWith('arn:')) return reference;
  return asked.arn('ecs', `task-definition/${reference.includes(':') ? reference : `${reference}:*`}`);
}

const started = (input: Message, asked: Asked) => [taskDefinition(text(input, 'taskDefinition'), asked)];

/** Source: Service Authorization Reference, Amazon ECS. */
export const ecs: ServiceActs = {
  prefix: 'ecs',
  resources: {
    RegisterTaskDefinition: (input, asked) => [
      asked.arn('ecs', `task-definition/${text(input, 'family')}:*`),
    ],
    DeleteTaskDefinitions: (input, asked) =>
      texts(input, 'taskDefinitions').map((one) => taskDefinition(one, asked)),
    ...each(['RunTask', 'StartTask'], started),
    CreateService: service('serviceName'),
    ...each(['UpdateService', 'DeleteService', 'ListServiceDeployments'], service('service')),
    DescribeServices: (input, asked) =>
      texts(input, 'services').map((one) => inCluster('service', input, asked, one)),
    ...each(['StopServiceDeployment', 'ContinueServiceDeployment'], ofService('serviceDeploymentArn')),
    DescribeServiceDeployments: ofService('serviceDeploymentArns'),
    DescribeServiceRevisions: ofService('serviceRevisionArns'),
    StopTask: tasks('task'),
    ...each(['DescribeTasks', 'UpdateTaskProtection', 'GetTaskProtection'], tasks('tasks')),
    // Without an instance it is asked of all of them.
    ListTasks: instances('containerInstance'),
    ExecuteCommand: (input, asked) => [clusterArn(input, asked), ...tasks('task')(input, asked)],
    CreateCluster: (input, asked) => [asked.arn('ecs', `cluster/${text(input, 'clusterName') || 'default'}`)],
    DescribeClusters: (input, asked) =>
      (texts(input, 'clusters').length > 0 ? texts(input, 'clusters') : ['default']).map((one) =>
        asked.arn('ecs', `cluster/${lastOf(one)}`),
      ),
    ...each(
      [
        'DeleteCluster',
        'UpdateCluster',
        'UpdateClusterSettings',
        'PutClusterCapacityProviders',
        'RegisterContainerInstance',
        'DeregisterContainerInstance',
        'ListContainerInstances',
        'ListAttributes',
      ],
      (input, asked) => [clusterArn(input, asked)],
    ),
    ...each(['DescribeContainerInstances', 'UpdateContainerInstancesState'], instances('containerInstances')),
    ...each(['PutAttributes', 'DeleteAttributes'], (input, asked) =>
      objects(input, 'attributes').map((one) =>
        inCluster('container-instance', input, asked, text(one, 'targetId')),
      ),
    ),
    ...each(['CreateCapacityProvider', 'UpdateCapacityProvider'], (input, asked) => [
      asked.arn('ecs', `capacity-provider/${text(input, 'name')}`),
    ]),
    DeleteCapacityProvider: (input, asked) => [
      asked.arn('ecs', `capacity-provider/${lastOf(text(input, 'capacityProvider'))}`),
    ],
    DescribeCapacityProviders: (input, asked) =>
      texts(input, 'capacityProviders').map((one) => asked.arn('ecs', `capacity-provider/${lastOf(one)}`)),
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], (input) => [text(input, 'resourceArn')]),
  },
  context,
  more,
};

/** ECS's own condition keys. A key of the table that the action does not have says nothing. */
function context(asked: Asked): ConditionContext {
  const { input, operation } = asked;
  const [network] = objects(input, 'networkConfiguration').flatMap((one) =>
    objects(one, 'awsvpcConfiguration'),
  );
  const strategy = objects(input, 'capacityProviderStrategy').map((one) => text(one, 'capacityProvider'));
  const deployment = [
    text(input, 'serviceDeploymentArn'),
    ...texts(input, 'serviceDeploymentArns'),
    ...texts(input, 'serviceRevisionArns'),
  ].find((arn) => arn !== '');
  const [, cluster, name] = deployment?.split('/') ?? [];
  const values: Record<string, string | readonly string[] | undefined> = {
    'ecs:cluster': cluster === undefined ? clusterArn(input, asked) : asked.arn('ecs', `cluster/${cluster}`),
    'ecs:service': name === undefined ? undefined : asked.arn('ecs', `service/${cluster}/${name}`),
    'ecs:task-definition':
      text(input, 'taskDefinition') === '' ? undefined : taskDefinition(text(input, 'taskDefinition'), asked),
    'ecs:enable-execute-command': flag(input.enableExecuteCommand),
    'ecs:enable-ecs-managed-tags': flag(input.enableECSManagedTags),
    'ecs:propagate-tags': text(input, 'propagateTags') || undefined,
    'ecs:subnet': network === undefined ? undefined : texts(network, 'subnets'),
    'ecs:auto-assign-public-ip':
      network === undefined ? undefined : String(text(network, 'assignPublicIp') === 'ENABLED'),
    'ecs:capacity-provider': strategy.length === 0 ? undefined : strategy,
    'ecs:container-name': text(input, 'container') || undefined,
    'ecs:task': operation === 'ExecuteCommand' ? tasks('task')(input, asked)[0] : undefined,
    'ecs:account-setting': text(input, 'name') || undefined,
  };
  if (operation === 'RegisterTaskDefinition') {
    const privileged = objects(input, 'containerDefinitions').some((one) => one.privileged === true);
    values['ecs:privileged'] = String(privileged);
    values['ecs:compute-compatibility'] = texts(input, 'requiresCompatibilities');
    values['ecs:task-cpu'] = text(input, 'cpu') || undefined;
    values['ecs:task-memory'] = text(input, 'memory') || undefined;
  }
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined),
  );
}

const flag = (value: unknown) => (typeof value === 'boolean' ? String(value) : undefined);

/** Roles that are passed. Tags of what is made need `ecs:TagResource` on it. */
function more(asked: Asked): readonly Act[] {
  const { input, operation } = asked;
  switch (operation) {
    case 'RegisterTaskDefinition':
      return [
        ...passedToTasks([input.executionRoleArn, input.taskRoleArn]),
        ...tagging(
          asked,
          'ecs:TagResource',
          ecs.resources[operation]?.(input, asked) ?? [],
          'ecs:CreateAction',
        ),
      ];
    case 'RunTask':
    case 'StartTask': {
      const [overrides = {}] = objects(input, 'overrides');
      const own = asked.known.taskDefinition(text(input, 'taskDefinition'))?.roles ?? [];
      const run = asked.arn('ecs', `task/${clusterName(input)}/*`);
      return [
        ...passedToTasks([...own, overrides.executionRoleArn, overrides.taskRoleArn]),
        ...tagging(asked, 'ecs:TagResource', [run], 'ecs:CreateAction'),
      ];
    }
    case 'CreateService':
    case 'UpdateService': {
      const name = operation === 'CreateService' ? 'serviceName' : 'service';
      const made = operation === 'CreateService' ? service(name)(input, asked) : undefined;
      return [
        ...infrastructureRoles(input).flatMap((role) => passing(role, 'ecs.amazonaws.com')),
        ...(made === undefined ? [] : tagging(asked, 'ecs:TagResource', made, 'ecs:CreateAction')),
      ];
    }
    case 'CreateCluster':
    case 'CreateCapacityProvider':
      return tagging(
        asked,
        'ecs:TagResource',
        ecs.resources[operation]?.(input, asked) ?? [],
        'ecs:CreateAction',
      );
    default:
      return [];
  }
}

const passedToTasks = (roles: readonly unknown[]) =>
  [...new Set(roles)].flatMap((role) => passing(role, 'ecs-tasks.amazonaws.com'));

/** Roles with which ECS itself acts: for load balancers, disks, hooks, TLS of Service Connect, VPC Lattice. */
function infrastructureRoles(input: Message): unknown[] {
  const shifting = objects(input, 'loadBalancers')
    .flatMap((one) => objects(one, 'advancedConfiguration'))
    .map((one) => one.roleArn);
  const disks = objects(input, 'volumeConfigurations')
    .flatMap((one) => objects(one, 'managedEBSVolume'))
    .map((one) => one.roleArn);
  const hooks = objects(input, 'deploymentConfiguration')
    .flatMap((one) => objects(one, 'lifecycleHooks'))
    .map((one) => one.roleArn);
  const tls = objects(input, 'serviceConnectConfiguration')
    .flatMap((one) => objects(one, 'services'))
    .flatMap((one) => objects(one, 'tls'))
    .map((one) => one.roleArn);
  const lattice = objects(input, 'vpcLatticeConfigurations').map((one) => one.roleArn);
  return [...new Set([input.role, ...shifting, ...disks, ...hooks, ...tls, ...lattice])];
}
