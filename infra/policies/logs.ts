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

/** CloudTrail may write this trail's files. Source: CloudTrail user guide, S3 bucket policy. */
export function trailPolicy(arns: Arns, bucketArn: string, trailArn: string): string {
  const Principal = { Service: 'cloudtrail.amazonaws.com' };
  const ofTrail = { 'aws:SourceArn': trailArn };
  return policy([
    tlsOnly(bucketArn),
    {
      Sid: 'TrailLooks',
      Effect: 'Allow',
      Principal,
      Action: 's3:GetBucketAcl',
      Resource: bucketArn,
      Condition: { StringEquals: ofTrail },
    },
    {
      Sid: 'TrailWrites',
      Effect: 'Allow',
      Principal,
      Action: 's3:PutObject',
      Resource: `${bucketArn}/AWSLogs/${arns.accountId}/*`,
      Condition: { StringEquals: { ...ofTrail, 's3:x-amz-acl': 'bucket-owner-full-control' } },
    },
  ]);
}
