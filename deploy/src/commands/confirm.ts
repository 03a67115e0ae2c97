import { createInterface } from 'node:readline/promises';
import type { Context } from '../context';
import { SlipwayError } from '../errors';

/**
 * Asks before something that nothing brings back: `expected` has to be typed. Without a terminal only `--yes` will do.
 * @param name what is to be typed: `the service's name`
 * @throws SlipwayError USAGE where it was not confirmed, INTERRUPTED
 */
export async function confirm(context: Context, what: string, name: string, expected: string): Promise<void> {
  if (!context.isTerminal) {
    throw new SlipwayError('USAGE', `${what} Nothing was done: it was not confirmed`, {
      hint: 'confirm with --yes',
    });
  }
  const prompt = createInterface({ input: process.stdin });
  try {
    context.stderr(`${what} Type ${name} to go on: `);
    const answer = await prompt.question('', { signal: context.signal });
    if (answer.trim() === expected) return;
    throw new SlipwayError('USAGE', `"${answer.trim()}" is not "${expected}": nothing was done`);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new SlipwayError('INTERRUPTED', 'interrupted before anything was done');
  } finally {
    prompt.close();
  }
}
