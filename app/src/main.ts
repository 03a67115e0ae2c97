import Fastify from 'fastify';
import { createApplication } from './application';
import { loggerOptions } from './logging';
import { serve } from './serve';
import { readSettings, SettingsError } from './settings';

try {
  const settings = readSettings(process.env);
  void serve(createApplication(settings), settings);
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  Fastify({ logger: loggerOptions('fatal', process.env.RELEASE || 'development') }).log.fatal(error.message);
  process.exitCode = 1;
}
