import preflight from '../../deploy/schema/preflight-actions.json';
import type { Arns } from '../arns';
import type { names } from '../names';
import { actions, policy, type Statement } from './policy';

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
export function deployPolicy(target: DeployTarget): string {
  return policy([...reads(target), ...writes(target)]);
}

/** Shows what a deploy would change, and changes nothing. */
export function deployPlanPolicy(target: DeployTarget): string {
  return policy(reads(target));
}

function reads({ arns, names, environment, service, repositoryArn }: DeployTarget): Statement[] {
  const cluster = names.cluster(environment);
  const inCluster = { ArnEquals: { 'ecs:cluster': arns.cluster(cluster) } };
  const logGroup = arns.logGroup(names.logGroup(environment, service));
  return [
    {
      // These take no resource.
      Sid: 'ReadTaskDefinitions',
      Effect: 'Allow',
      Action: actions('ecs', ['DescribeTaskDefinition', 'ListTaskDefinitions']),
      Resource: '*',
    },
    {
      Sid: 'ReadService',
      Effect: 'Allow',
      Action: actions('ecs', [
        'DescribeServices',
        'ListServiceDeployments',
        'DescribeServiceDeployments',
        'DescribeServiceRevisions',
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
    {
      Sid: 'ReadTasks',
      Effect: 'Allow',
      Action: 'ecs:DescribeTasks',
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
        ...actions('application-autoscaling', [
          'DescribeScalableTargets',
          'DescribeScalingPolicies',
          'DescribeScheduledActions',
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
        arns.parameter(`${names.parameters(environment)}/outputs`),
        arns.parameter(names.parameters(environment)),
        arns.parameter(`${names.parameters(environment)}/services/*`),
      ],
    },
    {
      Sid: 'ImageRead',
      Effect: 'Allow',
      Action: preflight.actions.filter((action) => action.startsWith('ecr:')),
      Resource: repositoryArn,
    },
    {
      Sid: 'ListBucket',
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: arns.bucket(`${names.environment(environment)}-env-files-*`),
    },
    {
      // What the checks before a deploy look at: generated from them (`npm run generate`). None reads a secret's value.
      Sid: 'Preflight',
      Effect: 'Allow',
      Action: preflight.actions.filter((action) => !/^(ecr|s3|ecs):/.test(action)),
      Resource: '*',
    },
  ];
}

function writes({ arns, names, environment, service }: DeployTarget): Statement[] {
  const cluster = names.cluster(environment);
  const family = arns.taskDefinitions(names.family(environment, service));
  const inCluster = { ArnEquals: { 'ecs:cluster': arns.cluster(cluster) } };
  const passing = (principal: string) => ({ StringEquals: { 'iam:PassedToService': principal } });
  return [
    {
      Sid: 'RegisterFamily',
      Effect: 'Allow',
      Action: 'ecs:RegisterTaskDefinition',
      Resource: family,
      Condition: { Bool: { 'ecs:privileged': 'false' } },
    },
    {
      // It takes no resource.
      Sid: 'Deregister',
      Effect: 'Allow',
      Action: 'ecs:DeregisterTaskDefinition',
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
        'StopServiceDeployment',
        'ContinueServiceDeployment',
      ]),
      Resource: [arns.service(cluster, service), arns.serviceDeployments(cluster, service)],
      Condition: inCluster,
    },
    { Sid: 'RunMigration', Effect: 'Allow', Action: 'ecs:RunTask', Resource: family, Condition: inCluster },
    { Sid: 'StopTasks', Effect: 'Allow', Action: 'ecs:StopTask', Resource: arns.tasks(cluster) },
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
      // `autoscaling:` of a service: its bounds, its policies, and the alarms of those that step.
      Sid: 'Scaling',
      Effect: 'Allow',
      Action: actions('application-autoscaling', [
        'RegisterScalableTarget',
        'PutScalingPolicy',
        'DeleteScalingPolicy',
        'DeregisterScalableTarget',
      ]),
      Resource: arns.regional('application-autoscaling', 'scalable-target/*'),
      Condition: { StringEquals: { 'application-autoscaling:service-namespace': 'ecs' } },
    },
    {
      Sid: 'ScalingAlarms',
      Effect: 'Allow',
      Action: actions('cloudwatch', ['PutMetricAlarm', 'DeleteAlarms']),
      Resource: arns.regional('cloudwatch', `alarm:slipway/${cluster}/${service}/*`),
    },
  ];
}
