import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { action } from './support/files';
import { startLoopback, type Answer, type Loopback, type Request } from './support/loopback';
import { named, runStep } from './support/run-step';

// Plans, applies and reports, with a stand-in for terraform that shows the plans that a test gives it, and one server
// for S3 and for GitHub.
const onPosix = process.platform === 'win32' ? describe.skip : describe;

const directory = mkdtempSync(join(tmpdir(), 'slipway-infra-'));
let answer: (request: Request) => Answer = () => ({});
let api: Loopback;
beforeAll(async () => {
  api = await startLoopback((request) => answer(request));
});
afterAll(async () => {
  await api.stop();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => {
  answer = () => ({});
  api.requests.splice(0);
});

interface Change {
  address: string;
  type: string;
  change: Record<string, unknown>;
}

const create = (type: string, after: object = {}): Change => ({
  address: `${type}.new`,
  type,
  change: { actions: ['create'], before: null, after, after_unknown: { id: true } },
});
const update = (type: string, before: object, after: object, more: object = {}): Change => ({
  address: `${type}.changed`,
  type,
  change: { actions: ['update'], before, after, after_unknown: {}, ...more },
});
const replace = (type: string, before: object, after: object): Change => ({
  address: `${type}.replaced`,
  type,
  change: { actions: ['delete', 'create'], before, after, replace_paths: [['name']] },
});

function write(file: string, content: object): void {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), JSON.stringify(content));
}

let order = '';

/** Stacks as cdktf synthesises them, and what terraform would do to each. */
function stacks(plans: Record<string, Change[]>, bucket: string | undefined = 'our-state'): void {
  order = Object.keys(plans).join(' ');
  // cdktf sorts them.
  const names = ['state', ...Object.keys(plans)].sort();
  write('cdktf.out/manifest.json', { stacks: Object.fromEntries(names.map((name) => [name, {}])) });
  for (const [name, changes] of Object.entries(plans)) {
    const backend = bucket === undefined ? { local: {} } : { s3: { bucket, region: 'eu-west-1' } };
    write(`cdktf.out/stacks/${name}/cdk.tf.json`, { terraform: { backend } });
    write(`cdktf.out/stacks/${name}/plan.json`, {
      timestamp: new Date().toISOString(),
      resource_changes: changes,
      output_changes: {},
    });
  }
}

const terraform = `
echo "::error::terraform $*" # what it prints is no command
echo "$(basename "$PWD") $*" >> ../../../calls
if [[ $1 == show ]]; then exec cat plan.json; fi`;

const run = (name: string, step: string, environment: Record<string, string>) => {
  writeFileSync(join(directory, 'calls'), '');
  return runStep(named(action(name).runs.steps, step), {
    action: name,
    directory,
    commands: { terraform: terraform.replace('echo "::error', '[[ $1 == show ]] || echo "::error') },
    environment: {
      AWS_ENDPOINT_URL: api.url,
      AWS_REGION: 'ap-northeast-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      GITHUB_API_URL: api.url,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_RUN_ID: '17',
      RUNNER_TEMP: join(directory, 'temp'),
      STACKS: order,
      ...environment,
    },
  });
};
mkdirSync(join(directory, 'temp'));
const plan = (environment: Record<string, string> = {}) =>
  run('infra-plan', 'Plan', { LABELS: '', MERGED: '', REFUSE: 'true', ...environment });
const calls = async () => (await import('node:fs')).readFileSync(join(directory, 'calls'), 'utf8');

