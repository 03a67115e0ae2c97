import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct } from 'constructs';
import type { Arns } from '../arns';
import { environmentKeyPolicy } from '../policies/encryption';

export interface EncryptionProps {
  readonly arns: Arns;
  /** Of the alias, without `alias/`. */
  readonly name: string;
  readonly protect: boolean;
  /** Log groups whose names begin so may use it. */
  readonly logGroups: readonly string[];
}

/** One key of the environment's own, for its logs, topics, queues and files; it turns over once a year. */
export class Encryption extends Construct {
  readonly keyArn: string;

  constructor(scope: Construct, id: string, props: EncryptionProps) {
    super(scope, id);
    const key = new KmsKey(this, 'key', {
      description: `Data of ${props.name}`,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: environmentKeyPolicy(props.arns, props.logGroups),
      lifecycle: { preventDestroy: props.protect },
    });
    new KmsAlias(this, 'alias', { name: `alias/${props.name}`, targetKeyId: key.keyId });
    this.keyArn = key.arn;
  }
}
