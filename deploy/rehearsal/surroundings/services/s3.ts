import { flat } from '../../api/protocol/xml';
import type { WireRequest, WireResponse } from '../../api/wire';
import type { Bucket, Store } from '../store';
import { onBucket } from './s3/bucket';
import { onObject } from './s3/object';
import { answersTo, failure, locate } from './s3/request';

/**
 * S3 as far as state, outputs and environment files need it: buckets with their settings; objects put, copied, read
 * (ranges too), listed and deleted, with `If-None-Match: *` and `If-Match` (Terraform's lock file). By path, or by
 * host (`bucket.localhost`). No versions, no multipart uploads.
 */
export function s3(
  store: Store,
  now: () => number,
): (request: WireRequest, requestId: string) => WireResponse {
  return (request, requestId) => {
    const { bucket: name, key } = locate(request);
    const answers = answersTo(requestId);
    if (name === '') {
      const owned = [...store.buckets].sort(([a], [b]) => (a < b ? -1 : 1));
      const Bucket = owned.map(([Name, { createdAt }]) => ({ Name, CreationDate: new Date(createdAt) }));
      return answers.xml('ListAllMyBucketsResult', { Buckets: { Bucket: flat(Bucket) } });
    }
    if (request.method === 'PUT' && key === '' && request.query.size === 0) {
      if (store.buckets.has(name)) {
        throw failure(
          'BucketAlreadyOwnedByYou',
          'Your previous request to create the named bucket succeeded and you already own it.',
          409,
          { BucketName: name },
        );
      }
      store.buckets.set(name, newBucket(now()));
      return answers.respond(200, '', { location: `/${name}` });
    }
    const bucket = store.buckets.get(name);
    if (bucket === undefined) {
      throw failure('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
    }
    if (key === '') return onBucket(request, name, bucket, store, answers);
    return onObject(request, key, bucket, store, now, answers);
  };
}

/** A bucket without anything in it. */
export function newBucket(createdAt: number): Bucket {
  return { objects: new Map(), createdAt, settings: new Map() };
}
