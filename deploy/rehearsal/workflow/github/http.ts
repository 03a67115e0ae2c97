import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allows } from '../model/permissions';
import type { TokenHolder, Tokens } from './tokens';

/** An answer of GitHub that is no success. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface ApiRequest {
  parameters: readonly string[];
  query: URLSearchParams;
  body: Readonly<Record<string, unknown>>;
  holder: TokenHolder;
}

export interface Route {
  method: string;
  /** `:name` stands for one segment, `*` for the rest; below `/repos/OWNER/NAME`. */
  path: string;
  /** Scopes of the token of which one must be given; none for what any token may. */
  scopes: readonly string[];
  answer: (request: ApiRequest) => unknown;
}

/** Answers on loopback until it is closed. @param plain answers what is below no repository. */
export async function listen(
  repository: string,
  routes: readonly Route[],
  tokens: Tokens,
  plain: (request: IncomingMessage, url: URL) => unknown,
): Promise<{ url: string; close: () => Promise<void> }> {
  const compiled = routes.map((route) => ({ ...route, expression: expressionOf(route.path) }));
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const known = await plain(request, url);
    if (known !== undefined) return known;
    const holder = tokens.holderOf(request.headers.authorization);
    if (holder === undefined) throw new ApiProblem(401, 'Bad credentials');
    const prefix = `/repos/${repository}`;
    if (!url.pathname.toLowerCase().startsWith(prefix.toLowerCase())) throw new ApiProblem(404, 'Not Found');
    const path = url.pathname.slice(prefix.length);
    const fitting = compiled.filter(({ expression }) => expression.test(path));
    const route = fitting.find(({ method }) => method === request.method);
    if (route === undefined) {
      throw new ApiProblem(
        404,
        `Not Found (the rehearsal's GitHub has no ${request.method} ${prefix}${path || '/'})`,
      );
    }
    const level = route.method === 'GET' ? 'read' : 'write';
    if (route.scopes.length > 0 && !route.scopes.some((scope) => allows(holder.permissions, scope, level))) {
      throw new ApiProblem(
        403,
        `Resource not accessible by integration (the job lacks the permission ${route.scopes.join(' or ')}: ${level})`,
      );
    }
    const parameters = (route.expression.exec(path) ?? []).slice(1).map(decodeURIComponent);
    return route.answer({ parameters, query: url.searchParams, body: await bodyOf(request), holder });
  };
  const server = createServer((request, response) => {
    void answer(request).then(
      (value) => send(response, request.method === 'POST' ? 201 : value === null ? 204 : 200, value),
      (error: unknown) => {
        const problem = error instanceof ApiProblem ? error : new ApiProblem(500, String(error));
        send(response, problem.status, { message: problem.message, status: String(problem.status) });
      },
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function expressionOf(path: string): RegExp {
  const source = path
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '([^/]+)')
    .replace(/\*/g, '(.+)');
  return new RegExp(`^${source}/?$`);
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (text === '') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new ApiProblem(400, 'Problems parsing JSON');
  }
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(status === 204 ? undefined : JSON.stringify(value ?? null));
}
