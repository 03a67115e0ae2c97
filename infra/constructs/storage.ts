import { SecretsmanagerSecret } from '@cdktf/provider-aws/lib/secretsmanager-secret';
import { Construct } from 'constructs';
import type { Arns } from '../arns';
import type { names } from '../names';
import { tlsOnlyPolicy } from '../policies/state';
import type { Environment } from '../settings/platform';
import { FileSystem } from './file-system';
import type { NetworkFacts } from './network';
import { PrivateBucket } from './private-bucket';

export interface StorageProps {
  readonly names: ReturnType<typeof names>;
  readonly arns: Arns;
  readonly environment: Environment;
  readonly network: NetworkFacts;
  readonly keyArn: string | undefined;
}

/** What tasks read and keep: files, env files, secrets. Each only where a setting asks for it. */
export class Storage extends Construct {
  readonly fileSystem: FileSystem | undefined;
  readonly envFileBucketArn: string | undefined;

  constructor(scope: Construct, id: string, props: StorageProps) {
    super(scope, id);
    const { names, arns, environment, network, keyArn } = props;
    const { storage, protect, rehearsal, name } = environment;
    if (storage.fileSystem) {
      this.fileSystem = new FileSystem(this, 'files', {
        name: names.environment(name),
        network,
        zones: environment.network.zones,
        keyArn,
        protect,
      });
    }
    if (storage.envFiles) {
      const bucket = names.envFileBucket(name, arns);
      this.envFileBucketArn = arns.bucket(bucket);
      new PrivateBucket(this, 'env-files', {
        name: bucket,
        policy: tlsOnlyPolicy(this.envFileBucketArn),
        versioned: true,
        protect,
        emptyOnDestroy: rehearsal,
      });
    }
    for (const secret of storage.secrets) {
      new SecretsmanagerSecret(this, `secret-${secret}`, {
        name: names.secret(name, secret),
        description: `${secret} of ${name}; its value is entered by hand and never in state`,
        recoveryWindowInDays: rehearsal ? 0 : 30,
        ...(keyArn === undefined ? {} : { kmsKeyId: keyArn }),
      });
    }
  }
}
