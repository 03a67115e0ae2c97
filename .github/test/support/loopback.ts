import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Request {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type Answer = { status?: number; body?: unknown };

export interface Loopback {
  url: string;
  requests: Request[];
  stop(): Promise<void>;
}

/** A server on this machine that answers as a test says, and remembers what it was asked. */
export async function startLoopback(answer: (request: Request) => Answer): Promise<Loopback> {
  const requests: Request[] = [];
  const server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (text) => (body += String(text)));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, path: url, headers, body };
      requests.push(request);
      const { status = 200, body: given = {} } = answer(request);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(method === 'HEAD' ? undefined : typeof given === 'string' ? given : JSON.stringify(given));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