onPosix('infra-plan', () => {
  test('plans every stack but state, takes no lock, and keeps no plan file', async () => {
    stacks({ foundation: [], staging: [create('aws_vpc')] });
    const { exitCode, outputs, summary } = await plan();
    expect(exitCode).toBe(0);
    expect(outputs.changes).toBe('true');
    expect(JSON.parse(outputs.digests ?? '')).toEqual({
      foundation: 'none',
      staging: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(summary).toContain('### foundation: no changes');
    expect(summary).toContain('### staging: 1 to add');
    expect(summary).toContain('+ aws_vpc.new');
    const called = await calls();
    expect(called).not.toMatch(/^state /m);
    expect(called).toMatch(/^staging plan .*-lock=false/m);
    const { readdirSync } = await import('node:fs');
    expect(readdirSync(join(directory, 'temp'))).toEqual(['infra-report']);
  });

  test('what terraform prints is no workflow command', async () => {
    stacks({ staging: [] });
    const { log } = await plan();
    const [, token] = /::stop-commands::(\S+)/.exec(log) ?? [];
    expect(log.indexOf('::error::terraform init')).toBeGreaterThan(log.indexOf(`::stop-commands::${token}`));
    expect(log.indexOf('::error::terraform init')).toBeLessThan(log.indexOf(`::${token}::`));
  });

  test('shows what changes and from what to what, and no secret', async () => {
    stacks({
      staging: [
        update(
          'aws_ecs_cluster',
          { retention: 30, policy: '{"a":1}', auth_token: 'hidden-1', marked: 'hidden-2', url: 'old' },
          { retention: 365, policy: '{"a":2}', auth_token: 'hidden-3', marked: 'hidden-4', url: null },
          {
            before_sensitive: { marked: true },
            after_sensitive: { marked: true },
            after_unknown: { url: true },
          },
        ),
      ],
    });
    const { summary } = await plan();
    expect(summary).toContain('retention: 30 -> 365');
    expect(summary).toContain('policy: changes');
    expect(summary).toContain('auth_token: changes');
    expect(summary).toContain('marked: (sensitive)');
    expect(summary).toContain('url: "old" -> (known after apply)');
    expect(summary).not.toContain('hidden');
  });

  test('points out what costs', async () => {
    stacks({
      production: [
        create('aws_nat_gateway'),
        create('aws_lb'),
        create('aws_vpc_endpoint', { vpc_endpoint_type: 'Gateway' }),
        create('aws_instance', { instance_type: 'm7g.large' }),
        update('aws_launch_template', { instance_type: 'm7g.large' }, { instance_type: 'm7g.xlarge' }),
      ],
    });
    const { summary } = await plan();
    expect(summary).toContain('+1 aws_nat_gateway: about +$33 a month');
    expect(summary).toContain('+1 aws_lb');
    expect(summary).toContain('+1 aws_instance: by its type');
    expect(summary).toContain('aws_launch_template.changed: instance_type changes, and what it costs');
    expect(summary).not.toContain('aws_vpc_endpoint: about');
  });

  test.each([
    ['replaced', [replace('aws_s3_bucket', { name: 'a' }, { name: 'b' })], 'aws_s3_bucket.replaced'],
    [
      'destroyed',
      [
        {
          address: 'aws_ecr_repository.gone',
          type: 'aws_ecr_repository',
          change: { actions: ['delete'], before: {}, after: null },
        },
      ],
      'aws_ecr_repository.gone',
    ],
  ])(
    'refuses what holds data and would be %s, unless the pull request is labelled so',
    async (_, changes, address) => {
      stacks({ staging: changes });
      const refused = await plan({ LABELS: 'urgent' });
      expect(refused.exitCode).toBe(1);
      expect(refused.log).toContain(`::error::This would destroy what holds data: ${address}`);
      expect(refused.summary).toContain('Destroys what holds data');
      // The report is kept all the same.
      expect(refused.outputs.directory).toBeDefined();
      expect((await plan({ LABELS: 'urgent,destroys-data' })).exitCode).toBe(0);
      expect((await plan({ REFUSE: 'false' })).exitCode).toBe(0);
    },
  );

  test('what is replaced without holding data is not refused', async () => {
    stacks({ staging: [replace('aws_security_group', { name: 'a' }, { name: 'b' })] });
    const { exitCode, summary } = await plan();
    expect(exitCode).toBe(0);
    expect(summary).toContain('-/+ aws_security_group.replaced');
    expect(summary).toContain('name: "a" -> "b"  (forces the replacement)');
  });

  test('on main the labels of the merged pull request count', async () => {
    stacks({ staging: [replace('aws_s3_bucket', { name: 'a' }, { name: 'b' })] });
    answer = ({ path }) =>
      path.includes('/pulls') ? { body: [{ labels: [{ name: 'destroys-data' }] }] } : {};
    expect((await plan({ MERGED: 'c'.repeat(40) })).exitCode).toBe(0);
    expect(api.requests.at(-1)?.path).toBe(`/repos/acme/shop/commits/${'c'.repeat(40)}/pulls`);
    answer = ({ path }) => (path.includes('/pulls') ? { body: [] } : {});
    expect((await plan({ MERGED: 'c'.repeat(40) })).exitCode).toBe(1);
  });

  test.each([
    ['names no bucket', undefined, 200, 'The stack staging names no state bucket'],
    [
      'has a bucket that is not there',
      'our-state',
      404,
      'The state bucket our-state of the stack staging cannot be read (there is none)',
    ],
    ['has a bucket that may not be read', 'our-state', 403, 'S3 answered 403'],
  ])('a stack that %s is refused before anything is planned', async (_, bucket, status, message) => {
    stacks({ staging: [] });
    if (bucket === undefined)
      write('cdktf.out/stacks/staging/cdk.tf.json', { terraform: { backend: { local: {} } } });
    answer = () => ({ status });
    const { exitCode, log } = await plan();
    expect(exitCode).toBe(1);
    expect(log).toContain(message);
    expect(await calls()).toBe('');
  });

  test.each([
    ['staging', 'The workflow does not say when to apply production'],
    ['staging production test', 'There is no stack test'],
  ])('stacks "%s": %s', async (STACKS, message) => {
    stacks({ staging: [], production: [] });
    const { exitCode, log } = await plan({ STACKS });
    expect({ exitCode, said: log.includes(message) }).toEqual({ exitCode: 1, said: true });
    expect(await calls()).toBe('');
  });

  test('asks for the bucket in its own region', async () => {
    stacks({ staging: [] });
    await plan();
    expect(api.requests[0]).toMatchObject({ method: 'HEAD', path: '/our-state' });
    expect(api.requests[0]?.headers.authorization).toContain('/eu-west-1/s3/aws4_request');
  });
});

onPosix('infra-apply', () => {
  const apply = (digests: string) => run('infra-apply', 'Apply', { DIGESTS: digests });

  test('applies the plans that were approved, in order, and leaves alone what does not change', async () => {
    stacks({
      foundation: [create('aws_ecr_repository')],
      staging: [create('aws_eip')],
      production: [create('aws_vpc')],
      sandbox: [],
    });
    const { outputs } = await plan();
    expect(await apply(outputs.digests ?? '')).toMatchObject({ exitCode: 0 });
    const applied = (await calls()).split('\n').filter((line) => / apply /.test(line));
    expect(applied.map((line) => line.split(' ')[0])).toEqual(['foundation', 'staging', 'production']);
    expect(applied[0]).toMatch(/-lock-timeout=15m .*\.tfplan$/);
  });

  test('a plan that has become another is shown, and not applied', async () => {
    stacks({ staging: [create('aws_vpc', { cidr_block: '10.0.0.0/16' })] });
    const { outputs } = await plan();
    stacks({ staging: [create('aws_vpc', { cidr_block: '10.9.0.0/16' })] });
    const { exitCode, log, summary } = await apply(outputs.digests ?? '');
    expect(exitCode).toBe(1);
    expect(log).toContain('::error::The plan of staging is no longer the one that was approved');
    expect(summary).toContain('## Not what was approved');
    expect(await calls()).not.toContain(' apply ');
  });

  test('the time of a plan does not make it another, and neither does the order of its keys', async () => {
    stacks({ staging: [create('aws_vpc', { a: 1, b: 2 })] });
    const { outputs } = await plan();
    stacks({ staging: [create('aws_vpc', { b: 2, a: 1 })] });
    expect((await apply(outputs.digests ?? '')).exitCode).toBe(0);
  });

  test('a stack that nobody has seen is not applied', async () => {
    stacks({ staging: [create('aws_vpc')] });
    const { exitCode, log } = await apply('{}');
    expect(exitCode).toBe(1);
    expect(log).toContain('Nobody approved a plan of staging');
  });
});

onPosix('infra-report', () => {
  const report = (files: Record<string, string>, PULL_REQUEST: string) => {
    const folder = mkdtempSync(join(directory, 'report-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return run('infra-report', 'Report', { DIRECTORY: folder, PULL_REQUEST });
  };
  const marker = '<!-- slipway: infrastructure -->';
  const writes = () =>
    api.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
  const found = { 'report.md': '## Plan\n', 'result.json': '{"changes":true}' };

  test('a pull request gets one comment, which is brought up to date', async () => {
    answer = () => ({ body: [] });
    expect((await report(found, '7')).exitCode).toBe(0);
    expect(writes()).toEqual(['POST /repos/acme/shop/issues/7/comments']);
    const { body } = JSON.parse(api.requests.at(-1)?.body ?? '{}') as { body: string };
    expect(body).toContain('## Plan');
    expect(body).toContain('https://github.com/acme/shop/actions/runs/17');
    api.requests.splice(0);
    answer = ({ method }) =>
      method === 'GET'
        ? {
            body: [
              { id: 1, body: 'hello' },
              { id: 5, body },
            ],
          }
        : {};
    await report(found, '7');
    expect(writes()).toEqual(['PATCH /repos/acme/shop/issues/comments/5']);
  });

  test('the own comment is found behind hundreds of others', async () => {
    const page = (number: number) =>
      Array.from({ length: number < 3 ? 100 : 1 }, (_, index) => ({
        id: number * 1000 + index,
        body: number < 3 ? 'x' : marker,
      }));
    answer = ({ method, path }) =>
      method === 'GET' ? { body: page(Number(/page=(\d+)$/.exec(path)?.[1])) } : {};
    await report(found, '7');
    expect(writes()).toEqual(['PATCH /repos/acme/shop/issues/comments/3000']);
  });

  test('a plan that failed is said to have failed', async () => {
    answer = () => ({ body: [] });
    await report({}, '7');
    expect(api.requests.at(-1)?.body).toContain('The plan failed.');
  });

  test('a report that is too long for GitHub is cut', async () => {
    answer = () => ({ body: [] });
    await report({ ...found, 'report.md': 'long line\n'.repeat(10_000) }, '7');
    const { body } = JSON.parse(api.requests.at(-1)?.body ?? '{}') as { body: string };
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain('The rest is in the run');
  });

  test.each([
    ['opens an issue', true, [], ['POST /repos/acme/shop/issues']],
    ['brings the issue up to date', true, [{ number: 3, body: marker }], ['PATCH /repos/acme/shop/issues/3']],
    ['closes the issue', false, [{ number: 3, body: marker }], ['PATCH /repos/acme/shop/issues/3']],
    ['does nothing', false, [{ number: 4, body: marker, pull_request: {} }], []],
  ])('drift: %s', async (_, changes, open, expected) => {
    answer = ({ method }) => ({ body: method === 'GET' ? open : {} });
    expect((await report({ ...found, 'result.json': JSON.stringify({ changes }) }, '')).exitCode).toBe(0);
    expect(writes()).toEqual(expected);
  });

  test('a plan that failed opens no issue about drift', async () => {
    expect((await report({}, '')).exitCode).toBe(0);
    expect(api.requests).toEqual([]);
  });
});
