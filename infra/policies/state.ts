import { actions, policy, type Statement } from './policy';

/** Nobody reaches the bucket without TLS. */
export function tlsOnly(bucketArn: string): Statement {
  return {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 's3:*',
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/** The whole policy of a bucket that nobody else has a say in. */
export function tlsOnlyPolicy(bucketArn: string): string {
  return policy([tlsOnly(bucketArn)]);
}

/** Objects of one project in the buckets that keep its state. */
export interface StateAccess {
  readonly bucketArns: readonly string[];
  readonly project: string;
}

/** Reads state without taking the lock. */
export function readState({ bucketArns, project }: StateAccess): Statement[] {
  return [
    { Sid: 'ListState', Effect: 'Allow', Action: 's3:ListBucket', Resource: bucketArns },
    {
      Sid: 'ReadState',
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: bucketArns.map((arn) => `${arn}/${project}/*.tfstate`),
    },
  ];
}

/** Reads and writes state, and takes and gives back the lock. */
export function writeState({ bucketArns, project }: StateAccess): Statement[] {
  return [
    { Sid: 'ListState', Effect: 'Allow', Action: 's3:ListBucket', Resource: bucketArns },
    {
      Sid: 'WriteState',
      Effect: 'Allow',
      Action: actions('s3', ['GetObject', 'PutObject']),
      Resource: bucketArns.map((arn) => `${arn}/${project}/*.tfstate`),
    },
    {
      Sid: 'LockState',
      Effect: 'Allow',
      Action: actions('s3', ['GetObject', 'PutObject', 'DeleteObject']),
      Resource: bucketArns.map((arn) => `${arn}/${project}/*.tflock`),
    },
  ];
}
