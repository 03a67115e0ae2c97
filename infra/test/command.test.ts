import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const repository = resolve(__dirname, '../..');
let output: string;
beforeEach(() => {
  output = mkdtempSync(join(tmpdir(), 'slipway-synth-'));
});
afterEach(() => rmSync(output, { recursive: true, force: true }));

/** The command of cdktf.json, as cdktf-cli runs it. */
function synth(env: Record<string, string>): Promise<{ exitCode: number; stderr: string }> {
  const { app } = JSON.parse(readFileSync(join(repository, 'cdktf.json'), 'utf8')) as { app: string };
  const [file = '', ...args] = app.split(' ');
  return new Promise((done) => {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|GITHUB_|SLIPWAY_)/.test(name));
    const options = {
      cwd: repository,
      env: { ...Object.fromEntries(inherited), ...env, CDKTF_OUTDIR: output },
    };
    const child = execFile(file, args, options, (_error, _stdout, stderr) =>
      done({ exitCode: child.exitCode ?? -1, stderr }),
    );
  });
}

test('the command of cdktf.json writes all stacks without any variable', async () => {
  const { exitCode } = await synth({});
  expect(exitCode).toBe(0);
  expect(readdirSync(join(output, 'stacks')).sort()).toEqual([
    'foundation',
    'production',
    'staging',
    'state',
  ]);
});

test('wrong settings end it with 1 and say what is right, without a stack trace', async () => {
  const { exitCode, stderr } = await synth({ AWS_ACCOUNT_ID: '1234', AWS_REGION: 'tokyo' });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('account is "1234"; an AWS account id has twelve digits');
  expect(stderr).toContain('project: region is "tokyo"; a region such as eu-central-1');
  expect(stderr).not.toContain('at ');
});
