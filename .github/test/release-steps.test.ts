import { action } from './support/files';
import { startLoopback, type Answer, type Loopback, type Request } from './support/loopback';
import { named, runStep, type StepResult } from './support/run-step';

// The scripts around a release, against a GitHub on this machine.
const onPosix = process.platform === 'win32' ? describe.skip : describe;
const sha = 'b'.repeat(40);
const older = 'a'.repeat(40);

let answer: (request: Request) => Answer = () => ({ status: 500 });
let api: Loopback;
beforeAll(async () => {
  api = await startLoopback((request) => answer(request));
});
afterAll(() => api.stop());
beforeEach(() => void api.requests.splice(0));

function run(
  name: string,
  step: string,
  environment: Record<string, string>,
  commands: Record<string, string> = {},
): Promise<StepResult> {
  return runStep(named(action(name).runs.steps, step), {
    action: name,
    commands,
    environment: {
      GITHUB_API_URL: api.url,
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_TOKEN: 'secret-token',
      ...environment,
    },
  });
}

onPosix('require-approval', () => {
  const ask = () =>
    run('require-approval', 'Check that somebody was asked', {
      ENVIRONMENT: 'production-approval',
      OTHERWISE: 'set PRODUCTION_PROMOTION to manual.',
    });
  const rules = (...types: string[]): Answer => ({
    body: {
      protection_rules: types.map((type) => ({
        type,
        ...(type === 'required_reviewers' ? { reviewers: [{ reviewer: { login: 'ana' } }] } : {}),
      })),
    },
  });

  test('passes where reviewers are required, and asks GitHub with the token of the run', async () => {
    answer = () => rules('branch_policy', 'required_reviewers');
    expect(await ask()).toMatchObject({ exitCode: 0, log: 'production-approval asks ana\n' });
    expect(api.requests).toHaveLength(1);
    expect(api.requests[0]).toMatchObject({
      path: '/repos/acme/shop/environments/production-approval',
      headers: { authorization: 'Bearer secret-token' },
    });
  });

  test.each([
    ['an environment without reviewers', rules('branch_policy')],
    ['one without rules', rules()],
    [
      'reviewers that are nobody',
      { body: { protection_rules: [{ type: 'required_reviewers', reviewers: [] }] } },
    ],
    ['one that does not exist', { status: 404, body: { message: 'Not Found' } }],
  ])('refuses %s, and says both ways out', async (_, given) => {
    answer = () => given;
    const { exitCode, log } = await ask();
    expect(exitCode).toBe(1);
    expect(log).toMatch(/^::error::The environment production-approval has no required reviewers/);
    expect(log).toContain('Settings > Environments > production-approval');
    expect(log).toContain('set PRODUCTION_PROMOTION to manual.');
  });

  test('an answer that is none refuses too', async () => {
    answer = () => ({ status: 403, body: { message: 'Resource not accessible by integration' } });
    const { exitCode, log } = await ask();
    expect(exitCode).toBe(1);
    expect(log).toContain('403 Resource not accessible by integration');
  });

  test('a fault of GitHub is asked again', async () => {
    let times = 0;
    answer = () => ((times += 1) < 3 ? { status: 502 } : rules('required_reviewers'));
    expect((await ask()).exitCode).toBe(0);
    expect(api.requests).toHaveLength(3);
  });
});

