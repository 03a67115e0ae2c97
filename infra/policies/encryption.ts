import type { Arns } from '../arns';
import { actions, policy } from './policy';

const USE = actions('kms', ['Encrypt', 'Decrypt', 'ReEncrypt*', 'GenerateDataKey*', 'DescribeKey']);

/**
 * The account's own policies say who may use the key; CloudWatch Logs may for these log groups, and the services that
 * send what alarms have to say may for what they send. Source: CloudWatch Logs user guide, encrypt log data.
 */
export function environmentKeyPolicy(arns: Arns, logGroups: readonly string[]): string {
  return policy([
    {
      Sid: 'Account',
      Effect: 'Allow',
      Principal: { AWS: arns.account },
      Action: 'kms:*',
      Resource: '*',
    },
    {
      Sid: 'Logs',
      Effect: 'Allow',
      Principal: { Service: `logs.${arns.region}.amazonaws.com` },
      Action: USE,
      Resource: '*',
      Condition: {
        ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups.map((name) => arns.logGroup(`${name}*`)) },
      },
    },
    {
      Sid: 'Alarms',
      Effect: 'Allow',
      Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
      Action: actions('kms', ['Decrypt', 'GenerateDataKey*']),
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': arns.accountId } },
    },
  ]);
}
