import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { startCompanion } from '../../../rehearsal/apply/companion';

const SERVER = `
const server = require('node:http').createServer((_, response) => response.end('here'));
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port));
`;

/** Resolves once nothing listens on the port any more. */
async function closed(port: number): Promise<void> {
  for (;;) {
    const socket = createConnection({ port, host: '127.0.0.1' });
    const [open] = await Promise.race([
      once(socket, 'connect').then(() => [true]),
      once(socket, 'error').then(() => [false]),
    ]).catch(() => [false]);
    socket.destroy();
    if (!open) return;
    await new Promise((again) => setTimeout(again, 20));
  }
}

test('a companion says when it is ready, and is gone once it was stopped', async () => {
  const companion = startCompanion(process.execPath, ['-e', SERVER], process.env);
  const [, port = ''] = await companion.line(/listening on (\d+)/, 20_000);
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('here');
  await companion.stop();
  await closed(Number(port));
  await companion.stop();
});

test('one that ends before it was ready is an error with its last lines', async () => {
  const companion = startCompanion(
    process.execPath,
    ['-e', 'console.error("no port left"); process.exit(3)'],
    process.env,
  );
  await expect(companion.line(/listening/, 20_000)).rejects.toThrow(/ended with exit code 3\nno port left/);
  await companion.stop();
});

test('one that cannot be started is an error', async () => {
  const companion = startCompanion(join(tmpdir(), 'no-such-program'), [], process.env);
  await expect(companion.line(/listening/, 20_000)).rejects.toThrow(/no-such-program/);
  await companion.stop();
});

const unixOnly = process.platform === 'win32' ? test.skip : test;

unixOnly('it ends with this process, even when that is killed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-companion-'));
  try {
    const script = join(directory, 'parent.ts');
    const companion = resolve(__dirname, '../../../rehearsal/apply/companion.ts');
    writeFileSync(
      script,
      `import { startCompanion } from ${JSON.stringify(companion)};
const server = startCompanion(process.execPath, ['-e', ${JSON.stringify(SERVER)}], process.env);
void server.line(/listening on (\\d+)/, 20_000).then(([, port]) => process.stdout.write(port + '\\n'));
`,
    );
    const parent = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: resolve(__dirname, '../../../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [port] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    parent.kill('SIGKILL');
    await closed(Number(port));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
