import { join } from 'node:path';
import type { RehearsalContext } from '../../rehearsal/context';
import { main } from '../../rehearsal/main';

export const repository = join(__dirname, '..', '..', '..');

/** Calls `slipway rehearse ...`, and keeps what it prints. */
export async function rehearse(args: readonly string[], overrides: Partial<RehearsalContext> = {}) {
  const printed = { stdout: '', stderr: '' };
  const exitCode = await main(['rehearse', ...args], {
    repository,
    stdout: (text) => (printed.stdout += text),
    stderr: (text) => (printed.stderr += text),
    ...overrides,
  });
  return { exitCode, ...printed };
}
