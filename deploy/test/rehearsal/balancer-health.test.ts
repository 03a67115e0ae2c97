import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createStage, forwardTo, listenerArn, untilAll, type Stage } from './balancer-tools';
import { until } from './runtime-tools';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});
afterEach(() => stage.close());

const get = (url: string, agent: http.Agent | false = false) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const request = http.get(url, { agent }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', reject);
  });

const healthOf = (arn: string) =>
  stage.balancer.targetHealth(arn).map(({ state, reason, description }) => ({ state, reason, description }));

describe('health checks', () => {
  test('one success makes a new target healthy; one that was unhealthy needs as many as the threshold', async () => {
    const answers = [200, 500, 500, 500, 200, 200, 200];
    const asked: { code: number; state: string | undefined; agent: string | undefined }[] = [];
    const arn = stage.group('web', { unhealthyThreshold: 2, healthyThreshold: 3 });
    await stage.listener();
    const target = await stage.target((request, response) => {
      const code = answers.shift() ?? 200;
      asked.push({ code, state: healthOf(arn)[0]?.state, agent: request.headers['user-agent'] });
      response.writeHead(code).end();
    });
    stage.balancer.registerTarget(arn, target);
    expect(healthOf(arn)).toEqual([
      {
        state: 'initial',
        reason: 'Elb.RegistrationInProgress',
        description: 'Target registration is in progress',
      },
    ]);
    await until(() => asked.length >= 9);
    expect(asked.slice(0, 9).map(({ state }) => state)).toEqual([
      'initial',
      'healthy',
      'healthy',
      'unhealthy',
      'unhealthy',
      'unhealthy',
      'unhealthy',
      'healthy',
      'healthy',
    ]);
    expect(asked[0]?.agent).toBe('ELB-HealthChecker/2.0');
  });

  test.each([
    [
      'a wrong code',
      '200',
      502,
      {
        state: 'unhealthy',
        reason: 'Target.ResponseCodeMismatch',
        description: 'Health checks failed with these codes: [502]',
      },
    ],
    ['a code in a range', '200-299,301', 204, { state: 'healthy' }],
    ['a code in a list', '200-299,301', 301, { state: 'healthy' }],
    [
      'a code beside the range',
      '200-299,301',
      302,
      {
        state: 'unhealthy',
        reason: 'Target.ResponseCodeMismatch',
        description: 'Health checks failed with these codes: [302]',
      },
    ],
    [
      'no answer',
      '200',
      0,
      { state: 'unhealthy', reason: 'Target.Timeout', description: 'Request timed out' },
    ],
  ])('%s', async (_name, matcher, code, expected) => {
    const arn = stage.group('web', { matcher, timeout: 0.1 });
    await stage.listener();
    const target = await stage.target((_request, response) => {
      if (code > 0) response.writeHead(code).end();
    });
    stage.balancer.registerTarget(arn, target);
    await untilAll(stage.balancer, arn, 'healthy', 'unhealthy');
    expect(healthOf(arn)[0]).toMatchObject(expected);
  });

  test('a target that refuses connections, or is checked at another port', async () => {
    const arn = stage.group('web');
    const other = await stage.target();
    const elsewhere = stage.group('elsewhere', { port: String(other.port) });
    await stage.listener({ defaultActions: [forwardTo(['web', 1], ['elsewhere', 1])] });
    const closed = await stage.target();
    closed.server.close();
    for (const group of [arn, elsewhere]) stage.balancer.registerTarget(group, closed);
    await untilAll(stage.balancer, arn, 'unhealthy');
    await untilAll(stage.balancer, elsewhere, 'healthy');
    expect(healthOf(arn)).toEqual([
      { state: 'unhealthy', reason: 'Target.FailedHealthChecks', description: 'Health checks failed' },
    ]);
  });

  test('run only while something forwards to the group', async () => {
    const arn = stage.group('web');
    stage.group('other');
    let checks = 0;
    stage.balancer.registerTarget(
      arn,
      await stage.target((_request, response) => {
        checks += 1;
        response.end();
      }),
    );
    expect(healthOf(arn)[0]).toMatchObject({ state: 'unused', reason: 'Target.NotInUse' });
    expect(stage.balancer.loadBalancersOf(arn)).toEqual([]);
    // A weight of 0 is use enough: a group that stands by must be ready.
    await stage.listener({ defaultActions: [forwardTo(['other', 1], ['web', 0])] });
    await untilAll(stage.balancer, arn, 'healthy');
    stage.balancer.modifyListener(listenerArn, [forwardTo(['other', 1])]);
    const before = checks;
    await new Promise((resolve) => stage.clock.after(5_000, () => resolve(undefined)));
    expect(checks).toBe(before);
    expect(healthOf(arn)[0]).toMatchObject({ state: 'unused' });
  });
});