onPosix('compare', () => {
  const status = (gitSha: string | null) =>
    `echo '${JSON.stringify({ type: 'result', kind: 'status', record: gitSha === null ? undefined : { gitSha } })}'`;
  const compare = (running: string | null, REFUSE_OLDER = 'true') =>
    run(
      'compare',
      'Compare',
      { ENVIRONMENT: 'production', SHA: sha, REFUSE_OLDER },
      { slipway: status(running) },
    );
  const commits = [
    { sha: 'c'.repeat(40), commit: { message: 'Say <b>hello</b> @all\n\nmore', author: { name: 'ana' } } },
  ];

  test('what is ahead goes on, and its commits stand in the summary as text', async () => {
    answer = () => ({ body: { status: 'ahead', ahead_by: 1, commits, html_url: 'https://github.com/x' } });
    const { exitCode, outputs, summary } = await compare(older);
    expect(exitCode).toBe(0);
    expect(outputs).toEqual({ running: older, relation: 'ahead' });
    expect(api.requests[0]?.path).toBe(`/repos/acme/shop/compare/${older}...${sha}`);
    expect(summary).toContain('bbbbbbb is one commit ahead of aaaaaaa, which runs in production');
    expect(summary).toContain('- `ccccccc` Say \\<b\\>hello\\</b\\> \\@all (ana)');
    expect(summary).not.toContain('more');
  });

  test('what runs already goes on', async () => {
    answer = () => ({ body: { status: 'identical', ahead_by: 0, commits: [] } });
    expect((await compare(sha)).exitCode).toBe(0);
  });

  test.each([
    [{ body: { status: 'behind', commits: [] } }, 'bbbbbbb is older than aaaaaaa, which runs in production'],
    [
      { body: { status: 'diverged', commits: [] } },
      'bbbbbbb does not contain aaaaaaa, which runs in production',
    ],
    [{ status: 404, body: { message: 'Not Found' } }, 'GitHub cannot compare bbbbbbb with aaaaaaa'],
  ])('what is not ahead is refused with the way back: %j', async (given, words) => {
    answer = () => given;
    const { exitCode, log } = await compare(older);
    expect(exitCode).toBe(1);
    expect(log).toContain(`::error::${words}`);
    expect(log).toContain('use the workflow rollback');
  });

  test('asked only to look, it warns', async () => {
    answer = () => ({ body: { status: 'behind', commits: [] } });
    const { exitCode, log, outputs } = await compare(older, 'false');
    expect({ exitCode, outputs }).toEqual({ exitCode: 0, outputs: { running: older, relation: 'behind' } });
    expect(log).toContain('::warning::bbbbbbb is older');
  });

  test('a first release, and one without a record, have nothing to compare with', async () => {
    expect(await compare(null)).toMatchObject({ exitCode: 0, outputs: { running: '', relation: 'unknown' } });
    expect((await compare('main; rm -rf')).outputs.relation).toBe('unknown');
    expect(api.requests).toEqual([]);
  });

  test('where slipway cannot say what runs, nothing is deployed', async () => {
    const environment = { ENVIRONMENT: 'production', SHA: sha, REFUSE_OLDER: 'true' };
    const { exitCode, log } = await run('compare', 'Compare', environment, { slipway: 'exit 30' });
    expect(exitCode).toBe(1);
    expect(log).toContain('::error::slipway status production ended with 30');
  });
});

onPosix('find-release', () => {
  const place = { AWS_ACCOUNT_ID: '123456789012', AWS_REGION: 'ap-northeast-1' };
  const find = (SHA = sha) =>
    run('find-release', 'Find it', { ...place, REPOSITORY: 'slipway/web', SHA, DEPLOYED_TO: 'staging' });
  const github = (...states: string[][]) => {
    answer = ({ path }) => {
      const [, id] = /\/deployments\/(\d+)\/statuses/.exec(path) ?? [];
      if (id !== undefined) return { body: states[Number(id)]!.map((state) => ({ state })) };
      return { body: states.map((_, index) => ({ id: index })) };
    };
  };

  test('a commit that staging has had gives its image, also once another has replaced it there', async () => {
    github(['failure'], ['inactive', 'success', 'in_progress']);
    expect(await find()).toMatchObject({
      exitCode: 0,
      outputs: { image: `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/slipway/web:${sha}` },
    });
    expect(api.requests[0]?.path).toContain(`/repos/acme/shop/deployments?sha=${sha}&environment=staging`);
  });

  test.each([
    ['never deployed there', []],
    ['failed there', [['failure', 'in_progress']]],
  ])('a commit that was %s is refused', async (_, states) => {
    github(...states);
    const { exitCode, log, outputs } = await find();
    expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} });
    expect(log).toContain('::error::staging never had bbbbbbb');
  });

  test.each(['main', 'bbbbbbb', `${sha}0`, ''])('"%s" is no whole commit', async (given) => {
    expect((await find(given)).exitCode).toBe(1);
    expect(api.requests).toEqual([]);
  });
});

