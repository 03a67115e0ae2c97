import type { Arns } from '../arns';
import { policy } from './policy';

/** Alarms and rules of this account may publish; nobody without TLS. */
export function topicPolicy(arns: Arns, topicArn: string): string {
  return policy([
    {
      Sid: 'Publish',
      Effect: 'Allow',
      Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
      Action: 'sns:Publish',
      Resource: topicArn,
      Condition: { StringEquals: { 'aws:SourceAccount': arns.accountId } },
    },
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 'sns:Publish',
      Resource: topicArn,
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ]);
}