describe('requests', () => {
  test('go round the healthy targets; to unhealthy ones only where there is no other', async () => {
    const arn = stage.group('web');
    const url = await stage.listener();
    let bHealth = 200;
    const names = ['a', 'b', 'c'];
    for (const name of names) {
      stage.balancer.registerTarget(
        arn,
        await stage.target((request, response) => {
          response.statusCode =
            request.url === '/health' && (name === 'c' || (name === 'b' && bHealth !== 200)) ? 500 : 200;
          response.end(name);
        }),
      );
    }
    expect((await get(url)).status).toBe(503);
    await untilAll(stage.balancer, arn, 'healthy', 'unhealthy');
    const count = async () => {
      const answers = await Promise.all(Array.from({ length: 12 }, () => get(url)));
      return names.map((name) => answers.filter(({ body }) => body === name).length);
    };
    expect(await count()).toEqual([6, 6, 0]);
    bHealth = 500;
    await until(() => healthOf(arn)[1]?.state === 'unhealthy');
    expect(await count()).toEqual([12, 0, 0]);
    stage.balancer.deregisterTarget(arn, stage.balancer.targetHealth(arn)[0]?.target ?? { id: '', port: 0 });
    expect(await count()).toEqual([0, 6, 6]);
  });
});

describe('draining', () => {
  test('lets requests in flight finish, takes no new one, and ends after its delay', async () => {
    const arn = stage.group('web', { deregistrationDelay: 10 });
    const url = await stage.listener();
    let finish: () => void = () => undefined;
    let arrived: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const target = await stage.target((request, response) => {
      if (request.url === '/health') response.end();
      else {
        finish = () => response.end('finished');
        arrived();
      }
    });
    stage.balancer.registerTarget(arn, target);
    await untilAll(stage.balancer, arn, 'healthy');
    const inFlight = get(url);
    await arrival;
    stage.balancer.deregisterTarget(arn, target);
    stage.balancer.deregisterTarget(arn, target);
    expect(healthOf(arn)).toEqual([
      {
        state: 'draining',
        reason: 'Target.DeregistrationInProgress',
        description: 'Target deregistration is in progress',
      },
    ]);
    expect((await get(url)).status).toBe(503);
    const begun = stage.clock.now();
    await until(() => stage.balancer.targetHealth(arn).length === 0);
    expect(stage.clock.now() - begun).toBeGreaterThan(9_000);
    finish();
    expect(await inFlight).toEqual({ status: 200, body: 'finished' });
  });

  test('a target that registers again while it drains begins anew', async () => {
    const arn = stage.group('web', { deregistrationDelay: 3_000 });
    const url = await stage.listener();
    const target = await stage.target();
    stage.balancer.registerTarget(arn, target);
    await untilAll(stage.balancer, arn, 'healthy');
    stage.balancer.deregisterTarget(arn, target);
    stage.balancer.registerTarget(arn, target);
    expect(healthOf(arn)[0]?.state).toBe('initial');
    await untilAll(stage.balancer, arn, 'healthy');
    expect((await get(url)).status).toBe(200);
  });

  test('targets that come and go under load fail no request, though each closes its connections at the end', async () => {
    const arn = stage.group('web', { deregistrationDelay: 2 });
    const url = await stage.listener();
    const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
    const start = async () => {
      const target = await stage.target((_request, response) => {
        setTimeout(() => response.end('ok'), Math.random() * 10);
      });
      stage.balancer.registerTarget(arn, target);
      return target;
    };
    let targets = await Promise.all([start(), start()]);
    await untilAll(stage.balancer, arn, 'healthy');

    let rolling = true;
    let total = 0;
    const statuses = new Set<number | string>();
    const user = async () => {
      while (rolling) {
        total += 1;
        const answer = await get(url, agent).catch((error: NodeJS.ErrnoException) => ({
          status: error.code ?? 'error',
        }));
        statuses.add(answer.status);
      }
    };
    const users = Array.from({ length: 8 }, user);
    try {
      for (let roll = 0; roll < 4; roll += 1) {
        const next = await Promise.all([start(), start()]);
        await untilAll(stage.balancer, arn, 'healthy');
        for (const target of targets) stage.balancer.deregisterTarget(arn, target);
        await until(() => stage.balancer.targetHealth(arn).length === 2);
        // As a process that gets SIGTERM: no new connection, idle ones closed, and the rest after their answer.
        for (const { server } of targets) server.close();
        targets = next;
      }
    } finally {
      rolling = false;
      await Promise.all(users);
    }
    agent.destroy();
    expect([...statuses]).toEqual([200]);
    // More than the users there are: each asked again while targets went.
    expect(total).toBeGreaterThan(users.length);
    expect(stage.balancer.counters(arn)).toMatchObject({ requests: total, target2xx: total, balancer5xx: 0 });
  });

  (process.platform === 'linux' ? test : test.skip)(
    '200 targets stay healthy, none misses a check',
    async () => {
      const arn = stage.group('web', { interval: 10, unhealthyThreshold: 2, timeout: 5 });
      await stage.listener();
      const checks = new Map<string | undefined, number>();
      const server = http.createServer((request, response) => {
        checks.set(request.headers.host, (checks.get(request.headers.host) ?? 0) + 1);
        response.end();
      });
      await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
      const { port } = server.address() as AddressInfo;
      for (let index = 1; index <= 200; index += 1)
        stage.balancer.registerTarget(arn, { id: `127.0.1.${index}`, port });
      await untilAll(stage.balancer, arn, 'healthy');
      const missed = new Set<string>();
      await until(() => {
        for (const { target, state } of stage.balancer.targetHealth(arn))
          if (state !== 'healthy') missed.add(target.id);
        return [...checks.values()].every((count) => count >= 3);
      });
      expect([...missed]).toEqual([]);
      expect(checks.size).toBe(200);
      server.close();
      server.closeAllConnections();
    },
  );
});
