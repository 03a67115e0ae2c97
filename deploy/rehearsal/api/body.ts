import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { ApiError } from './operation';

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);

/** Reads a request's body whole. Rejects where the client goes away before its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/**
 * Undoes what clients do to bodies: gzip (AWS SDKs compress large ones), deflate, and `aws-chunked` (S3's signed chunks).
 * @throws ApiError `SerializationException` where the bytes are not what the headers say.
 */
export async function decodeBody(
  headers: Readonly<Record<string, string | undefined>>,
  body: Buffer,
): Promise<Buffer> {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((name) => name.trim().toLowerCase());
  const chunked =
    encodings.includes('aws-chunked') || /^STREAMING-/.test(headers['x-amz-content-sha256'] ?? '');
  const plain = chunked ? decodeChunks(body) : body;
  try {
    if (encodings.includes('gzip')) return await gunzipAsync(plain);
    if (encodings.includes('deflate')) return await inflateAsync(plain);
  } catch {
    throw new ApiError('SerializationException', 'The body is not compressed as its Content-Encoding says.');
  }
  return plain;
}

/** `hex-size[;chunk-signature=...]\r\n data \r\n ... 0\r\n trailers`: the data alone. */
export function decodeChunks(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = lineEnd < 0 ? NaN : parseInt(body.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(size) || lineEnd + 2 + size > body.length) {
      throw new ApiError('SerializationException', `The aws-chunked body breaks off at byte ${at}.`);
    }
    if (size === 0) return Buffer.concat(parts);
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
