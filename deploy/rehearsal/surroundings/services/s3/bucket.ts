import { flat } from '../../../api/protocol/xml';
import type { WireRequest, WireResponse } from '../../../api/wire';
import type { Bucket, Store } from '../../store';
import { numberOr, page, sortedBy } from '../page';
import { failure, type Answers } from './request';
import { onSetting } from './settings';

/** A request for a bucket that is there. */
export function onBucket(
  request: WireRequest,
  name: string,
  bucket: Bucket,
  store: Store,
  answers: Answers,
): WireResponse {
  const { method, query } = request;
  if (method === 'HEAD') return answers.respond(200, '', { 'x-amz-bucket-region': store.region });
  const setting = onSetting(request, name, bucket, store, answers);
  if (setting !== undefined) return setting;
  if (method === 'DELETE' && query.size === 0) {
    if (bucket.objects.size > 0) {
      throw failure('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, {
        BucketName: name,
      });
    }
    store.buckets.delete(name);
    return answers.respond(204);
  }
  if (method === 'POST' && query.has('delete')) return deleteObjects(request, bucket, answers);
  if (method === 'GET' && query.has('versions')) {
    const versions = flat(contents(bucket, [...bucket.objects.keys()].sort()).map(asVersion));
    return answers.xml('ListVersionsResult', { Name: name, IsTruncated: false, Version: versions });
  }
  const lists = query.has('list-type') || [...query.keys()].every((key) => listParameters.has(key));
  if (method === 'GET' && lists) return answers.xml('ListBucketResult', listed(query, name, bucket));
  throw failure(
    'NotImplemented',
    `The rehearsal's S3 has no ${method} of a bucket with "${query.toString()}"`,
    501,
  );
}

const listParameters = new Set(['prefix', 'delimiter', 'max-keys', 'marker', 'encoding-type', 'x-id']);

const asVersion = (object: object) => ({ ...object, VersionId: 'null', IsLatest: true });

function deleteObjects(request: WireRequest, bucket: Bucket, answers: Answers): WireResponse {
  const keys = [...request.body.toString('utf8').matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) =>
    key.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
  );
  for (const key of keys) bucket.objects.delete(key);
  return answers.xml('DeleteResult', { Deleted: flat(keys.map((Key) => ({ Key }))) });
}

/** The answer to version 2 of the list, and to version 1, whose `marker` is a key. */
function listed(query: URLSearchParams, name: string, { objects }: Bucket): Record<string, unknown> {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const after = query.get('start-after') ?? query.get('marker') ?? '';
  const keys = sortedBy(objects.keys(), (key) => key).filter((key) => key.startsWith(prefix) && key > after);
  const rolled = (key: string) => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return end < 0 ? key : key.slice(0, end + delimiter.length);
  };
  const entries = [...new Set(keys.map(rolled))];
  const size = numberOr(query.get('max-keys') ?? undefined, 1000, { max: 1000 });
  const token = query.get('continuation-token') ?? undefined;
  const result = page(entries, (entry) => entry, size, token, 'InvalidArgument');
  const truncated = result.next !== undefined;
  const second = query.has('list-type');
  return {
    Name: name,
    Prefix: prefix,
    Delimiter: delimiter === '' ? undefined : delimiter,
    MaxKeys: size,
    IsTruncated: truncated,
    ...(second
      ? { KeyCount: result.entries.length, ContinuationToken: token, NextContinuationToken: result.next }
      : { Marker: after, NextMarker: truncated ? result.entries.at(-1) : undefined }),
    Contents: flat(contents({ objects }, result.entries)),
    CommonPrefixes: flat(result.entries.filter((key) => !objects.has(key)).map((Prefix) => ({ Prefix }))),
  };
}

function contents({ objects }: Pick<Bucket, 'objects'>, keys: readonly string[]) {
  return keys.flatMap((key) => {
    const object = objects.get(key);
    if (object === undefined) return [];
    return [
      {
        Key: key,
        LastModified: new Date(object.lastModified),
        ETag: `"${object.etag}"`,
        Size: object.body.length,
        StorageClass: 'STANDARD',
      },
    ];
  });
}
