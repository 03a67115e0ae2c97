import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readConsumer, type Consumer } from './consumer';

/** The command of the deploy tool, as whoever uses it starts it. */
const SLIPWAY = join(__dirname, '../../deploy/bin/slipway.js');

/** An app of this repository: its list is made now, from its templates as they are. */
export function readAppBeside(directory: string, folder: string): Consumer | { readonly refused: string } {
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-uses-'));
  const app = basename(directory);
  try {
    const file = join(scratch, `${app}.json`);
    const { status, stderr, error } = spawnSync(process.execPath, [SLIPWAY, 'check', '--write-uses', file], {
      cwd: directory,
      encoding: 'utf8',
    });
    if (status !== 0) return { refused: (error?.message ?? stderr).trim() };
    return readConsumer(file, app, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
