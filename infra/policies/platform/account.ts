import { actions, type Statement } from '../policy';
import type { PlatformAccess } from '../plan';

const LINKED_SERVICES = [
  'ecs.amazonaws.com',
  'elasticloadbalancing.amazonaws.com',
  'autoscaling.amazonaws.com',
  'ecs.application-autoscaling.amazonaws.com',
  'wafv2.amazonaws.com',
];

/** What an account has once: repositories, roles, buckets, budget, trail. */
export function writeAccount({ arns, project, state, gitlab }: PlatformAccess): Statement[] {
  return [
    {
      Sid: 'Repositories',
      Effect: 'Allow',
      Action: actions('ecr', [
        'CreateRepository',
        'DeleteRepository',
        'PutImageTagMutability',
        'PutImageScanningConfiguration',
        'PutLifecyclePolicy',
        'DeleteLifecyclePolicy',
        'TagResource',
        'UntagResource',
        'SetRepositoryPolicy',
        'DeleteRepositoryPolicy',
      ]),
      Resource: arns.repository(`${project}/*`),
    },
    {
      Sid: 'Roles',
      Effect: 'Allow',
      Action: actions('iam', [
        'CreateRole',
        'DeleteRole',
        'UpdateRole',
        'UpdateRoleDescription',
        'UpdateAssumeRolePolicy',
        'PutRolePolicy',
        'AttachRolePolicy',
        'DetachRolePolicy',
        'PutRolePermissionsBoundary',
        'DeleteRolePolicy',
        'TagRole',
        'UntagRole',
      ]),
      Resource: arns.role(`${project}-*`),
    },
    {
      Sid: 'GithubProvider',
      Effect: 'Allow',
      Action: actions('iam', [
        'CreateOpenIDConnectProvider',
        'DeleteOpenIDConnectProvider',
        'UpdateOpenIDConnectProviderThumbprint',
        'AddClientIDToOpenIDConnectProvider',
        'RemoveClientIDFromOpenIDConnectProvider',
        'TagOpenIDConnectProvider',
        'UntagOpenIDConnectProvider',
      ]),
      Resource: [arns.githubProvider, ...(gitlab === undefined ? [] : [arns.oidcProvider(gitlab.host)])],
    },
    {
      // The first load balancer and the first cluster of an account make these roles.
      Sid: 'ServiceLinkedRoles',
      Effect: 'Allow',
      Action: 'iam:CreateServiceLinkedRole',
      Resource: arns.role('aws-service-role/*'),
      Condition: { StringEquals: { 'iam:AWSServiceName': LINKED_SERVICES } },
    },
    {
      // Their names are AWS's own.
      Sid: 'OwnServiceLinkedRoles',
      Effect: 'Allow',
      Action: actions('iam', [
        'TagRole',
        'UntagRole',
        'DeleteServiceLinkedRole',
        'GetServiceLinkedRoleDeletionStatus',
      ]),
      Resource: LINKED_SERVICES.map((service) => arns.role(`aws-service-role/${service}/*`)),
    },
    {
      // Of the apply role itself: what it may do is longer than a role takes inline.
      Sid: 'Policies',
      Effect: 'Allow',
      Action: actions('iam', [
        'CreatePolicy',
        'DeletePolicy',
        'CreatePolicyVersion',
        'DeletePolicyVersion',
        'TagPolicy',
        'UntagPolicy',
      ]),
      Resource: `arn:${arns.partition}:iam::${arns.accountId}:policy/${project}-*`,
    },
    {
      Sid: 'InstanceProfiles',
      Effect: 'Allow',
      Action: actions('iam', [
        'CreateInstanceProfile',
        'DeleteInstanceProfile',
        'AddRoleToInstanceProfile',
        'RemoveRoleFromInstanceProfile',
        'TagInstanceProfile',
        'UntagInstanceProfile',
      ]),
      Resource: `arn:${arns.partition}:iam::${arns.accountId}:instance-profile/${project}-*`,
    },
    {
      // Each to the one service that acts with it here.
      Sid: 'PassRoles',
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: ['-instance', '-runner', '-flow-logs', '-pipeline', '-pipeline-*'].map((end) =>
        arns.role(`${project}*${end}`),
      ),
      Condition: {
        StringEquals: {
          'iam:PassedToService': [
            'ec2.amazonaws.com',
            'vpc-flow-logs.amazonaws.com',
            'codebuild.amazonaws.com',
            'codepipeline.amazonaws.com',
          ],
        },
      },
    },
    {
      Sid: 'Buckets',
      Effect: 'Allow',
      Action: actions('s3', [
        'CreateBucket',
        'PutBucketVersioning',
        'PutEncryptionConfiguration',
        'PutBucketPublicAccessBlock',
        'PutBucketOwnershipControls',
        'PutBucketPolicy',
        'PutBucketTagging',
        'PutLifecycleConfiguration',
        'DeleteBucket',
        'DeleteBucketPolicy',
      ]),
      Resource: [...state.bucketArns, arns.bucket(`${project}-*`)],
    },
    {
      Sid: 'Replication',
      Effect: 'Allow',
      Action: 'ecr:PutReplicationConfiguration',
      Resource: '*',
    },
    {
      Sid: 'Budget',
      Effect: 'Allow',
      Action: actions('budgets', ['ModifyBudget', 'TagResource', 'UntagResource']),
      Resource: `arn:${arns.partition}:budgets::${arns.accountId}:budget/${project}-*`,
    },
    {
      Sid: 'Trail',
      Effect: 'Allow',
      Action: actions('cloudtrail', [
        'CreateTrail',
        'UpdateTrail',
        'DeleteTrail',
        'StartLogging',
        'StopLogging',
        'PutEventSelectors',
        'AddTags',
        'RemoveTags',
      ]),
      Resource: arns.regional('cloudtrail', `trail/${project}-*`),
    },
  ];
}
