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
  return policy([...reads(target), ...follows(target), ...writes(target)]);
}

/**
 * Shows what a deploy would change, and changes nothing. What the environments before this one deploy is laid beside
 * what runs here, so that it reads their outputs too.
 */
export function deployPlanPolicy(target: DeployTarget): string {
  return policy(reads({ ...target, contracts: '*' }));
}

/** What the checks before a deploy ask of one service: generated from them (`npm run generate`). */
function preflightOf(service: string): string[] {
  return preflight.actions.filter((action) => action.startsWith(`${service}:`));
}

interface Reading extends DeployTarget {
  /** The environment whose outputs it reads, or all of the project's; its own without. */
  readonly contracts?: '*';
}

function reads(reading: Reading): Statement[] {
  const { arns, names, environment, service, repositoryArn, contracts = environment } = reading;
  const cluster = names.cluster(environment);
  const inCluster = { ArnEquals: { 'ecs:cluster': arns.cluster(cluster) } };
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
      // The workflow tells what became of the release, or that somebody has to approve it.
      Sid: 'Notify',
      Effect: 'Allow',
      Action: 'sns:Publish',
      Resource: arns.regional('sns', names.topic(environment)),
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
      // Neither takes a resource.
      Sid: 'ReadScaling',
      Effect: 'Allow',
      Action: actions('application-autoscaling', ['DescribeScalableTargets', 'DescribeScalingPolicies']),
      Resource: '*',
    },
    {
      Sid: 'Contract',
      Effect: 'Allow',
      Action: 'ssm:GetParameter',
      Resource: arns.parameter(names.outputsParameter(contracts)),
    },
    {
      // Not the path above it: whoever may read a path may read everything below it, and there are secrets.
      // Source: Systems Manager API reference, GetParametersByPath.
      Sid: 'ServiceContracts',
      Effect: 'Allow',
      Action: 'ssm:GetParametersByPath',
      Resource: arns.parameter(names.servicesPath(contracts)),
    },
    {
      Sid: 'ImageRead',
      Effect: 'Allow',
      Action: preflightOf('ecr'),
      Resource: repositoryArn,
    },
    {
      Sid: 'ListBucket',
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: arns.bucket(`${names.environment(environment)}-env-files-*`),
    },
    {
      // Roles that this environment's definitions may name; a deploy cannot pass others. Whoever may have IAM judge
      // their policies need not read them.
      Sid: 'PreflightRoles',
      Effect: 'Allow',
      Action: actions('iam', ['GetRole', 'SimulatePrincipalPolicy']),
      Resource: arns.role(`${names.environment(environment)}-*`),
    },
    {
      // Whether they are there; never what they hold.
      Sid: 'PreflightSecrets',
      Effect: 'Allow',
      Action: preflightOf('secretsmanager'),
      Resource: arns.secret(names.secret(environment, '*')),
    },
    {
      // What the checks look at beside that takes no resource, or has ids instead of names.
      Sid: 'Preflight',
      Effect: 'Allow',
      Action: preflight.actions.filter((action) => !/^(ecr|ecs|iam|s3|secretsmanager|sts):/.test(action)),
      Resource: '*',
    },
  ];
}

/** What a deployment that goes on, or that failed, is looked at with. */
function follows({ arns, names, environment, service }: DeployTarget): Statement[] {
  const logGroup = arns.logGroup(names.logGroup(environment, service));
  return [
    {
      // Neither takes a resource.
      Sid: 'Follow',
      Effect: 'Allow',
      Action: [
        'elasticloadbalancing:DescribeTargetHealth',
        'application-autoscaling:DescribeScheduledActions',
      ],
      Resource: '*',
    },
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Action: actions('logs', ['GetLogEvents', 'FilterLogEvents']),
      Resource: [logGroup, `${logGroup}:*`],
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
      // Tags that a definition gives to the service later, and who went back from a deployment.
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
