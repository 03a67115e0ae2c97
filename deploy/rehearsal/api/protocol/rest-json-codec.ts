import { ApiError, type Message } from '../operation';
import type { WireRequest } from '../wire';
import type { Codec } from './codec';
import { jsonCodec } from './json-codec';

/** One operation's place: `GET /2015-02-01/file-systems/{FileSystemId}`. */
export type Routes = Readonly<Record<string, string>>;

interface Route {
  operation: string;
  method: string;
  pattern: RegExp;
  names: readonly string[];
}

const headers = (requestId: string) => ({
  'content-type': 'application/json',
  'x-amzn-requestid': requestId,
});

/**
 * REST with JSON: method and path say the operation and some of its members, the query more of them, the body the rest.
 * A member that the query repeats is a list.
 * @param routes by operation: `METHOD /path/{Member}`.
 */
export function restJsonCodec(routes: Routes): Codec {
  const table = Object.entries(routes).map(([operation, route]) => compile(operation, route));
  const find = (request: WireRequest) => {
    for (const route of table) {
      const match = route.method === request.method ? route.pattern.exec(request.path) : null;
      if (match !== null) return { route, values: match.slice(1).map(decodeURIComponent) };
    }
    return undefined;
  };
  return {
    operation: (request) => find(request)?.route.operation,

    input(request) {
      const found = find(request);
      const path = (found?.route.names ?? []).map((name, index) => [name, found?.values[index]]);
      return {
        ...jsonCodec.input(request),
        ...queryMembers(request),
        ...Object.fromEntries(path),
      } as Message;
    },

    answer: (_service, _operation, output, requestId) => ({
      status: 200,
      headers: headers(requestId),
      body: JSON.stringify(output),
    }),

    error: (_service, error: ApiError, requestId) => ({
      status: error.statusCode,
      headers: { ...headers(requestId), 'x-amzn-errortype': error.code },
      body: JSON.stringify({ ErrorCode: error.code, Message: error.message, ...error.fields }),
    }),
  };
}

function compile(operation: string, text: string): Route {
  const [method = '', path = ''] = text.split(' ');
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const pattern = path.replace(/[.+]/g, '\\$&').replace(/\{\w+\}/g, '([^/]+)');
  return { operation, method, names, pattern: new RegExp(`^${pattern}/?$`) };
}

function queryMembers(request: WireRequest): Message {
  const members: Message = {};
  for (const name of new Set(request.query.keys())) {
    const values = request.query.getAll(name);
    members[name] = values.length > 1 || name === 'tagKeys' ? values : values[0];
  }
  return members;
}
