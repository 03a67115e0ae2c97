import { actions, type Statement } from '../policy';
import type { PlatformAccess } from '../plan';

/** Keys, files and secrets: made and described, never read. */
export function writeData({ arns, project, regions }: PlatformAccess): Statement[] {
  return [
    {
      // A key has an id; its alias has the project's name.
      Sid: 'Keys',
      Effect: 'Allow',
      Action: actions('kms', [
        'CreateKey',
        'PutKeyPolicy',
        'EnableKeyRotation',
        'UpdateKeyDescription',
        'ScheduleKeyDeletion',
        'CreateAlias',
        'DeleteAlias',
        'UpdateAlias',
        'TagResource',
        'UntagResource',
        'CreateGrant',
      ]),
      Resource: [arns.regional('kms', 'key/*'), arns.regional('kms', `alias/${project}-*`)],
    },
    { Sid: 'NewKeys', Effect: 'Allow', Action: 'kms:CreateKey', Resource: '*' },
    {
      Sid: 'Files',
      Effect: 'Allow',
      Action: actions('elasticfilesystem', [
        'CreateFileSystem',
        'UpdateFileSystem',
        'DeleteFileSystem',
        'PutLifecycleConfiguration',
        'CreateMountTarget',
        'DeleteMountTarget',
        'ModifyMountTargetSecurityGroups',
        'CreateAccessPoint',
        'DeleteAccessPoint',
        'TagResource',
        'UntagResource',
      ]),
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
    },
    {
      Sid: 'MountTargets',
      Effect: 'Allow',
      Action: actions('ec2', ['CreateNetworkInterface', 'DeleteNetworkInterface']),
      Resource: '*',
    },
    {
      Sid: 'Secrets',
      Effect: 'Allow',
      Action: actions('secretsmanager', [
        'CreateSecret',
        'UpdateSecret',
        'DeleteSecret',
        'TagResource',
        'UntagResource',
      ]),
      Resource: arns.secret(`${project}/*`),
    },
  ];
}
