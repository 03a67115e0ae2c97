import { setTimeout as sleep } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import type { Settings } from './settings';

/**
 * Listens, and stops gracefully. On SIGTERM or SIGINT readiness fails at once; the process serves on for
 * `stopDelaySeconds`; then it takes no new connection, finishes the requests in flight and ends with 0. It ends with 1
 * after `stopTimeoutSeconds`, at a second signal, after an uncaught error, or where the port cannot be had.
 */
export async function serve(application: FastifyInstance, settings: Settings): Promise<void> {
  closeWithGrace(
    { delay: settings.stopTimeoutSeconds * 1000, logger: application.log, skip: ['beforeExit'] },
    async ({ signal, err }: { signal?: string; err?: Error }) => {
      application.stopping = true;
      if (err) {
        application.log.fatal({ err }, 'stopping after an error that nothing handled');
      } else {
        application.log.info(
          `${signal} received: not ready any more, serving on for ${settings.stopDelaySeconds} s`,
        );
        await sleep(settings.stopDelaySeconds * 1000);
      }
      await application.close();
      application.log.info('stopped');
    },
  );

  try {
    await application.listen({ host: settings.host, port: settings.port });
  } catch (error) {
    if (application.stopping) return;
    application.log.fatal(
      `cannot listen on HOST ${settings.host}, PORT ${settings.port}: ${(error as Error).message}`,
    );
    process.exit(1);
  }
}
