import { createHash } from 'node:crypto';
import type { WireRequest, WireResponse } from '../../../api/wire';
import type { Bucket, Store, StoredObject } from '../../store';
import { failure, type Answers } from './request';

/** A request for an object of a bucket that is there. */
export function onObject(
  request: WireRequest,
  key: string,
  { objects }: Bucket,
  store: Store,
  now: () => number,
  answers: Answers,
): WireResponse {
  const object = objects.get(key);
  switch (request.method) {
    case 'PUT':
      return put(request, key, objects, store, now, answers);
    case 'DELETE':
      objects.delete(key);
      return answers.respond(204);
    case 'GET':
    case 'HEAD':
      if (object === undefined) {
        throw failure('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
      }
      return read(request, object, answers);
    default:
      throw failure('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405);
  }
}

function read(request: WireRequest, object: StoredObject, answers: Answers): WireResponse {
  if (request.query.has('tagging')) return answers.xml('Tagging', { TagSet: '' });
  const etag = `"${object.etag}"`;
  if (request.headers['if-none-match'] === etag) return answers.respond(304);
  if ((request.headers['if-match'] ?? etag) !== etag) {
    throw failure('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
  const headers: Record<string, string> = {
    'content-type': object.contentType,
    etag,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'accept-ranges': 'bytes',
  };
  const range = rangeOf(request.headers.range, object.body.length);
  const body = range === undefined ? object.body : object.body.subarray(range.from, range.to + 1);
  headers['content-length'] = String(body.length);
  if (range !== undefined) headers['content-range'] = `bytes ${range.from}-${range.to}/${object.body.length}`;
  return answers.respond(range === undefined ? 200 : 206, request.method === 'HEAD' ? '' : body, headers);
}

/** `bytes=0-99`, `bytes=100-`, `bytes=-10`; both ends count. */
function rangeOf(header: string | undefined, size: number): { from: number; to: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(size - 1, Number(last));
  if (from > to) throw failure('InvalidRange', 'The requested range is not satisfiable', 416);
  return { from, to };
}

function put(
  request: WireRequest,
  key: string,
  objects: Bucket['objects'],
  store: Store,
  now: () => number,
  answers: Answers,
): WireResponse {
  if (request.query.has('uploadId') || request.query.has('partNumber')) {
    throw failure('NotImplemented', "The rehearsal's S3 takes no multipart uploads", 501);
  }
  const existing = objects.get(key);
  const match = request.headers['if-match'];
  if (
    (request.headers['if-none-match'] === '*' && existing !== undefined) ||
    (match !== undefined && match !== `"${existing?.etag ?? ''}"`)
  ) {
    throw failure('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412);
  }
  const copied = source(request, store);
  const body = copied?.body ?? request.body;
  const etag = createHash('md5').update(body).digest('hex');
  objects.set(key, {
    body,
    etag,
    contentType: copied?.contentType ?? request.headers['content-type'] ?? 'binary/octet-stream',
    lastModified: now(),
  });
  if (copied === undefined) return answers.respond(200, '', { etag: `"${etag}"` });
  return answers.xml('CopyObjectResult', { ETag: `"${etag}"`, LastModified: new Date(now()) });
}

/** What `x-amz-copy-source` names; undefined where it is not set. */
function source(request: WireRequest, store: Store): StoredObject | undefined {
  const header = request.headers['x-amz-copy-source'];
  if (header === undefined) return undefined;
  const path = decodeURIComponent(header).replace(/^\//, '');
  const slash = path.indexOf('/');
  const found = store.buckets.get(path.slice(0, slash))?.objects.get(path.slice(slash + 1));
  if (found === undefined) {
    throw failure('NoSuchKey', 'The specified key does not exist.', 404, { Key: path.slice(slash + 1) });
  }
  return found;
}
