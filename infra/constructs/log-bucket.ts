import { S3BucketLifecycleConfiguration } from '@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration';
import { Construct } from 'constructs';
import { PrivateBucket } from './private-bucket';

export interface LogBucketProps {
  readonly name: string;
  /** JSON of who may write. */
  readonly policy: string;
  /** Days after which objects go. */
  readonly keepDays: number;
  /** Destroys the objects with it. Only a rehearsal may. */
  readonly emptyOnDestroy: boolean;
}

/** A bucket that services of AWS write logs to. Load balancers cannot with a key of KMS, so that it has S3's own. */
export class LogBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, props: LogBucketProps) {
    super(scope, id, { ...props, versioned: false, protect: false });
    new S3BucketLifecycleConfiguration(this, 'lifecycle', {
      bucket: this.name,
      rule: [
        {
          id: 'expire',
          status: 'Enabled',
          filter: [{}],
          expiration: [{ days: props.keepDays }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
      ],
    });
  }
}
