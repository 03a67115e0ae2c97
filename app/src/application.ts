import Fastify, { type FastifyInstance } from 'fastify';
import { greeting } from './greeting';
import { loggerOptions } from './logging';
import type { Settings } from './settings';

declare module 'fastify' {
  interface FastifyInstance {
    /** True from the first stop signal on: readiness fails, and clients are told to open no further requests here. */
    stopping: boolean;
  }
}

/**
 * The service without its socket.
 *
 * - `GET /` the greeting and the release
 * - `GET /version` the release and the commit that it was built from
 * - `GET /live` 200 as long as the process answers: the container health check
 * - `GET /health-check` 200 when requests may be sent here, 503 while stopping: the load balancer's health check
 *
 * Each answers with and without a slash at its end.
 */
export function createApplication(settings: Settings): FastifyInstance {
  const application = Fastify({
    logger: loggerOptions(settings.logLevel, settings.release),
    routerOptions: { ignoreTrailingSlash: true },
    // Longer than the load balancer's idle timeout (60 s): else it sends a request into a connection just closed, a 502.
    keepAliveTimeout: 72_000,
    requestTimeout: 30_000,
    return503OnClosing: true,
    // Off: nothing here uses the caller's address. Behind a load balancer this would be the VPC's CIDR, never `true`.
    trustProxy: false,
  });

  application.decorate('stopping', false);
  application.addHook('onSend', async (_request, reply) => {
    if (application.stopping) reply.header('connection', 'close');
  });

  application.get('/', () => ({ message: greeting, release: settings.release }));
  application.get('/version', () => ({ release: settings.release, gitSha: settings.gitSha }));

  // Health checks come every few seconds from every zone: logged only when they go wrong.
  application.get('/live', { logLevel: 'warn' }, () => ({ status: 'live' }));
  application.get('/health-check', { logLevel: 'warn' }, (_request, reply) => {
    if (application.stopping) return reply.code(503).send({ status: 'stopping' });
    return reply.send({ status: 'ready' });
  });

  return application;
}
