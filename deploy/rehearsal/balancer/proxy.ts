import http, { type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream';
import { answerError } from './answers';
import type { TargetGroupCounters } from './balancer-types';
import { endToEnd, framing, towardsTarget } from './headers';
import type { ChosenTarget } from './target-group';

/** What a proxied request needs to know. */
export interface ProxyPlace {
  listener: { protocol: 'HTTP' | 'HTTPS'; port: number };
  sourceAddress: string;
  /** Milliseconds without a byte; real time. */
  idleTimeout: number;
  counters: TargetGroupCounters;
}

/** ALB gives a target this long to accept a connection (milliseconds); after it the answer is 504. */
const connectTimeout = 10_000;

/**
 * Passes a request on, and the answer back, as they stream. Never sent twice: a target that closes the connection
 * before it answers makes it a 502, as at AWS.
 */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  target: ChosenTarget,
  place: ProxyPlace,
): void {
  const { counters } = place;
  counters.requests += 1;
  const upstream = openRequest(request, target, place, [...framing(request)], true);
  const sentAt = performance.now();
  let answered = false;
  const fail = (statusCode: number): void => {
    upstream.destroy();
    if (response.destroyed) return;
    counters.balancer5xx += 1;
    answerError(response, statusCode);
  };

  limitConnecting(upstream, () => fail(504));
  upstream.setTimeout(place.idleTimeout, () => {
    if (answered) response.destroy();
    else fail(504);
    upstream.destroy();
  });
  upstream.on('response', (answer) => {
    answered = true;
    counters.responseTime += performance.now() - sentAt;
    countAnswer(counters, answer.statusCode ?? 0);
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer));
    // With an error on either side both are closed: a client must not take half an answer for a whole one.
    pipeline(answer, response, () => undefined);
  });
  upstream.on('error', () => {
    if (answered || response.destroyed) return;
    counters.connectionErrors += 1;
    request.unpipe(upstream);
    fail(502);
  });
  response.on('close', () => {
    if (!response.writableFinished) upstream.destroy();
  });
  request.on('error', () => upstream.destroy());
  request.pipe(upstream);
}

/** A request to a target that has not been ended yet. */
export function openRequest(
  request: IncomingMessage,
  target: ChosenTarget,
  place: Pick<ProxyPlace, 'listener' | 'sourceAddress'>,
  more: readonly string[],
  pooled: boolean,
): ClientRequest {
  return (target.protocol === 'HTTPS' ? https : http).request({
    host: target.endpoint.host,
    port: target.endpoint.port,
    method: request.method,
    path: request.url,
    headers: [...towardsTarget(request, place.listener, place.sourceAddress), ...more],
    agent: pooled ? target.agent : false,
    rejectUnauthorized: false,
  });
}

export function countAnswer(counters: TargetGroupCounters, statusCode: number): void {
  if (statusCode >= 500) counters.target5xx += 1;
  else if (statusCode >= 400) counters.target4xx += 1;
  else if (statusCode >= 300) counters.target3xx += 1;
  else counters.target2xx += 1;
}

export function limitConnecting(upstream: ClientRequest, tooLate: () => void): void {
  upstream.once('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(tooLate, connectTimeout);
    const stop = (): void => clearTimeout(timer);
    socket.once('connect', stop);
    socket.once('close', stop);
  });
}