onPosix('smoke-test', () => {
  const ask = (contains = sha, seconds = '5') =>
    run('smoke-test', 'Ask', {
      URL: api.url,
      URL_PATH: '/version',
      CONTAINS: contains,
      SECONDS_LIMIT: seconds,
    });

  test('asks until the answer is the new release', async () => {
    let times = 0;
    answer = () => ((times += 1) < 3 ? { status: 503 } : { body: { gitSha: sha } });
    expect(await ask()).toMatchObject({
      exitCode: 0,
      summary: expect.stringContaining('Smoke test') as string,
    });
    expect(api.requests.map(({ path }) => path)).toEqual(['/version', '/version', '/version']);
  });

  test('says what the last answer was when its time is up', async () => {
    answer = () => ({ body: { gitSha: older } });
    const { exitCode, log, summary } = await ask(sha, '0.2');
    expect(exitCode).toBe(1);
    expect(log).toContain(`/version: 200, but the answer does not hold ${sha}`);
    expect(summary).toContain('**Smoke test failed:**');
  });
});

onPosix('notify', () => {
  const send = (environment: Record<string, string>) =>
    run('notify', 'Send', {
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_RUN_ID: '17',
      GITHUB_ACTOR: 'ana',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL: api.url,
      WHAT: 'Deploy of web to production',
      ...environment,
    });
  const topic = 'arn:aws:sns:ap-northeast-1:123456789012:slipway-production';

  test('without a webhook or a topic it does nothing', async () => {
    expect(await send({ OUTCOME: 'live' })).toMatchObject({ exitCode: 0, log: '' });
    expect(api.requests).toEqual([]);
  });

  test('tells both of an outcome, in their own forms', async () => {
    answer = () => ({ body: 'ok' });
    const told = await send({
      OUTCOME: 'rolled-back',
      STATUS: 'failure',
      DETAIL: '<sha>\n::error::x',
      WEBHOOK: `${api.url}/hook/secret-part`,
      TOPIC: topic,
    });
    expect(told.exitCode).toBe(0);
    expect(told.log).not.toContain('::error::');
    const hook = api.requests.find(({ path }) => path === '/hook/secret-part');
    expect(JSON.parse(hook?.body ?? '{}')).toEqual({
      text:
        ':x: *Deploy of web to production: rolled back*\n&lt;sha&gt; ::error::x\n' +
        'https://github.com/acme/shop/actions/runs/17 (ana)',
    });
    const publish = new URLSearchParams(api.requests.find(({ path }) => path === '/')?.body);
    expect(Object.fromEntries(publish)).toMatchObject({
      Action: 'Publish',
      TopicArn: topic,
      Subject: 'Deploy of web to production: rolled back',
    });
  });

  test('tells that somebody is waited for', async () => {
    answer = () => ({ body: 'ok' });
    await send({ EVENT: 'approval', WEBHOOK: api.url });
    expect(api.requests[0]?.body).toContain('Deploy of web to production: waits for approval');
  });

  test('whatever goes wrong is a warning, which does not hold the address', async () => {
    answer = () => ({ status: 403, body: '<Error><Code>AuthorizationError</Code></Error>' });
    const refused = await send({ WEBHOOK: `${api.url}/hook/secret-part`, TOPIC: topic });
    expect(refused.exitCode).toBe(0);
    expect(refused.log).toContain('::warning::The webhook was not told: it answered 403');
    expect(refused.log).toContain('::warning::The topic was not told: SNS answered 403 AuthorizationError');
    const broken = await send({ WEBHOOK: 'http://secret-part.invalid:1/', TOPIC: 'no-arn' });
    expect(broken.exitCode).toBe(0);
    expect(broken.log.match(/::warning::/g)).toHaveLength(2);
    expect(refused.log + broken.log).not.toContain('secret-part');
  });
});
