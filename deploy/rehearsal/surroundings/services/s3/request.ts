import { ApiError } from '../../../api/operation';
import { toXml } from '../../../api/protocol/xml';
import type { WireRequest, WireResponse } from '../../../api/wire';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Writes the answers of one request. */
export interface Answers {
  respond(status: number, body?: Buffer | string, headers?: Record<string, string>): WireResponse;
  xml(root: string, content: Record<string, unknown>): WireResponse;
}

export function answersTo(requestId: string): Answers {
  const respond: Answers['respond'] = (status, body = '', headers = {}) => ({
    status,
    headers: { 'x-amz-request-id': requestId, ...headers },
    body,
  });
  return {
    respond,
    xml: (root, content) =>
      respond(
        200,
        `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${toXml(content, 'member')}</${root}>`,
        { 'content-type': 'application/xml' },
      ),
  };
}

export function failure(
  code: string,
  message: string,
  status: number,
  fields: Record<string, unknown> = {},
): ApiError {
  return new ApiError(code, message, status, fields);
}

/** Path style, or virtual-host style where the host has a label before an address or a name of S3. */
export function locate(request: Pick<WireRequest, 'path' | 'headers'>): { bucket: string; key: string } {
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
