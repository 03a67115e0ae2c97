import type { FastifyServerOptions } from 'fastify';

/** One JSON object a line on stdout, with the level as a word and the time as ISO 8601: what log searches expect. */
export function loggerOptions(
  level: string,
  release: string,
): Exclude<FastifyServerOptions['logger'], undefined> {
  return {
    level,
    base: { release },
    messageKey: 'message',
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
  };
}
