import { S3Bucket } from '@cdktf/provider-aws/lib/s3-bucket';
import { S3BucketOwnershipControls } from '@cdktf/provider-aws/lib/s3-bucket-ownership-controls';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { S3BucketPublicAccessBlock } from '@cdktf/provider-aws/lib/s3-bucket-public-access-block';
import { S3BucketServerSideEncryptionConfigurationA } from '@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration';
import { S3BucketVersioningA } from '@cdktf/provider-aws/lib/s3-bucket-versioning';
import { Construct } from 'constructs';

export interface PrivateBucketProps {
  readonly name: string;
  /** JSON of who may do what; refuses what comes without TLS, at least. */
  readonly policy: string;
  /** Keeps what is overwritten or deleted. */
  readonly versioned: boolean;
  /** Terraform refuses to plan its destruction. */
  readonly protect: boolean;
  /** Destroys the objects with it. Only a rehearsal may. */
  readonly emptyOnDestroy: boolean;
}

/** Encrypted by S3, reached by TLS alone, closed to the public, without ACLs. */
export class PrivateBucket extends Construct {
  /** There once the policy is, without which some services refuse to write to it. */
  readonly name: string;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const { id: bucket } = new S3Bucket(this, 'bucket', {
      bucket: props.name,
      forceDestroy: props.emptyOnDestroy,
      ...(props.protect ? { lifecycle: { preventDestroy: true } } : {}),
    });
    if (props.versioned) {
      new S3BucketVersioningA(this, 'versioning', { bucket, versioningConfiguration: { status: 'Enabled' } });
    }
    new S3BucketServerSideEncryptionConfigurationA(this, 'encryption', {
      bucket,
      rule: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
    });
    new S3BucketOwnershipControls(this, 'ownership', {
      bucket,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    const closed = new S3BucketPublicAccessBlock(this, 'closed', {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    // S3 takes one change of a bucket's access at a time.
    const policy = new S3BucketPolicy(this, 'policy', { bucket, policy: props.policy, dependsOn: [closed] });
    this.name = policy.bucket;
  }
}
