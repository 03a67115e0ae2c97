import { locate } from '../../surroundings/services/s3/request';
import type { WireRequest } from '../wire';
import type { Act } from './acts';

/** Settings of a bucket, by the name of the subresource: what reads and what writes them. */
const settings: Readonly<Record<string, readonly [read: string, write: string, remove?: string]>> = {
  accelerate: ['GetAccelerateConfiguration', 'PutAccelerateConfiguration'],
  acl: ['GetBucketAcl', 'PutBucketAcl'],
  cors: ['GetBucketCORS', 'PutBucketCORS'],
  encryption: ['GetEncryptionConfiguration', 'PutEncryptionConfiguration'],
  lifecycle: ['GetLifecycleConfiguration', 'PutLifecycleConfiguration'],
  location: ['GetBucketLocation', 'GetBucketLocation'],
  logging: ['GetBucketLogging', 'PutBucketLogging'],
  notification: ['GetBucketNotification', 'PutBucketNotification'],
  'object-lock': ['GetBucketObjectLockConfiguration', 'PutBucketObjectLockConfiguration'],
  ownershipControls: ['GetBucketOwnershipControls', 'PutBucketOwnershipControls'],
  policy: ['GetBucketPolicy', 'PutBucketPolicy', 'DeleteBucketPolicy'],
  policyStatus: ['GetBucketPolicyStatus', 'PutBucketPolicy'],
  publicAccessBlock: ['GetBucketPublicAccessBlock', 'PutBucketPublicAccessBlock'],
  replication: ['GetReplicationConfiguration', 'PutReplicationConfiguration'],
  requestPayment: ['GetBucketRequestPayment', 'PutBucketRequestPayment'],
  tagging: ['GetBucketTagging', 'PutBucketTagging'],
  uploads: ['ListBucketMultipartUploads', 'ListBucketMultipartUploads'],
  versioning: ['GetBucketVersioning', 'PutBucketVersioning'],
  versions: ['ListBucketVersions', 'ListBucketVersions'],
  website: ['GetBucketWebsite', 'PutBucketWebsite', 'DeleteBucketWebsite'],
};

const reads = (method: string) => method === 'GET' || method === 'HEAD';

/**
 * S3 says by method, path and query what is wanted.
 * Source: Amazon S3 user guide, required permissions for API operations.
 */
export function s3Acts(request: WireRequest): Act[] {
  const { bucket, key } = locate(request);
  if (bucket === '') return [{ action: 's3:ListAllMyBuckets', resources: ['*'] }];
  const arn = `arn:aws:s3:::${bucket}`;
  if (key === '') return [onBucket(request, arn)];
  const source = request.method === 'PUT' ? request.headers['x-amz-copy-source'] : undefined;
  const copied =
    source === undefined ? [] : [decodeURIComponent(source).replace(/^\//, '').split('?')[0] ?? ''];
  return [
    { action: `s3:${onObject(request)}`, resources: [`${arn}/${key}`] },
    ...copied.map((path) => ({ action: 's3:GetObject', resources: [`arn:aws:s3:::${path}`] })),
  ];
}

function onBucket({ method, query }: WireRequest, arn: string): Act {
  // The keys to delete stand in the body, which may be on its way elsewhere unread.
  if (method === 'POST' && query.has('delete')) return { action: 's3:DeleteObject', resources: [`${arn}/*`] };
  const [name] = Object.keys(settings).filter((one) => query.has(one));
  const [read, write, remove] = (name === undefined ? undefined : settings[name]) ?? [
    'ListBucket',
    'CreateBucket',
    'DeleteBucket',
  ];
  const action = reads(method) ? read : method === 'DELETE' ? (remove ?? write) : write;
  const prefix = query.get('prefix');
  return {
    action: `s3:${action}`,
    resources: [arn],
    context: action.startsWith('ListBucket') && prefix !== null ? { 's3:prefix': prefix } : {},
  };
}

function onObject({ method, query }: WireRequest): string {
  const version = query.has('versionId') ? 'Version' : '';
  for (const [name, word] of Object.entries({ tagging: 'Tagging', acl: 'Acl' })) {
    if (!query.has(name)) continue;
    if (reads(method)) return `GetObject${version}${word}`;
    return method === 'DELETE' ? `DeleteObject${version}${word}` : `PutObject${version}${word}`;
  }
  if (query.has('uploadId') && method === 'DELETE') return 'AbortMultipartUpload';
  if (query.has('uploadId') && method === 'GET') return 'ListMultipartUploadParts';
  if (reads(method)) return `GetObject${version}`;
  return method === 'DELETE' ? `DeleteObject${version}` : 'PutObject';
}
