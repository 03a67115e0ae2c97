import type { Message } from '../operation';
import { each, tagging, text, type Asked, type ServiceActs } from './acts';

/** By name where it is not there yet: AWS adds six characters of its own. */
const secret = (input: Message, asked: Asked) => {
  const reference = text(input, 'SecretId') || text(input, 'Name');
  if (reference.startsWith('arn:')) return [reference];
  return [asked.known.secretArn(reference) ?? asked.arn('secretsmanager', `secret:${reference}-??????`)];
};

/** Source: Service Authorization Reference, AWS Secrets Manager. */
export const secretsManager: ServiceActs = {
  prefix: 'secretsmanager',
  resources: each(
    [
      'CreateSecret',
      'UpdateSecret',
      'DeleteSecret',
      'DescribeSecret',
      'GetSecretValue',
      'PutSecretValue',
      'GetResourcePolicy',
      'ListSecretVersionIds',
      'TagResource',
      'UntagResource',
    ],
    secret,
  ),
  context: ({ input }) => (text(input, 'Name') === '' ? {} : { 'secretsmanager:Name': text(input, 'Name') }),
  more: (asked) =>
    asked.operation === 'CreateSecret'
      ? tagging(asked, 'secretsmanager:TagResource', secret(asked.input, asked))
      : [],
};

const fileSystem = (input: Message, asked: Asked) => [
  // A mount target belongs to a file system that the request does not name.
  asked.arn('elasticfilesystem', `file-system/${text(input, 'FileSystemId') || '*'}`),
];
const accessPoint = (id: string, asked: Asked) => asked.arn('elasticfilesystem', `access-point/${id}`);
const either = (input: Message, asked: Asked) => {
  const id = text(input, 'ResourceId') || text(input, 'AccessPointId');
  return id.startsWith('fsap-') ? [accessPoint(id, asked)] : fileSystem({ FileSystemId: id }, asked);
};

/** Source: Service Authorization Reference, Amazon Elastic File System. */
export const elasticFileSystem: ServiceActs = {
  prefix: 'elasticfilesystem',
  resources: {
    ...each(
      [
        'UpdateFileSystem',
        'DeleteFileSystem',
        'DescribeFileSystems',
        'PutLifecycleConfiguration',
        'DescribeLifecycleConfiguration',
        'PutBackupPolicy',
        'DescribeBackupPolicy',
        'CreateMountTarget',
        'DescribeMountTargets',
        'DescribeMountTargetSecurityGroups',
        'ModifyMountTargetSecurityGroups',
        'DeleteMountTarget',
        'CreateAccessPoint',
      ],
      fileSystem,
    ),
    DescribeAccessPoints: (input, asked) =>
      text(input, 'AccessPointId') === ''
        ? fileSystem(input, asked)
        : [accessPoint(text(input, 'AccessPointId'), asked)],
    DeleteAccessPoint: (input, asked) => [accessPoint(text(input, 'AccessPointId'), asked)],
    ...each(['TagResource', 'UntagResource', 'ListTagsForResource'], either),
  },
  more: (asked) => {
    const made: Record<string, string> = {
      CreateFileSystem: 'file-system/*',
      CreateAccessPoint: 'access-point/*',
    };
    const resource = made[asked.operation];
    if (resource === undefined) return [];
    return tagging(
      asked,
      'elasticfilesystem:TagResource',
      [asked.arn('elasticfilesystem', resource)],
      'elasticfilesystem:CreateAction',
    );
  },
};
