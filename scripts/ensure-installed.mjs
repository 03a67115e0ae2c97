// Runs before `npm start` and `npm test`: installs when node_modules is missing or older than the lock file,
// and builds the bundles when a source is newer than they are.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const run = (command, args) =>
  execFileSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`Slipway needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(40);
}

// npm writes node_modules/.package-lock.json at the end of every install, so an interrupted one counts as missing.
const installed = modified(join(root, 'node_modules/.package-lock.json'));
if (installed < modified(join(root, 'package-lock.json'))) {
  process.stderr.write('Installing the dependencies (npm ci), about a minute the first time ...\n');
  run('npm', ['ci', '--no-audit', '--no-fund']);
} else {
  run(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale']);
}
