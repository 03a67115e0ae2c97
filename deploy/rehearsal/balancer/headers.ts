import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** They concern one connection only (RFC 9110, 7.6.1), and are made anew for the next. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Name, value, name, value, ...; order and repetition as they came. */
export type RawHeaders = string[];

/** Headers of a message that go on to the other side. */
export function endToEnd(message: IncomingMessage, alsoWithout: readonly string[] = []): RawHeaders {
  const named = (message.headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const without = new Set([...hopByHop, ...named, ...alsoWithout]);
  const kept: RawHeaders = [];
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const name = message.rawHeaders[index] ?? '';
    if (!without.has(name.toLowerCase())) kept.push(name, message.rawHeaders[index + 1] ?? '');
  }
  return kept;
}

/** What a target gets to see: the client's headers, and whom the balancer had them from. */
export function towardsTarget(
  request: IncomingMessage,
  listener: { protocol: 'HTTP' | 'HTTPS'; port: number },
  sourceAddress: string,
): RawHeaders {
  const headers = endToEnd(request, [
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-forwarded-port',
    'x-amzn-trace-id',
    // The balancer has said "continue" itself.
    'expect',
  ]);
  const before = request.headers['x-forwarded-for'];
  const chain = [...(before === undefined ? [] : [before].flat()), sourceAddress].join(', ');
  headers.push(
    'X-Forwarded-For',
    chain,
    'X-Forwarded-Proto',
    listener.protocol.toLowerCase(),
    'X-Forwarded-Port',
    String(listener.port),
    'X-Amzn-Trace-Id',
    traceId([request.headers['x-amzn-trace-id'] ?? []].flat()[0]),
  );
  return headers;
}

/** Framing of the body: nothing else tells the target where it ends. */
export function framing(request: IncomingMessage): RawHeaders {
  if (request.headers['transfer-encoding'] !== undefined) return ['Transfer-Encoding', 'chunked'];
  const mayHaveBody = !['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'].includes(
    request.method ?? 'GET',
  );
  return mayHaveBody && request.headers['content-length'] === undefined ? ['Content-Length', '0'] : [];
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
function traceId(present: string | undefined): string {
  const time = Math.floor(Date.now() / 1000).toString(16);
  const id = `1-${time}-${randomBytes(12).toString('hex')}`;
  if (present === undefined || present === '') return `Root=${id}`;
  return /(?:^|;)\s*Root=/.test(present) ? `Self=${id};${present}` : `Root=${id};${present}`;
}
