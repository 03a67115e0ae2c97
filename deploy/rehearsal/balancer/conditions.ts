import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';
import type { Condition } from './balancer-types';

/** What rules look at. */
export interface RequestFacts {
  method: string;
  /** Host name without its port. */
  host: string;
  /** Port in the Host header, if it has one. */
  hostPort: string;
  /** As sent, without the query. */
  path: string;
  /** Without its question mark. */
  query: string;
  headers: IncomingMessage['headers'];
  sourceAddress: string;
}

export function factsOf(request: IncomingMessage): RequestFacts {
  const url = request.url ?? '/';
  // A proxy request names the whole URL.
  const target = /^[a-z]+:\/\/[^/?]*/i.test(url) ? url.replace(/^[a-z]+:\/\/[^/?]*/i, '') || '/' : url;
  const question = target.indexOf('?');
  const host = request.headers.host ?? '';
  const [, name = host, port = ''] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  return {
    method: request.method ?? 'GET',
    host: name,
    hostPort: port,
    path: question < 0 ? target : target.slice(0, question),
    query: question < 0 ? '' : target.slice(question + 1),
    headers: request.headers,
    sourceAddress: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
  };
}

/** All conditions of a rule must hold, and of each any one of its values. */
export function conditionsHold(conditions: readonly Condition[], facts: RequestFacts): boolean {
  return conditions.every((condition) => holds(condition, facts));
}

function holds(condition: Condition, facts: RequestFacts): boolean {
  switch (condition.field) {
    case 'path-pattern':
      return condition.values.some((value) => matches(value, facts.path, true));
    case 'host-header':
      return condition.values.some((value) => matches(value, facts.host, false));
    case 'http-request-method':
      return condition.values.includes(facts.method);
    case 'http-header': {
      const header = facts.headers[condition.name.toLowerCase()];
      const present = header === undefined ? [] : Array.isArray(header) ? header : [header];
      return condition.values.some((value) => present.some((text) => matches(value, text, false)));
    }
    case 'query-string': {
      const pairs = [...new URLSearchParams(facts.query)];
      return condition.values.some(({ key, value }) =>
        pairs.some(
          ([name, text]) => (key === undefined || matches(key, name, false)) && matches(value, text, false),
        ),
      );
    }
    case 'source-ip':
      return condition.values.some((value) => inRange(value, facts.sourceAddress));
  }
}

/** `*` is any number of characters, `?` exactly one; a backslash takes a wildcard its meaning. */
export function matches(pattern: string, text: string, caseSensitive: boolean): boolean {
  const source = pattern.replace(
    /\\([*?\\])|[\\^$.*+?()[\]{}|]/g,
    (character, escaped: string | undefined) => {
      if (escaped !== undefined) return `\\${escaped}`;
      if (character === '*') return '.*';
      return character === '?' ? '.' : `\\${character}`;
    },
  );
  return new RegExp(`^${source}$`, caseSensitive ? 's' : 'is').test(text);
}

function inRange(range: string, address: string): boolean {
  const [network = '', bits] = range.split('/');
  const family = isIPv6(network) ? 'ipv6' : 'ipv4';
  if ((isIPv6(address) ? 'ipv6' : 'ipv4') !== family) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  return list.check(address, family);
}
