import type { WireRequest, WireResponse } from '../../../api/wire';
import type { Bucket, Store } from '../../store';
import { failure, type Answers } from './request';

interface Setting {
  /** Error code for a bucket that does not have it. */
  missing?: string;
  /** Document of a bucket that does not have it. */
  initial?: string;
}

const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const empty = (root: string) => ({ initial: `<${root} ${namespace}/>` });

/** What a bucket can be told, by the name of the subresource: documents are kept and handed out as they came. */
const settings: Readonly<Record<string, Setting>> = {
  versioning: empty('VersioningConfiguration'),
  logging: empty('BucketLoggingStatus'),
  accelerate: empty('AccelerateConfiguration'),
  notification: empty('NotificationConfiguration'),
  requestPayment: {
    initial: `<RequestPaymentConfiguration ${namespace}><Payer>BucketOwner</Payer></RequestPaymentConfiguration>`,
  },
  encryption: {
    initial:
      `<ServerSideEncryptionConfiguration ${namespace}><Rule><ApplyServerSideEncryptionByDefault>` +
      '<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>' +
      '<BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>',
  },
  acl: {
    initial:
      `<AccessControlPolicy ${namespace}><Owner><ID>rehearsal</ID></Owner><AccessControlList><Grant>` +
      '<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>rehearsal</ID></Grantee>' +
      '<Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>',
  },
  policy: { missing: 'NoSuchBucketPolicy' },
  tagging: { missing: 'NoSuchTagSet' },
  lifecycle: { missing: 'NoSuchLifecycleConfiguration' },
  cors: { missing: 'NoSuchCORSConfiguration' },
  website: { missing: 'NoSuchWebsiteConfiguration' },
  replication: { missing: 'ReplicationConfigurationNotFoundError' },
  'object-lock': { missing: 'ObjectLockConfigurationNotFoundError' },
  ownershipControls: { missing: 'OwnershipControlsNotFoundError' },
  publicAccessBlock: { missing: 'NoSuchPublicAccessBlockConfiguration' },
};

/** Answers a request for one of a bucket's settings; undefined where it is for something else. */
export function onSetting(
  request: WireRequest,
  name: string,
  bucket: Bucket,
  store: Store,
  answers: Answers,
): WireResponse | undefined {
  if (request.method === 'GET' && request.query.has('location')) {
    return answers.respond(
      200,
      `<LocationConstraint ${namespace}>${store.region === 'us-east-1' ? '' : store.region}</LocationConstraint>`,
      { 'content-type': 'application/xml' },
    );
  }
  const key = Object.keys(settings).find((candidate) => request.query.has(candidate));
  if (key === undefined) return undefined;
  if (request.method === 'PUT') {
    bucket.settings.set(key, request.body.toString('utf8'));
    return answers.respond(200);
  }
  if (request.method === 'DELETE') {
    bucket.settings.delete(key);
    return answers.respond(204);
  }
  const { missing, initial } = settings[key] ?? {};
  const document = bucket.settings.get(key) ?? initial;
  if (document === undefined) {
    throw failure(missing ?? 'NoSuchKey', `The bucket has no ${key} configuration`, 404, {
      BucketName: name,
    });
  }
  const contentType = key === 'policy' ? 'application/json' : 'application/xml';
  return answers.respond(200, document, { 'content-type': contentType });
}
