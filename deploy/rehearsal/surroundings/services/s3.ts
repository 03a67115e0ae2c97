import { createHash } from 'node:crypto';
import { ApiError } from '../../api/operation';
import { flat, toXml } from '../../api/protocol/xml';
import type { WireRequest, WireResponse } from '../../api/wire';
import type { Store, StoredObject } from '../store';
import { numberOr, page, sortedBy } from './page';

type Bucket = Map<string, StoredObject>;

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/**
 * S3 as far as state and outputs need it: buckets made and listed; objects put, read, listed and deleted, with
 * `If-None-Match: *` and `If-Match` (Terraform's lock file). By path, or by host (`bucket.localhost`). No versions.
 */
export function s3(
  store: Store,
  now: () => number,
): (request: WireRequest, requestId: string) => WireResponse {
  return (request, requestId) => {
    const { bucket, key } = locate(request);
    const respond = (status: number, body: Buffer | string = '', headers: Record<string, string> = {}) => ({
      status,
      headers: { 'x-amz-request-id': requestId, ...headers },
      body,
    });
    const xml = (root: string, content: Record<string, unknown>) =>
      respond(
        200,
        `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${toXml(content, 'member')}</${root}>`,
        {
          'content-type': 'application/xml',
        },
      );

    if (bucket === '') {
      const Bucket = [...store.buckets.keys()].sort().map((Name) => ({ Name, CreationDate: new Date(0) }));
      return xml('ListAllMyBucketsResult', { Buckets: { Bucket: flat(Bucket) } });
    }
    if (request.method === 'PUT' && key === '') {
      if (!store.buckets.has(bucket)) store.buckets.set(bucket, new Map());
      return respond(200, '', { location: `/${bucket}` });
    }
    const objects = store.buckets.get(bucket);
    if (objects === undefined)
      throw failure('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: bucket });
    if (key === '') return onBucket(request, bucket, objects, store, respond, xml);
    return onObject(request, key, objects, now, respond);
  };
}

type Respond = (status: number, body?: Buffer | string, headers?: Record<string, string>) => WireResponse;

function onBucket(
  request: WireRequest,
  name: string,
  objects: Bucket,
  store: Store,
  respond: Respond,
  xml: (root: string, content: Record<string, unknown>) => WireResponse,
): WireResponse {
  if (request.method === 'HEAD') return respond(200, '', { 'x-amz-bucket-region': store.region });
  if (request.method === 'GET' && request.query.has('location')) {
    return xml('LocationConstraint', {});
  }
  if (request.method === 'GET' && (request.query.has('list-type') || request.query.size === 0)) {
    return xml('ListBucketResult', listed(request.query, name, objects));
  }
  throw failure(
    'NotImplemented',
    `The rehearsal's S3 has no ${request.method} of a bucket with "${request.query.toString()}"`,
    501,
  );
}

function listed(query: URLSearchParams, name: string, objects: Bucket): Record<string, unknown> {
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const keys = sortedBy(objects.keys(), (key) => key).filter((key) => key.startsWith(prefix));
  const rolled = (key: string) => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return end < 0 ? key : key.slice(0, end + delimiter.length);
  };
  const entries = [...new Set(keys.map(rolled))];
  const size = numberOr(query.get('max-keys') ?? undefined, 1000, { max: 1000 });
  const token = query.get('continuation-token') ?? undefined;
  const result = page(entries, (entry) => entry, size, token, 'InvalidArgument');
  return {
    Name: name,
    Prefix: prefix,
    Delimiter: delimiter === '' ? undefined : delimiter,
    MaxKeys: size,
    KeyCount: result.entries.length,
    IsTruncated: result.next !== undefined,
    ContinuationToken: token,
    NextContinuationToken: result.next,
    Contents: flat(
      result.entries.flatMap((key) => {
        const object = objects.get(key);
        if (object === undefined) return [];
        const LastModified = new Date(object.lastModified);
        return [
          {
            Key: key,
            LastModified,
            ETag: `"${object.etag}"`,
            Size: object.body.length,
            StorageClass: 'STANDARD',
          },
        ];
      }),
    ),
    CommonPrefixes: flat(result.entries.filter((key) => !objects.has(key)).map((Prefix) => ({ Prefix }))),
  };
}

function onObject(
  request: WireRequest,
  key: string,
  objects: Bucket,
  now: () => number,
  respond: Respond,
): WireResponse {
  const object = objects.get(key);
  switch (request.method) {
    case 'PUT':
      return put(request, key, objects, now, respond);
    case 'DELETE':
      objects.delete(key);
      return respond(204);
    case 'GET':
    case 'HEAD':
      if (object === undefined)
        throw failure('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
      if (request.headers['if-none-match'] === `"${object.etag}"`) return respond(304);
      return respond(200, request.method === 'HEAD' ? '' : object.body, {
        'content-type': object.contentType,
        'content-length': String(object.body.length),
        etag: `"${object.etag}"`,
        'last-modified': new Date(object.lastModified).toUTCString(),
        'accept-ranges': 'bytes',
      });
    default:
      throw failure('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  }
}

function put(
  request: WireRequest,
  key: string,
  objects: Bucket,
  now: () => number,
  respond: Respond,
): WireResponse {
  const existing = objects.get(key);
  const match = request.headers['if-match'];
  if (
    (request.headers['if-none-match'] === '*' && existing !== undefined) ||
    (match !== undefined && match !== `"${existing?.etag ?? ''}"`)
  ) {
    throw failure('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
  const etag = createHash('md5').update(request.body).digest('hex');
  objects.set(key, {
    body: request.body,
    etag,
    contentType: request.headers['content-type'] ?? 'binary/octet-stream',
    lastModified: now(),
  });
  return respond(200, '', { etag: `"${etag}"` });
}

function failure(
  code: string,
  message: string,
  status: number,
  fields: Record<string, unknown> = {},
): ApiError {
  return new ApiError(code, message, status, fields);
}

/** Path style, or virtual-host style where the host has a label before an address or a name of S3. */
function locate(request: WireRequest): { bucket: string; key: string } {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const fromHost = /^(.+)\.(?:localhost|127\.0\.0\.1|s3[.-].*amazonaws\.com(?:\.cn)?)$/.exec(host)?.[1];
  const path = request.path.slice(1);
  if (fromHost !== undefined) return { bucket: fromHost, key: decodeURIComponent(path) };
  const slash = path.indexOf('/');
  const bucket = slash < 0 ? path : path.slice(0, slash);
  return {
    bucket: decodeURIComponent(bucket),
    key: slash < 0 ? '' : decodeURIComponent(path.slice(slash + 1)),
  };
}
