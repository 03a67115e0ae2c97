import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Faults } from '../faults';
import { decodeBody, readBody } from './body';
import { ConnectionReset, type Api } from './dispatch';
import { ApiError } from './operation';
import { credentialScope, type WireRequest, type WireResponse } from './wire';

export interface ApiServer {
  /** `http://127.0.0.1:PORT`; the same for as long as it lives. */
  endpoint: string;
  /** Answers what is under way, then ends. Idle connections are closed at once, busy ones after two seconds. */
  close(): Promise<void>;
}

/** Passes requests on unread, where another endpoint is to have them as a stream. */
export interface Stream {
  takes(service: string | undefined): boolean;
  pass(request: IncomingMessage, response: ServerResponse): void;
}

const HOST = '127.0.0.1';
const CLOSE_WITHIN = 2_000;

/**
 * Puts the API on a port of the loopback interface, and on no other.
 * @param port 0 takes a free one.
 * @throws Error `EADDRINUSE` where the port is taken.
 */
export async function startServer(
  api: Api,
  faults: Faults,
  port: number,
  stream?: Stream,
): Promise<ApiServer> {
  let listener = await listen(api, port, stream);
  const taken = (listener.server.address() as AddressInfo).port;

  faults.onChange(async () => {
    const refuse = faults.active('connection-refused');
    if (refuse && listener.server.listening) await listener.close();
    if (!refuse && !listener.server.listening && !closed) listener = await listen(api, taken, stream);
  });

  let closed = false;
  return {
    endpoint: `http://${HOST}:${taken}`,
    close: async () => {
      closed = true;
      if (listener.server.listening) await listener.close();
    },
  };
}

interface Listener {
  server: Server;
  close(): Promise<void>;
}

async function listen(api: Api, port: number, stream: Stream | undefined): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    // Kept alive, a connection that was busy when the server closed would go on being served.
    response.once('finish', () => {
      if (!server.listening) request.socket.end();
    });
    serve(api, request, response, stream).catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  return {
    server,
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, CLOSE_WITHIN);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

async function serve(
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
  stream: Stream | undefined,
): Promise<void> {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const headers = request.headers as Record<string, string | undefined>;
  const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
  const unread = {
    method: request.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query,
    url,
    headers,
  };
  if (stream?.takes(credentialScope(headers, query)?.service)) {
    const refused = await api.refusalOfUnread({ ...unread, body: Buffer.alloc(0) });
    if (refused === undefined) return stream.pass(request, response);
    request.resume();
    return send(response, request, refused);
  }
  const raw = await readBody(request);
  const wire: WireRequest = { ...unread, body: raw, raw };
  try {
    wire.body = await decodeBody(headers, raw);
    send(response, request, await api.handle(wire));
  } catch (error) {
    if (error instanceof ConnectionReset) request.socket.resetAndDestroy();
    else if (error instanceof ApiError) send(response, request, unreadable(error));
    else throw error;
  }
}

function unreadable(error: ApiError): WireResponse {
  return {
    status: error.statusCode,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify({ __type: error.code, message: error.message }),
  };
}

function send(response: ServerResponse, request: IncomingMessage, answer: WireResponse): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : answer.body;
  const length = answer.headers['content-length'] ?? String(body.length);
  response.writeHead(answer.status, { ...answer.headers, 'content-length': length });
  response.end(request.method === 'HEAD' ? undefined : body);
}
