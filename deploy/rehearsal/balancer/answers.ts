import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { FixedResponseAction, RedirectAction } from './balancer-types';
import type { RequestFacts } from './conditions';

/** What the balancer answers by itself: the page that ALB shows, with its name in the Server header. */
export function answerError(response: ServerResponse, statusCode: number): void {
  const title = `${statusCode} ${STATUS_CODES[statusCode] ?? ''}`;
  const body =
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n` +
    '</body>\r\n</html>\r\n';
  answer(response, statusCode, { 'Content-Type': 'text/html' }, body);
}

export function answerFixed(response: ServerResponse, action: FixedResponseAction): void {
  const type = action.contentType ?? 'text/plain';
  const charset = /^text\//.test(type) && !type.includes('charset') ? '; charset=utf-8' : '';
  answer(response, action.statusCode, { 'Content-Type': type + charset }, action.messageBody ?? '');
}

/** @param location see `redirectLocation`. */
export function answerRedirect(response: ServerResponse, statusCode: number, location: string): void {
  answer(response, statusCode, { Location: location, 'Content-Type': 'text/html' }, '');
}

function answer(
  response: ServerResponse,
  statusCode: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // A body that is still coming in would have to be read to the end before the connection can be used again.
  if (!response.req.complete) response.shouldKeepAlive = false;
  response.writeHead(statusCode, {
    Server: 'awselb/2.0',
    ...headers,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
  response.req.resume();
}

/** A listener as a redirect sees it. */
export interface RedirectPlace {
  protocol: 'HTTP' | 'HTTPS';
  port: number;
}

/**
 * Where a redirect leads.
 * @param local the `host:port` of this machine that stands for a port of the same load balancer; undefined keeps AWS's.
 */
export function redirectLocation(
  action: RedirectAction,
  facts: RequestFacts,
  place: RedirectPlace,
  local: (port: number, host: string) => string | undefined,
): string {
  const values: Record<string, string> = {
    protocol: place.protocol,
    host: facts.host,
    port: String(place.port),
    path: facts.path.replace(/^\//, ''),
    query: facts.query,
  };
  const fill = (text: string): string =>
    text.replace(/#\{(\w+)\}/g, (all, name: string) => values[name] ?? all);
  const host = fill(action.host ?? '#{host}');
  const port = fill(action.port ?? '#{port}');
  const path = fill(action.path ?? '/#{path}');
  const query = fill(action.query ?? '#{query}');
  const rest = `${path}${query === '' ? '' : `?${query}`}`;
  const here = local(Number(port), host);
  if (here !== undefined) return `http://${here}${rest}`;
  return `${fill(action.protocol ?? '#{protocol}').toLowerCase()}://${host}:${port}${rest}`;
}
