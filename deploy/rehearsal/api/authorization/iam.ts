import type { Message } from '../operation';
import { each, passing, tagging, text, type Act, type Asked, type ServiceActs } from './acts';

/** A role by its name; one that is not there yet has the path that the request gives it. */
const role = (input: Message, asked: Asked) => [
  asked.known.roleArn(text(input, 'RoleName')) ??
    asked.global('iam', `role${text(input, 'Path') || '/'}${text(input, 'RoleName')}`),
];
const named = (kind: string, name: string) => (input: Message, asked: Asked) => [
  asked.global('iam', `${kind}${text(input, 'Path') || '/'}${text(input, name)}`),
];
const profile = named('instance-profile', 'InstanceProfileName');
const provider = (input: Message, asked: Asked) => [
  text(input, 'OpenIDConnectProviderArn') ||
    asked.global('iam', `oidc-provider/${text(input, 'Url').replace(/^https:\/\//, '')}`),
];
const policy = (input: Message) => [text(input, 'PolicyArn')];

/** Source: Service Authorization Reference, AWS Identity and Access Management. */
export const iam: ServiceActs = {
  prefix: 'iam',
  resources: {
    ...each(
      [
        'CreateRole',
        'GetRole',
        'UpdateRole',
        'UpdateRoleDescription',
        'DeleteRole',
        'UpdateAssumeRolePolicy',
        'PutRolePolicy',
        'GetRolePolicy',
        'DeleteRolePolicy',
        'ListRolePolicies',
        'AttachRolePolicy',
        'DetachRolePolicy',
        'ListAttachedRolePolicies',
        'ListInstanceProfilesForRole',
        'PutRolePermissionsBoundary',
        'DeleteRolePermissionsBoundary',
        'TagRole',
        'UntagRole',
        'ListRoleTags',
        'DeleteServiceLinkedRole',
      ],
      role,
    ),
    CreateServiceLinkedRole: (input, asked) => [
      asked.global('iam', `role/aws-service-role/${text(input, 'AWSServiceName')}/AWSServiceRoleFor*`),
    ],
    GetServiceLinkedRoleDeletionStatus: (input, asked) => {
      // `task/aws-service-role/SERVICE/ROLE/ID`; moto says less.
      const [, path = 'aws-service-role/*'] = /^task\/(.+)\/[^/]+$/.exec(text(input, 'DeletionTaskId')) ?? [];
      return [asked.global('iam', `role/${path}`)];
    },
    CreatePolicy: named('policy', 'PolicyName'),
    ...each(
      [
        'GetPolicy',
        'GetPolicyVersion',
        'ListPolicyVersions',
        'CreatePolicyVersion',
        'DeletePolicyVersion',
        'SetDefaultPolicyVersion',
        'DeletePolicy',
        'ListEntitiesForPolicy',
        'TagPolicy',
        'UntagPolicy',
        'ListPolicyTags',
      ],
      policy,
    ),
    ...each(
      [
        'CreateInstanceProfile',
        'GetInstanceProfile',
        'DeleteInstanceProfile',
        'AddRoleToInstanceProfile',
        'RemoveRoleFromInstanceProfile',
        'TagInstanceProfile',
        'UntagInstanceProfile',
        'ListInstanceProfileTags',
      ],
      profile,
    ),
    ...each(
      [
        'CreateOpenIDConnectProvider',
        'GetOpenIDConnectProvider',
        'DeleteOpenIDConnectProvider',
        'UpdateOpenIDConnectProviderThumbprint',
        'AddClientIDToOpenIDConnectProvider',
        'RemoveClientIDFromOpenIDConnectProvider',
        'TagOpenIDConnectProvider',
        'UntagOpenIDConnectProvider',
        'ListOpenIDConnectProviderTags',
      ],
      provider,
    ),
    SimulatePrincipalPolicy: (input) => [text(input, 'PolicySourceArn')],
  },
  context: ({ input }) => ({
    ...(text(input, 'PolicyArn') === '' ? {} : { 'iam:PolicyARN': text(input, 'PolicyArn') }),
    ...(text(input, 'PermissionsBoundary') === ''
      ? {}
      : { 'iam:PermissionsBoundary': text(input, 'PermissionsBoundary') }),
    ...(text(input, 'AWSServiceName') === '' ? {} : { 'iam:AWSServiceName': text(input, 'AWSServiceName') }),
  }),
  more,
};

function more(asked: Asked): readonly Act[] {
  const { input, operation } = asked;
  switch (operation) {
    case 'CreateRole':
      return tagging(asked, 'iam:TagRole', role(input, asked));
    case 'CreatePolicy':
      return tagging(asked, 'iam:TagPolicy', named('policy', 'PolicyName')(input, asked));
    case 'CreateInstanceProfile':
      return tagging(asked, 'iam:TagInstanceProfile', profile(input, asked));
    case 'CreateOpenIDConnectProvider':
      return tagging(asked, 'iam:TagOpenIDConnectProvider', provider(input, asked));
    case 'AddRoleToInstanceProfile':
      return passing(role({ RoleName: input.RoleName }, asked)[0], 'ec2.amazonaws.com');
    default:
      return [];
  }
}
