import type { FastifyInstance } from 'fastify';
import { createApplication } from '../src/application';
import { greeting } from '../src/greeting';
import { readSettings } from '../src/settings';

let application: FastifyInstance;

beforeEach(() => {
  application = createApplication(readSettings({ LOG_LEVEL: 'silent', GIT_SHA: '3f2c1ab', RELEASE: '7' }));
});
afterEach(() => application.close());

test('/ greets and names the release', async () => {
  const response = await application.inject('/');
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({ message: greeting, release: '7' });
});

test('/version says what was built', async () => {
  expect((await application.inject('/version')).json()).toEqual({ release: '7', gitSha: '3f2c1ab' });
});

test.each(['/health-check', '/health-check/', '/live', '/live/', '/version/'])(
  '%s answers 200',
  async (path) => {
    expect((await application.inject(path)).statusCode).toBe(200);
  },
);

test('health checks may be HEAD requests', async () => {
  expect((await application.inject({ method: 'HEAD', url: '/health-check' })).statusCode).toBe(200);
});

test.each(['/health-check', '/health-check/'])(
  '%s fails while stopping, and nothing else does',
  async (path) => {
    application.stopping = true;

    const check = await application.inject(path);
    expect(check.statusCode).toBe(503);
    expect(check.json()).toEqual({ status: 'stopping' });
    expect((await application.inject('/live')).statusCode).toBe(200);

    const page = await application.inject('/');
    expect(page.statusCode).toBe(200);
    expect(page.headers.connection).toBe('close');
  },
);

test('an unknown path is 404 as JSON', async () => {
  const response = await application.inject('/nothing-here');
  expect(response.statusCode).toBe(404);
  expect(response.json()).toMatchObject({ statusCode: 404, message: 'Route GET:/nothing-here not found' });
});

test('a connection outlives the idle timeout of a load balancer', () => {
  expect(application.server.keepAliveTimeout).toBeGreaterThan(60_000);
});
