import type { Input } from '../commands/command';
import { chosenChecks, type PreflightOptions } from './run-checks';

/**
 * `--skip-check NAME`, several times, and `--verbose`.
 * @throws SlipwayError USAGE for a name that no check has
 */
export function preflightOptions({ options }: Input): PreflightOptions {
  const given = options['skipCheck'];
  const skip = Array.isArray(given) ? (given as readonly string[]) : typeof given === 'string' ? [given] : [];
  chosenChecks(skip);
  return { skip, verbose: options['verbose'] === true };
}
