import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testService } from '../../deploy/test/helpers/service';
import { action, github } from './support/files';
import { named, runStep } from './support/run-step';

const bundle = join(github, 'actions/slipway/dist/slipway.js');
const onPosix = process.platform === 'win32' ? describe.skip : describe;

/** The committed bundle, as a workflow runs it: alone in an otherwise empty folder. */
function slipway(
  argv: readonly string[],
  options: { cwd: string; env?: Readonly<Record<string, string>> },
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, SLIPWAY_POLL_SECONDS: '0.05', ...options.env };
    execFile(process.execPath, [bundle, ...argv], { cwd: options.cwd, env }, (error, stdout, stderr) =>
      resolve({
        exitCode: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1,
        stdout,
        stderr,
      }),
    );
  });
}

describe('the bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bundle-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('runs alone, wherever it lies, also below a package of ES modules', () => {
    const elsewhere = join(folder, 'repository');
    cpSync(join(github, 'actions/slipway'), join(elsewhere, '.github/actions/slipway'), { recursive: true });
    writeFileSync(join(elsewhere, 'package.json'), '{ "type": "module" }');
    const version = execFileSync(
      process.execPath,
      [join(elsewhere, '.github/actions/slipway/dist/slipway.js'), '--version'],
      { encoding: 'utf8' },
    );
    const { version: own } = JSON.parse(readFileSync(join(github, '../deploy/package.json'), 'utf8')) as {
      version: string;
    };
    expect(version).toBe(`${own}\n`);
  });

  test('has no rehearsal in it, no path of a machine, and is read as one byte a letter', async () => {
    const text = readFileSync(bundle, 'latin1');
    expect(text).not.toMatch(/[\x80-\xff]/);
    expect(text).not.toContain(join(github, '..'));
    expect(text).not.toContain('fastify');
    const { exitCode, stderr } = await slipway(['rehearse'], { cwd: folder });
    expect({ exitCode, said: stderr.includes('rehearse') }).toEqual({ exitCode: 40, said: true });
  });

  test('checks an app with no credentials', async () => {
    const { exitCode } = await slipway(['check'], { cwd: join(github, '../app') });
    expect(exitCode).toBe(0);
  });
});

onPosix('the action', () => {
  test('puts slipway on the path; signals and exit codes are its own', async () => {
    const step = named(action('slipway').runs.steps, 'Put slipway on the path');
    const after = { run: `${step.run}\nexec "$bin/slipway" nonsense` };
    const { exitCode, log, path } = await runStep(after, { action: 'slipway' });
    expect(path).toEqual([expect.stringMatching(/slipway-bin$/)]);
    expect(log).toMatch(/^\d+\.\d+\.\d+\n/);
    expect(exitCode).toBe(40);
  });
});

describe('with nothing of the app but slipway.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-sparse-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('a rollback works, a commit that was never released is refused, and status tells what runs', async () => {
    const service = await testService();
    for (const [tag, letter] of Object.entries({ 'ok-1': 'a', 'ok-2': 'b' }))
      await service.deploy(tag, [], { env: { GITHUB_SHA: letter.repeat(40) } });
    cpSync(join(service.directory, 'app/slipway.yml'), join(folder, 'app/slipway.yml'));
    const run = (argv: readonly string[], more: Readonly<Record<string, string>> = {}) =>
      slipway(argv, { cwd: folder, env: { ...service.rehearsal.environment, ...more } });
    const output = join(folder, 'output');
    writeFileSync(output, '');

    const back = await run(['rollback', 'staging', '--reason', 'because'], { GITHUB_OUTPUT: output });
    expect(back).toMatchObject({ exitCode: 0 });
    expect(readFileSync(output, 'utf8')).toMatch(/^outcome=live$/m);

    const forth = await run(['rollback', 'staging', '--to', 'b'.repeat(40), '--dry-run']);
    expect(forth).toMatchObject({ exitCode: 0 });
    expect(forth.stdout + forth.stderr).toContain('slipway-staging-web:2');

    const never = await run(['rollback', 'staging', '--to', 'c'.repeat(40)]);
    expect(never.exitCode).toBe(10);
    expect(never.stderr).toContain('ccccccc');

    // As the action `compare` reads it.
    const { stdout } = await run(['status', 'staging', '--json']);
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as { record?: { gitSha?: string } };
    expect(last.record?.gitSha).toBe('a'.repeat(40));
  });
});
