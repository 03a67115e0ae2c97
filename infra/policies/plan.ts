import type { Arns } from '../arns';
import type { Gitlab } from '../settings/platform';
import { actions, policy, type Statement } from './policy';
import { readState, type StateAccess } from './state';

/** What the plan and apply roles are about: everything whose name begins with the project's. */
export interface PlatformAccess {
  /** In any region where the environments are in several. */
  readonly arns: Arns;
  /** Where stacks are: nothing is made elsewhere. */
  readonly regions: readonly string[];
  readonly project: string;
  readonly state: StateAccess;
  readonly gitlab: Gitlab | undefined;
}

/** Plans: reads what these stacks are made of, and their state. Writes nothing, not even a lock (`-lock=false`). */
export function planPolicy(access: PlatformAccess): string {
  return policy([...readState(access.state), ...readPlatform(access)]);
}

/** Reads of everything that these stacks are made of, apart from state. */
export function readPlatform({ arns, project, state, gitlab }: PlatformAccess): Statement[] {
  return [
    {
      // Reads of these services take no resource, or are asked for all of them.
      Sid: 'Describe',
      Effect: 'Allow',
      Action: [
        'ec2:Describe*',
        // Addresses of CloudFront.
        'ec2:GetManagedPrefixListEntries',
        'elasticloadbalancing:Describe*',
        ...actions('ecs', ['Describe*', 'List*']),
        ...actions('logs', ['DescribeLogGroups', 'ListTagsForResource']),
        ...actions('cloudwatch', ['DescribeAlarms', 'GetDashboard', 'ListTagsForResource']),
        ...actions('autoscaling', ['Describe*']),
        ...actions('route53', ['Get*', 'List*']),
        ...actions('acm', ['DescribeCertificate', 'ListTagsForCertificate']),
        ...actions('cloudfront', ['GetDistribution', 'ListTagsForResource']),
        ...actions('wafv2', ['GetWebACL*', 'GetLoggingConfiguration', 'ListTagsForResource']),
        ...actions('servicediscovery', ['GetNamespace', 'GetOperation', 'ListTagsForResource']),
        ...actions('sns', ['GetTopicAttributes', 'GetSubscriptionAttributes', 'ListTagsForResource']),
        ...actions('events', ['DescribeRule', 'ListTargetsByRule', 'ListTagsForResource']),
        ...actions('kms', [
          'DescribeKey',
          'GetKeyPolicy',
          'GetKeyRotationStatus',
          'ListAliases',
          'ListResourceTags',
        ]),
        ...actions('elasticfilesystem', ['Describe*', 'ListTagsForResource']),
        // What a secret is called, and never what it holds.
        ...actions('secretsmanager', ['DescribeSecret', 'GetResourcePolicy']),
        ...actions('budgets', ['ViewBudget', 'ListTagsForResource']),
        ...actions('cloudtrail', [
          'DescribeTrails',
          'GetTrail',
          'GetTrailStatus',
          'GetEventSelectors',
          'GetInsightSelectors',
          'ListTags',
        ]),
        ...actions('codeconnections', ['GetConnection', 'ListTagsForResource']),
        'ecr:DescribeRegistry',
        'ssm:DescribeParameters',
        'sts:GetCallerIdentity',
      ],
      Resource: '*',
    },
    {
      Sid: 'ReadRepositories',
      Effect: 'Allow',
      Action: actions('ecr', [
        'DescribeRepositories',
        'GetLifecyclePolicy',
        'GetRepositoryPolicy',
        'ListTagsForResource',
      ]),
      Resource: arns.repository(`${project}/*`),
    },
    {
      Sid: 'ReadRoles',
      Effect: 'Allow',
      Action: actions('iam', [
        'GetRole',
        'GetRolePolicy',
        'ListRolePolicies',
        'ListAttachedRolePolicies',
        'ListInstanceProfilesForRole',
        'ListRoleTags',
      ]),
      Resource: arns.role(`${project}-*`),
    },
    {
      Sid: 'ReadInstanceProfiles',
      Effect: 'Allow',
      Action: 'iam:GetInstanceProfile',
      Resource: `arn:${arns.partition}:iam::${arns.accountId}:instance-profile/${project}-*`,
    },
    {
      Sid: 'ReadPolicies',
      Effect: 'Allow',
      Action: actions('iam', ['GetPolicy', 'GetPolicyVersion', 'ListPolicyVersions']),
      Resource: `arn:${arns.partition}:iam::${arns.accountId}:policy/${project}-*`,
    },
    {
      Sid: 'ReadServiceLinkedRoles',
      Effect: 'Allow',
      Action: 'iam:GetRole',
      Resource: arns.role('aws-service-role/*'),
    },
    {
      Sid: 'ReadGithubProvider',
      Effect: 'Allow',
      Action: 'iam:GetOpenIDConnectProvider',
      Resource: [arns.githubProvider, ...(gitlab === undefined ? [] : [arns.oidcProvider(gitlab.host)])],
    },
    {
      Sid: 'ReadPipelines',
      Effect: 'Allow',
      Action: ['codepipeline:GetPipeline', 'codepipeline:ListTagsForResource', 'codebuild:BatchGetProjects'],
      Resource: [
        arns.regional('codepipeline', `${project}-*`),
        arns.regional('codebuild', `project/${project}-*`),
      ],
    },
    {
      Sid: 'ReadParameters',
      Effect: 'Allow',
      Action: actions('ssm', ['GetParameter', 'GetParameters', 'ListTagsForResource']),
      // The contract alone: secrets lie beside it.
      Resource: [arns.parameter(`/${project}/*/outputs`)],
    },
    {
      // AWS's own: images of instances.
      Sid: 'ReadImages',
      Effect: 'Allow',
      Action: 'ssm:GetParameter',
      Resource: ['ecs', 'ami-amazon-linux-latest'].map(
        (path) => `arn:${arns.partition}:ssm:${arns.region}::parameter/aws/service/${path}/*`,
      ),
    },
    {
      Sid: 'ReadBuckets',
      Effect: 'Allow',
      Action: [
        's3:GetBucket*',
        ...actions('s3', [
          // HeadBucket, which tells whether it is there.
          'ListBucket',
          'GetEncryptionConfiguration',
          'GetLifecycleConfiguration',
          'GetReplicationConfiguration',
          'GetAccelerateConfiguration',
        ]),
      ],
      Resource: [...state.bucketArns, arns.bucket(`${project}-*`)],
    },
  ];
}
