import type { Message } from '../../operation';
import { each, tagging, text, type Asked, type ServiceActs } from '../acts';

const key = (input: Message, asked: Asked) => {
  const id = text(input, 'KeyId') || text(input, 'TargetKeyId');
  if (id.startsWith('arn:')) return [id];
  return [asked.arn('kms', id.startsWith('alias/') ? id : `key/${id}`)];
};
const alias = (input: Message, asked: Asked) => [
  asked.arn('kms', text(input, 'AliasName')),
  // Of an alias that goes the request does not say the key.
  ...(text(input, 'TargetKeyId') === '' ? [asked.arn('kms', 'key/*')] : key(input, asked)),
];

/** Source: Service Authorization Reference, AWS Key Management Service. */
export const kms: ServiceActs = {
  prefix: 'kms',
  resources: {
    ...each(
      [
        'DescribeKey',
        'GetKeyPolicy',
        'PutKeyPolicy',
        'GetKeyRotationStatus',
        'EnableKeyRotation',
        'DisableKeyRotation',
        'EnableKey',
        'DisableKey',
        'UpdateKeyDescription',
        'ScheduleKeyDeletion',
        'CancelKeyDeletion',
        'ListResourceTags',
        'TagResource',
        'UntagResource',
        'CreateGrant',
        'Encrypt',
        'Decrypt',
        'GenerateDataKey',
      ],
      key,
    ),
    ...each(['CreateAlias', 'DeleteAlias', 'UpdateAlias'], alias),
  },
  more: (asked) =>
    asked.operation === 'CreateKey' ? tagging(asked, 'kms:TagResource', [asked.arn('kms', 'key/*')]) : [],
};
