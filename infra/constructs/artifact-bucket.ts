import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { Construct } from 'constructs';
import { tlsOnlyPolicy } from '../policies/state';
import { PrivateBucket } from './private-bucket';

export interface ArtifactBucketProps {
  readonly name: string;
  readonly arn: string;
  readonly emptyOnDestroy: boolean;
}

/** An approval waits a week at most; longer, so that an earlier run can be looked at. */
const KEEP_DAYS = 90;

/** What the steps of a pipeline hand on: encrypted, versioned, gone after some months. */
export class ArtifactBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, props: ArtifactBucketProps) {
    super(scope, id, { ...props, policy: tlsOnlyPolicy(props.arn), versioned: true, protect: false });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: this.name,
      rule: [
        {
          id: 'expire',
          status: 'Enabled',
          filter: [{}],
          expiration: [{ days: KEEP_DAYS }],
          noncurrentVersionExpiration: [{ noncurrentDays: 1 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
      ],
    });
  }
}
