import type { Arns } from '../arns';
import type { names } from '../names';
import { actions, policy } from './policy';

/** What a deploy role is about: one service in one environment. */
export interface DeployTarget {
  readonly arns: Arns;
  readonly names: ReturnType<typeof names>;
  readonly environment: string;
  readonly service: string;
  readonly repositoryArn: string;
}

/**
 * Deploys one service and rolls it back. It can neither push an image, nor delete the service, nor pass a role
 * that is not the service's own. Actions, resource types and condition keys: Service Authorization Reference, ECS.
 */
export function deployPolicy({ arns, names, environment, service, repositoryArn }: DeployTarget): string {
  const cluster = names.cluster(environment);
  const family = arns.taskDefinitions(names.family(environment, service));
  const inCluster = { ArnEquals: { 'ecs:cluster': arns.cluster(cluster) } };
  const logGroup = arns.logGroup(names.logGroup(environment, service));
  const passing = (principal: string) => ({ StringEquals: { 'iam:PassedToService': principal } });
  return policy([
    {
      Sid: 'RegisterFamily',
      Effect: 'Allow',
      Action: 'ecs:RegisterTaskDefinition',
      Resource: family,
      Condition: { Bool: { 'ecs:privileged': 'false' } },
    },
    {
      // These take no resource.
      Sid: 'ReadTaskDefinitions',
      Effect: 'Allow',
      Action: actions('ecs', ['DescribeTaskDefinition', 'ListTaskDefinitions', 'DeregisterTaskDefinition']),
      Resource: '*',
    },
    {
      Sid: 'TagOnCreate',
      Effect: 'Allow',
      Action: 'ecs:TagResource',
      Resource: [family, arns.service(cluster, service), arns.tasks(cluster)],
      Condition: {
        StringEquals: { 'ecs:CreateAction': ['RegisterTaskDefinition', 'CreateService', 'RunTask'] },
      },
    },
    {
      // Tags that a definition gives to the service later.
      Sid: 'TagService',
      Effect: 'Allow',
      Action: 'ecs:TagResource',
      Resource: arns.service(cluster, service),
    },
    {
      Sid: 'Service',
      Effect: 'Allow',
      Action: actions('ecs', [
        'CreateService',
        'UpdateService',
        'DescribeServices',
        'ListServiceDeployments',
        'DescribeServiceDeployments',
        'DescribeServiceRevisions',
        'StopServiceDeployment',
        'ContinueServiceDeployment',
      ]),
      Resource: [
        arns.service(cluster, service),
        arns.serviceDeployments(cluster, service),
        arns.serviceRevisions(cluster, service),
      ],
      Condition: inCluster,
    },
    {
      Sid: 'DescribeCluster',
      Effect: 'Allow',
      Action: 'ecs:DescribeClusters',
      Resource: arns.cluster(cluster),
    },
    { Sid: 'RunMigration', Effect: 'Allow', Action: 'ecs:RunTask', Resource: family, Condition: inCluster },
    {
      Sid: 'Tasks',
      Effect: 'Allow',
      Action: actions('ecs', ['DescribeTasks', 'StopTask']),
      Resource: arns.tasks(cluster),
    },
    {
      Sid: 'ListTasks',
      Effect: 'Allow',
      Action: actions('ecs', ['ListTasks', 'ListServices']),
      Resource: '*',
      Condition: inCluster,
    },
    {
      Sid: 'PassTaskRoles',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: [
        arns.role(names.executionRole(environment, service)),
        arns.role(names.taskRole(environment, service)),
      ],
      Condition: passing('ecs-tasks.amazonaws.com'),
    },
    {
      Sid: 'PassLoadBalancerRole',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: arns.role(names.loadBalancerRole(environment)),
      Condition: passing('ecs.amazonaws.com'),
    },
    {
      // None of these takes a resource.
      Sid: 'Health',
      Effect: 'Allow',
      Action: [
        ...actions('elasticloadbalancing', [
          'DescribeTargetHealth',
          'DescribeTargetGroups',
          'DescribeRules',
          'DescribeListeners',
        ]),
        'cloudwatch:DescribeAlarms',
      ],
      Resource: '*',
    },
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Action: actions('logs', ['GetLogEvents', 'FilterLogEvents', 'DescribeLogStreams']),
      Resource: [logGroup, `${logGroup}:*`],
    },
    {
      Sid: 'Contract',
      Effect: 'Allow',
      Action: actions('ssm', ['GetParameter', 'GetParameters', 'GetParametersByPath']),
      Resource: [
        arns.parameter(names.parameters(environment)),
        arns.parameter(`${names.parameters(environment)}/*`),
      ],
    },
    {
      Sid: 'ImageRead',
      Effect: 'Allow',
      Action: actions('ecr', ['DescribeImages', 'BatchGetImage']),
      Resource: repositoryArn,
    },
  ]);
}
