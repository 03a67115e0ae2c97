import type { Arns } from '../arns';
import { policy } from './policy';
import { tlsOnly } from './state';

/**
 * Load balancers of this account and region may write their access logs.
 * Source: Elastic Load Balancing user guide, access logs: bucket policy.
 */
export function accessLogsPolicy(arns: Arns, bucketArn: string): string {
  return policy([
    tlsOnly(bucketArn),
    {
      Sid: 'BalancerWrites',
      Effect: 'Allow',
      Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
      Action: 's3:PutObject',
      Resource: `${bucketArn}/AWSLogs/${arns.accountId}/*`,
      Condition: { StringEquals: { 'aws:SourceAccount': arns.accountId } },
    },
  ]);
}
