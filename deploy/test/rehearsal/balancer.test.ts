import http, { type IncomingMessage, type RequestListener } from 'node:http';
import net from 'node:net';
import { BalancerError } from '../../rehearsal/balancer/balancer-types';
import {
  createStage,
  forwardTo,
  groupArn,
  listenerArn,
  loadBalancerArn,
  ruleArn,
  untilAll,
  type Stage,
} from './balancer-tools';
import { until } from './runtime-tools';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});
afterEach(() => stage.close());

/** A listener whose group holds one healthy target with this handler. */
async function behind(handler: RequestListener, on: Stage = stage): Promise<string> {
  const arn = on.group('web');
  const url = await on.listener();
  on.balancer.registerTarget(
    arn,
    await on.target((request, response) => {
      if (request.url === '/health') response.end();
      else handler(request, response);
    }),
  );
  await untilAll(on.balancer, arn, 'healthy');
  return url;
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: string;
}

function send(
  url: string,
  options: http.RequestOptions = {},
  body: string | readonly string[] = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on('error', reject);
    for (const chunk of [body].flat()) request.write(chunk);
    request.end();
  });
}

describe('what a target gets and gives', () => {
  test('forwarded headers name the client and the port at AWS, and hop-by-hop headers stay behind', async () => {
    const url = await behind((request, response) => {
      response.setHeader('Connection', 'X-Private');
      response.setHeader('X-Private', '1');
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      response.end(JSON.stringify(request.headers));
    });
    const { headers, body } = await send(url, {
      headers: {
        Host: 'shop.example',
        'X-Forwarded-For': '203.0.113.7',
        'X-Forwarded-Proto': 'ftp',
        Connection: 'X-Mine',
        'X-Mine': '1',
        TE: 'gzip',
      },
    });
    const seen = JSON.parse(body) as Record<string, string>;
    expect(seen).toMatchObject({
      host: 'shop.example',
      'x-forwarded-for': '203.0.113.7, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': '80',
    });
    expect(seen['x-amzn-trace-id']).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/);
    expect(seen).not.toHaveProperty('x-mine');
    expect(seen).not.toHaveProperty('te');
    expect(headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(headers).not.toHaveProperty('x-private');
  });

  test('bodies stream both ways, with a length and without', async () => {
    const url = await behind((request, response) => {
      if (request.headers['content-length'] !== undefined)
        response.setHeader('Content-Length', request.headers['content-length']);
      request.pipe(response);
    });
    const long = 'x'.repeat(1_000_000);
    const chunked = await send(url, { method: 'POST' }, [long, long]);
    expect(chunked.body).toHaveLength(2_000_000);
    expect(chunked.headers['transfer-encoding']).toBe('chunked');
    const counted = await send(url, { method: 'PUT', headers: { 'Content-Length': 5 } }, 'hello');
    expect(counted.body).toBe('hello');
    expect(counted.headers['content-length']).toBe('5');
    expect((await send(url, { method: 'POST', headers: { 'Content-Length': 0 } })).body).toBe('');
  });

  test('the first bytes arrive before the last are sent', async () => {
    let finish: () => void = () => undefined;
    const url = await behind((_request, response) => {
      response.write('first');
      finish = () => response.end('last');
    });
    const body = await new Promise<string>((resolve) => {
      http.get(url, { agent: false }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          finish();
        });
        response.on('end', () => resolve(text));
      });
    });
    expect(body).toBe('firstlast');
  });

  test('HEAD has headers only, 304 has no body, and Expect is answered by the balancer', async () => {
    const seen: (string | undefined)[] = [];
    const url = await behind((request, response) => {
      seen.push(request.headers.expect);
      if (request.url === '/same') response.writeHead(304).end();
      else response.writeHead(200, { 'Content-Length': 2 }).end(request.method === 'HEAD' ? undefined : 'ok');
    });
    const head = await send(url, { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '2', '']);
    expect(await send(`${url}/same`)).toMatchObject({ status: 304, body: '' });
    const continued = await new Promise<boolean>((resolve, reject) => {
      const request = http.request(url, {
        agent: false,
        method: 'POST',
        headers: { Expect: '100-continue', 'Content-Length': 2 },
      });
      let heard = false;
      request.on('continue', () => {
        heard = true;
        request.end('hi');
      });
      request.on('response', (response) => {
        response.resume();
        resolve(heard);
      });
      request.on('error', reject);
      request.flushHeaders();
    });
    expect(continued).toBe(true);
    expect(seen).toEqual([undefined, undefined, undefined]);
  });

  test('a client that goes away takes its request with it', async () => {
    let closed = false;
    let arrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const url = await behind((_request, response) => {
      response.on('close', () => (closed = true));
      arrived();
    });
    const request = http.get(url, { agent: false });
    request.on('error', () => undefined);
    await arrival;
    request.destroy();
    await until(() => closed);
  });

  test('an answer that breaks off does not look whole', async () => {
    const url = await behind((_request, response) => {
      response.writeHead(200, { 'Content-Length': 10 });
      response.write('half', () => response.destroy());
    });
    await expect(send(url)).rejects.toThrow(/aborted|ECONNRESET|socket hang up/);
  });

  test('an upgrade passes through, and a refused one too', async () => {
    const arn = stage.group('web');
    const url = await stage.listener();
    const target = await stage.target((_request, response) => void response.writeHead(200).end('plain'));
    target.server.on('upgrade', (request, socket) => {
      if (request.url === '/refused') {
        socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
        return;
      }
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
    stage.balancer.registerTarget(arn, target);
    await untilAll(stage.balancer, arn, 'healthy');
    const { hostname, port } = new URL(url);
    const talk = (path: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = net.connect(Number(port), hostname);
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk.toString();
          if (text.endsWith('\r\n\r\n')) socket.write('ping');
          if (text.endsWith('ping')) socket.end();
        });
        socket.on('close', () => resolve(text));
        socket.on('error', reject);
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n`);
      });
    expect(await talk('/')).toMatch(/^HTTP\/1\.1 101 [\s\S]*Upgrade: echo[\s\S]*ping$/);
    expect(await talk('/refused')).toMatch(/^HTTP\/1\.1 403 [\s\S]*no$/);
  });
});

describe('what the balancer answers itself', () => {
  test('503 where there is no target, 502 where one refuses or breaks off, each counted', async () => {
    const arn = stage.group('web');
    const url = await stage.listener();
    expect(await send(url)).toMatchObject({ status: 503, headers: { server: 'awselb/2.0' } });

    const breaking = await stage.target((request, response) => {
      if (request.url === '/health') response.end();
      else request.socket.destroy();
    });
    stage.balancer.registerTarget(arn, breaking);
    await untilAll(stage.balancer, arn, 'healthy');
    const answer = await send(url);
    expect(answer.status).toBe(502);
    expect(answer.body).toContain('<h1>502 Bad Gateway</h1>');
    breaking.server.close();
    breaking.server.closeAllConnections();
    expect((await send(url, { method: 'POST' }, 'body')).status).toBe(502);
    expect(stage.balancer.counters(arn)).toMatchObject({
      requests: 2,
      balancer5xx: 3,
      connectionErrors: 2,
      target5xx: 0,
    });
  });

  test('504 after the idle timeout', async () => {
    const impatient = createStage(1);
    try {
      const url = await behind(() => undefined, impatient);
      expect((await send(url)).status).toBe(504);
    } finally {
      await impatient.close();
    }
  });

  test('fixed responses and redirects', async () => {
    const url = await stage.listener({
      defaultActions: [
        { type: 'fixed-response', statusCode: 404, contentType: 'application/json', messageBody: '{}' },
      ],
    });
    const redirect = (name: string, priority: number, rest: object) =>
      stage.balancer.addRule({
        arn: ruleArn(name),
        listenerArn,
        priority,
        conditions: [{ field: 'path-pattern', values: [`/${name}/*`] }],
        actions: [{ type: 'redirect', statusCode: 301, ...rest }],
      });
    redirect('tls', 1, { protocol: 'HTTPS', port: '443' });
    redirect('moved', 2, { host: 'new.#{host}', path: '/v2/#{path}', query: 'from=#{port}&#{query}' });
    expect(await send(url)).toMatchObject({
      status: 404,
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    const headers = { Host: 'shop.example' };
    expect((await send(`${url}/tls/a?b=c`, { headers })).headers.location).toBe(
      'https://shop.example:443/tls/a?b=c',
    );
    expect((await send(`${url}/moved/a?b=c`, { headers })).headers.location).toBe(
      'http://new.shop.example:80/v2/moved/a?from=80&b=c',
    );

    // A client of this machine is led to the port that stands for the other listener.
    const secure = await stage.balancer.addListener({
      arn: `${listenerArn}43`,
      loadBalancerArn,
      port: 443,
      protocol: 'HTTPS',
      defaultActions: [{ type: 'fixed-response', statusCode: 200, messageBody: 'secure' }],
    });
    expect((await send(`${url}/tls/a`)).headers.location).toBe(`${secure.url}/tls/a`);
  });
});

describe('rules', () => {
  const facts: [string, object, http.RequestOptions & { path?: string }, boolean][] = [
    ['path with a star', { field: 'path-pattern', values: ['/api/*'] }, { path: '/api/users?x=1' }, true],
    ['path is not searched for', { field: 'path-pattern', values: ['/api'] }, { path: '/api/users' }, false],
    ['path with a question mark', { field: 'path-pattern', values: ['/v?/x'] }, { path: '/v2/x' }, true],
    ['path minds the case', { field: 'path-pattern', values: ['/API'] }, { path: '/api' }, false],
    ['path with a dot', { field: 'path-pattern', values: ['/a.b'] }, { path: '/aXb' }, false],
    [
      'host without its port, in any case',
      { field: 'host-header', values: ['*.Example.com'] },
      { headers: { Host: 'API.example.COM:8080' } },
      true,
    ],
    [
      'another host',
      { field: 'host-header', values: ['example.com'] },
      { headers: { Host: 'example.org' } },
      false,
    ],
    [
      'header',
      { field: 'http-header', name: 'X-Canary', values: ['yes', 'y*'] },
      { headers: { 'x-canary': 'YES' } },
      true,
    ],
    ['header that is missing', { field: 'http-header', name: 'X-Canary', values: ['*'] }, {}, false],
    ['method', { field: 'http-request-method', values: ['PATCH'] }, { method: 'PATCH' }, true],
    [
      'query',
      { field: 'query-string', values: [{ key: 'version', value: '2*' }] },
      { path: '/?a=b&version=2.1' },
      true,
    ],
    ['query by value only', { field: 'query-string', values: [{ value: 'b' }] }, { path: '/?a=c' }, false],
    ['source address', { field: 'source-ip', values: ['10.0.0.0/8', '127.0.0.0/8'] }, {}, true],
    ['other source address', { field: 'source-ip', values: ['10.0.0.0/8'] }, {}, false],
  ];
  test.each(facts)('%s', async (_name, condition, request, expected) => {
    const url = await stage.listener({ defaultActions: [{ type: 'fixed-response', statusCode: 404 }] });
    stage.balancer.addRule({
      arn: ruleArn('one'),
      listenerArn,
      priority: 1,
      conditions: [condition as never],
      actions: [{ type: 'fixed-response', statusCode: 200 }],
    });
    expect((await send(url, request)).status).toBe(expected ? 200 : 404);
  });

  test('are looked at by priority, can be changed while requests run, and cannot share one', async () => {
    const url = await stage.listener({ defaultActions: [{ type: 'fixed-response', statusCode: 404 }] });
    const { balancer } = stage;
    const add = (name: string, priority: number, statusCode: number) =>
      balancer.addRule({
        arn: ruleArn(name),
        listenerArn,
        priority,
        conditions: [],
        actions: [{ type: 'fixed-response', statusCode }],
      });
    add('second', 20, 202);
    add('first', 10, 201);
    expect((await send(url)).status).toBe(201);
    balancer.modifyRule(ruleArn('first'), { priority: 30 });
    expect((await send(url)).status).toBe(202);
    balancer.modifyRule(ruleArn('second'), { actions: [{ type: 'fixed-response', statusCode: 203 }] });
    expect((await send(url)).status).toBe(203);
    expect(balancer.rules(listenerArn).map(({ priority }) => priority)).toEqual([20, 30]);
    expect(() => add('third', 20, 200)).toThrow('Priority 20 is taken');
    balancer.removeRule(ruleArn('second'));
    balancer.removeRule(ruleArn('first'));
    balancer.modifyListener(listenerArn, [{ type: 'fixed-response', statusCode: 200 }]);
    expect((await send(url)).status).toBe(200);
  });

  test('split requests by weight, exactly, and follow a change at once', async () => {
    const { balancer } = stage;
    for (const name of ['blue', 'green']) stage.group(name);
    const url = await stage.listener({ defaultActions: [forwardTo(['blue', 90], ['green', 10])] });
    for (const name of ['blue', 'green']) {
      balancer.registerTarget(
        groupArn(name),
        await stage.target((_request, response) => void response.end(name)),
      );
      await untilAll(balancer, groupArn(name), 'healthy');
    }
    const count = async () => {
      const answers = await Promise.all(Array.from({ length: 100 }, () => send(url)));
      return answers.filter(({ body }) => body === 'green').length;
    };
    expect(await count()).toBe(10);
    balancer.modifyListener(listenerArn, [forwardTo(['blue', 50], ['green', 50])]);
    expect(await count()).toBe(50);
    balancer.modifyListener(listenerArn, [forwardTo(['blue', 0], ['green', 1])]);
    expect(await count()).toBe(100);
    balancer.modifyListener(listenerArn, [forwardTo(['blue', 0], ['green', 0])]);
    expect((await send(url)).status).toBe(503);
    expect(balancer.counters(groupArn('green')).requests).toBe(160);
  });
});

describe('settings', () => {
  test('what cannot be is refused by name, and a port stays the same', async () => {
    const { balancer } = stage;
    const code = (run: () => unknown) => {
      try {
        run();
        return undefined;
      } catch (error) {
        return error instanceof BalancerError ? error.code : error;
      }
    };
    await expect(stage.listener()).rejects.toMatchObject({ code: 'TargetGroupNotFound' });
    const arn = stage.group('web');
    const url = await stage.listener();
    await expect(stage.listener()).rejects.toMatchObject({ code: 'DuplicateArn' });
    await expect(stage.listener({ arn: 'other', loadBalancerArn: 'none' })).rejects.toMatchObject({
      code: 'LoadBalancerNotFound',
    });
    expect(code(() => balancer.removeTargetGroup(arn))).toBe('ResourceInUse');
    expect(code(() => balancer.registerTarget('none', { id: '127.0.0.1', port: 1 }))).toBe(
      'TargetGroupNotFound',
    );
    expect(code(() => balancer.modifyRule('none', {}))).toBe('RuleNotFound');
    expect(code(() => balancer.modifyListener(listenerArn, []))).toBe('InvalidConfiguration');
    expect(code(() => balancer.modifyListener(listenerArn, [forwardTo(['web', -1])]))).toBe(
      'InvalidConfiguration',
    );
    expect(balancer.loadBalancersOf(arn)).toEqual([loadBalancerArn]);
    expect(balancer.listeners().map((listener) => listener.url)).toEqual([url]);

    const localPort = Number(new URL(url).port);
    await expect(stage.listener({ arn: 'other', localPort })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await balancer.removeLoadBalancer(loadBalancerArn);
    expect(balancer.listeners()).toEqual([]);
    balancer.removeTargetGroup(arn);
    await expect(send(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
