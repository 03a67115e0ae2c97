import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEcrImage } from '../../src/release/images';
import { currentRun, isRecordTag, recordOf, recordTags, tagValue } from '../../src/release/record';
import { redactChange, redactor } from '../../src/release/redact';

it('writes and reads the release record', () => {
  const record = {
    gitSha: 'a'.repeat(40),
    actor: 'mira',
    runUrl: 'https://github.com/example/shop/actions/runs/7',
    imageDigest: `sha256:${'1'.repeat(64)}`,
    contractHash: '0123456789abcdef',
    replaced: 'slipway-staging-web:3',
    releaseId: '20261121T074512.084Z-9f3c',
  };
  const tags = recordTags(record);
  expect(recordOf(tags)).toEqual(record);
  expect(tags.every(isRecordTag)).toBe(true);
});

it('leaves out what is not known', () => {
  const nothing = {
    gitSha: undefined,
    actor: undefined,
    runUrl: undefined,
    imageDigest: undefined,
    contractHash: undefined,
    replaced: undefined,
    releaseId: undefined,
  };
  expect(recordTags(nothing)).toEqual([{ key: 'slipway:release', value: 'deploy' }]);
});

it.each([
  ['dependabot[bot]', 'dependabot_bot_'],
  ['Zoë Müller', 'Zoë Müller'],
  ['a'.repeat(300), 'a'.repeat(256)],
  ['https://github.com/a/b?x=1&y', 'https://github.com/a/b_x=1_y'],
])('makes %s fit for a tag', (text, value) => expect(tagValue(text)).toBe(value));

it("takes GitHub's variables before git and the system's user", async () => {
  const env = {
    GITHUB_SHA: 'f'.repeat(40),
    GITHUB_ACTOR: 'mira',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'example/shop',
    GITHUB_RUN_ID: '7',
  };
  expect(await currentRun({ env, cwd: tmpdir() })).toEqual({
    gitSha: 'f'.repeat(40),
    actor: 'mira',
    runUrl: 'https://github.com/example/shop/actions/runs/7',
  });
});

it.each([
  {
    CI_COMMIT_SHA: 'f'.repeat(40),
    GITLAB_USER_LOGIN: 'mira',
    CI_JOB_URL: 'https://ci.example/7',
  },
  {
    CODEBUILD_RESOLVED_SOURCE_VERSION: 'f'.repeat(40),
    CODEBUILD_INITIATOR: 'mira',
    CODEBUILD_BUILD_URL: 'https://ci.example/7',
  },
])("takes those of GitLab and CodeBuild, and one's own commit before all: %p", async (env) => {
  const known = { gitSha: 'f'.repeat(40), actor: 'mira', runUrl: 'https://ci.example/7' };
  expect(await currentRun({ env, cwd: tmpdir() })).toEqual(known);
  const other = { ...env, SLIPWAY_GIT_SHA: 'e'.repeat(40) };
  expect(await currentRun({ env: other, cwd: tmpdir() })).toEqual({ ...known, gitSha: 'e'.repeat(40) });
});

it('does without a repository', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'slipway-record-'));
  expect(await currentRun({ env: { USER: 'mira', GITHUB_SHA: '' }, cwd })).toEqual({
    gitSha: undefined,
    actor: 'mira',
    runUrl: undefined,
  });
});

describe('image references', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  it.each([
    [
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/slipway/web:1',
      { repository: 'slipway/web', tag: '1', digest: undefined },
    ],
    [
      `123456789012.dkr.ecr.eu-west-1.amazonaws.com/web@${digest}`,
      { repository: 'web', tag: undefined, digest },
    ],
    [
      `123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b/web:1@${digest}`,
      { repository: 'a/b/web', tag: '1', digest },
    ],
    [
      '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web',
      { repository: 'web', tag: undefined, digest: undefined, region: 'cn-north-1' },
    ],
    ['123456789012.dkr-ecr.eu-west-1.on.aws/web:1', { repository: 'web', tag: '1' }],
  ])('reads %s', (reference, parts) =>
    expect(parseEcrImage(reference)).toMatchObject({ accountId: '123456789012', ...parts }),
  );

  it.each(['nginx', 'public.ecr.aws/docker/library/node:20', 'ghcr.io/a/b:1', 'localhost:5000/web:1'])(
    'leaves %s alone',
    (reference) => expect(parseEcrImage(reference)).toBeUndefined(),
  );
});

describe('what must not be printed', () => {
  const redact = redactor({
    source: 'state',
    contractHash: undefined,
    environment: { vpc_id: 'vpc-1', password: 'hunter2', nested: { keys: ['k-123', ''] } },
    services: { web: { token: 'hunter2-long' } },
    state: undefined,
    sensitive: new Set(['password', 'nested', 'token']),
  });

  it('hides values of sensitive outputs wherever they stand', () => {
    expect(redact('postgres://u:hunter2@host vpc-1 k-123 hunter2-long')).toBe(
      'postgres://u:(sensitive)@host vpc-1 (sensitive) (sensitive)',
    );
  });

  it('hides variables that are named like secrets', () => {
    const change = { part: 'task definition', position: undefined, before: 'a' } as const;
    expect(
      redactChange(
        { ...change, path: 'containerDefinitions[web].environment[DB_PASSWORD].value', after: 'b' },
        redact,
      ),
    ).toMatchObject({
      before: '(sensitive)',
      after: '(sensitive)',
    });
    expect(
      redactChange(
        {
          ...change,
          path: 'containerDefinitions[job]',
          before: undefined,
          after: { name: 'job', environment: [{ name: 'API_KEY', value: 'x' }] },
        },
        redact,
      ),
    ).toMatchObject({ after: { name: 'job', environment: [{ name: 'API_KEY', value: '(sensitive)' }] } });
  });
});
