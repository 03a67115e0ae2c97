import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isRunning, temporaryFolder, until } from './runtime-tools';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const root = join(__dirname, '../../..');

/** Everything that was started, so that a failure of this test leaves nothing behind either. */
const started: number[] = [];
afterAll(() => {
  for (const pid of started.filter(isRunning)) process.kill(pid, 'SIGKILL');
});

/** Starts a process that runs containers; resolves with the ids of all that they run. */
async function startParent(ending: string) {
  const parent = spawn(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'runtime-parent.ts'), folder.path, ending],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const ended = new Promise((resolve) => parent.once('exit', resolve));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: parent.stdout }).once('line', resolve);
    parent.once('exit', () => reject(new Error('the parent ended before its containers ran')));
  });
  const pids = line.split(' ').map(Number);
  started.push(...pids);
  expect(pids).toHaveLength(6);
  return { parent, pids, ended };
}

describe('when the process that runs containers', () => {
  test('is killed, none of theirs is left, and no file', async () => {
    const { parent, pids, ended } = await startParent('wait');
    expect(pids.filter(isRunning)).toEqual(pids);
    parent.kill('SIGKILL');
    await ended;
    await until(() => pids.every((pid) => !isRunning(pid)));
    await until(() => !readdirSync(folder.path).some((name) => name.startsWith('containers-')));
  });

  test.each(['exit', 'uncaught'])('ends by %s, none of theirs is left', async (ending) => {
    const { pids, ended } = await startParent(ending);
    await ended;
    await until(() => pids.every((pid) => !isRunning(pid)));
  });
});
