import { join } from 'node:path';
import { main } from '../../rehearsal/main';

const repository = join(__dirname, '..', '..', '..');

interface Report {
  ok: boolean;
  steps: { name: string; outcome: string; exitCode: number; seconds: number }[];
  requests: { total: number; failed: number };
}

/** The bundles are what the main job starts; `npm test` and `npm run test:full` build them first. */
async function rehearse(args: string[]): Promise<{ exitCode: number; report: Report; log: string }> {
  let stdout = '';
  let log = '';
  const exitCode = await main(['rehearse', '--json', ...args], {
    repository,
    stdout: (text) => (stdout += text),
    stderr: (text) => (log += text),
  });
  return { exitCode, report: JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report, log };
}

describe('slipway rehearse', () => {
  test('deploys, breaks, rolls back and promotes without a failed request', async () => {
    const { exitCode, report, log } = await rehearse([]);

    expect(report.steps.map(({ name, outcome, exitCode: code }) => `${name}: ${outcome} ${code}`)).toEqual([
      'synthesise: done 0',
      'apply (embedded): done 0',
      'package release 1 (what is checked out): done 0',
      'deploy release 1: live 0',
      'package release 2 (a new greeting): done 0',
      'deploy release 2: live 0',
      'package release 3 (crashes at start): done 0',
      'deploy release 3: rolled-back 21',
      'roll back to release 1: live 0',
      'promote release 1 to production: live 0',
    ]);
    expect(report.requests.failed).toBe(0);
    expect(report.requests.total).toBeGreaterThanOrEqual(2000);
    expect(report.ok).toBe(true);
    expect(exitCode).toBe(0);
    expect(log).toMatch(/exit status 1/);
    expect(log).toMatch(/DATABASE_URL/);
  });

  test('a wrong speed is refused before anything starts', async () => {
    let log = '';
    const exitCode = await main(['rehearse', '--speed', 'fast'], {
      repository,
      stderr: (text) => (log += text),
    });

    expect(exitCode).toBe(40);
    expect(log).toContain('--speed fast');
  });
});
