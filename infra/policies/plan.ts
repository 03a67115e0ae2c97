import type { Arns } from '../arns';
import { actions, policy, type Statement } from './policy';
import { readState, type StateAccess } from './state';

/** What the plan and apply roles are about: everything whose name begins with the project's. */
export interface PlatformAccess {
  readonly arns: Arns;
  readonly project: string;
  readonly state: StateAccess;
}

/** Plans: reads what these stacks are made of, and their state. Writes nothing, not even a lock (`-lock=false`). */
export function planPolicy(access: PlatformAccess): string {
  return policy([...readState(access.state), ...readPlatform(access)]);
}

/** Reads of everything that these stacks are made of, apart from state. */
export function readPlatform({ arns, project, state }: PlatformAccess): Statement[] {
  return [
    {
      // Reads of these services take no resource, or are asked for all of them.
      Sid: 'Describe',
      Effect: 'Allow',
      Action: [
        'ec2:Describe*',
        'elasticloadbalancing:Describe*',
        ...actions('ecs', ['Describe*', 'List*']),
        ...actions('logs', ['DescribeLogGroups', 'ListTagsForResource']),
        ...actions('cloudwatch', ['DescribeAlarms', 'ListTagsForResource']),
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
      Sid: 'ReadGithubProvider',
      Effect: 'Allow',
      Action: 'iam:GetOpenIDConnectProvider',
      Resource: arns.githubProvider,
    },
    {
      Sid: 'ReadParameters',
      Effect: 'Allow',
      Action: actions('ssm', ['GetParameter', 'GetParameters', 'ListTagsForResource']),
      // The contract alone: secrets lie beside it.
      Resource: [arns.parameter(`/${project}/*/outputs`)],
    },
    {
      Sid: 'ReadStateBucket',
      Effect: 'Allow',
      Action: [
        's3:GetBucket*',
        ...actions('s3', [
          'GetEncryptionConfiguration',
          'GetLifecycleConfiguration',
          'GetReplicationConfiguration',
          'GetAccelerateConfiguration',
        ]),
      ],
      Resource: state.bucketArns,
    },
  ];
}
