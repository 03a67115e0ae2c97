import { actions, type Statement } from '../policy';
import type { PlatformAccess } from '../plan';

/** Clusters, and what is told of them. */
export function writeCluster({ arns, project }: PlatformAccess): Statement[] {
  return [
    {
      Sid: 'Cluster',
      Effect: 'Allow',
      Action: actions('ecs', [
        'CreateCluster',
        'DeleteCluster',
        'UpdateCluster',
        'UpdateClusterSettings',
        'PutClusterCapacityProviders',
        'CreateCapacityProvider',
        'UpdateCapacityProvider',
        'DeleteCapacityProvider',
        'TagResource',
        'UntagResource',
      ]),
      Resource: [arns.cluster(`${project}-*`), arns.regional('ecs', `capacity-provider/${project}-*`)],
    },
    {
      // `slipway delete`, before an environment is destroyed. No deploy role has it.
      Sid: 'DeleteServices',
      Effect: 'Allow',
      Action: actions('ecs', ['UpdateService', 'DeleteService']),
      Resource: arns.regional('ecs', `service/${project}-*/*`),
    },
    {
      // It reads there which cluster to delete from.
      Sid: 'ReadOutputs',
      Effect: 'Allow',
      Action: 'ssm:GetParametersByPath',
      Resource: arns.parameter(`/${project}/*/services`),
    },
    {
      // Namespaces have ids, and their zones are made behind the scenes.
      Sid: 'Namespaces',
      Effect: 'Allow',
      Action: actions('servicediscovery', [
        'CreateHttpNamespace',
        'DeleteNamespace',
        'TagResource',
        'UntagResource',
      ]),
      Resource: '*',
    },
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Action: actions('logs', [
        'CreateLogGroup',
        'DeleteLogGroup',
        'PutRetentionPolicy',
        'DeleteRetentionPolicy',
        'AssociateKmsKey',
        'DisassociateKmsKey',
        'TagResource',
        'UntagResource',
      ]),
      Resource: ['/ecs/', '/ecs-exec/', '/vpc/', '/codebuild/']
        .flatMap((prefix) => [
          arns.logGroup(`${prefix}${project}/*`),
          arns.logGroup(`${prefix}${project}/*:*`),
        ])
        .concat(arns.logGroup(`aws-waf-logs-${project}-*`)),
    },
    {
      Sid: 'Alarms',
      Effect: 'Allow',
      Action: actions('cloudwatch', ['PutMetricAlarm', 'DeleteAlarms', 'TagResource', 'UntagResource']),
      Resource: arns.regional('cloudwatch', `alarm:${project}-*`),
    },
    {
      Sid: 'Dashboards',
      Effect: 'Allow',
      Action: actions('cloudwatch', ['PutDashboard', 'DeleteDashboards']),
      Resource: `arn:${arns.partition}:cloudwatch::${arns.accountId}:dashboard/${project}-*`,
    },
    {
      Sid: 'Notifications',
      Effect: 'Allow',
      Action: actions('sns', [
        'CreateTopic',
        'DeleteTopic',
        'SetTopicAttributes',
        'Subscribe',
        'Unsubscribe',
        'SetSubscriptionAttributes',
        'TagResource',
        'UntagResource',
      ]),
      Resource: arns.regional('sns', `${project}-*`),
    },
    {
      Sid: 'Rules',
      Effect: 'Allow',
      Action: actions('events', [
        'PutRule',
        'DeleteRule',
        'PutTargets',
        'RemoveTargets',
        'TagResource',
        'UntagResource',
      ]),
      Resource: arns.regional('events', `rule/${project}-*`),
    },
    {
      Sid: 'Contract',
      Effect: 'Allow',
      Action: actions('ssm', [
        'PutParameter',
        'DeleteParameter',
        'AddTagsToResource',
        'RemoveTagsFromResource',
      ]),
      Resource: arns.parameter(`/${project}/*/outputs`),
    },
  ];
}
