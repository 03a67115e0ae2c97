import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionBundle } from '../../../scripts/action-bundle';
import { synthesiseFrom } from '../../../infra/test/synth';
import { ACCOUNT, enforcedPlatform, REGION, type EnforcedPlatform } from '../authorization/platform';
import { roleArn, tokenFor } from '../authorization/sign-in';
import { buildspec, gitlab } from './files';
import { dotenv, startMachine, type Machine, type Ran } from './run-job';

/**
 * The other pipelines, run: every script line in bash, the bundled command, and each request held to the policies that
 * infra makes, with which the stacks were applied.
 */
const sha = 'a'.repeat(40);
let slipway = '';
let platform: EnforcedPlatform;
let machine: Machine;

beforeAll(async () => {
  slipway = (await actionBundle()).text;
});

beforeEach(async () => {
  const stack = synthesiseFrom(
    {
      project: { name: 'slipway', gitlab: { project: 'octo/shop' }, pipeline: { repository: 'octo/shop' } },
      environments: ['staging', 'production'].map((name) => ({
        name,
        services: [{ name: 'web', healthCheck: { path: '/health-check' } }],
      })),
    },
    { rehearsal: true },
  );
  platform = await enforcedPlatform({ stack });
  machine = await startMachine(platform.rehearsal, slipway);
});

afterEach(async () => {
  await machine.close();
  await platform.close();
});

const output = ({ stdout, stderr }: Ran) => stdout + stderr;

async function runningImage(environment: string): Promise<string> {
  const { rehearsal } = platform;
  const cluster = `slipway-${environment}`;
  const { services } = await rehearsal.call('ecs', 'DescribeServices', { cluster, services: ['web'] });
  const [{ taskDefinition = '' } = {}] = services as { taskDefinition?: string }[];
  if (taskDefinition === '') return 'nothing';
  const described = await rehearsal.call('ecs', 'DescribeTaskDefinition', { taskDefinition });
  const { containerDefinitions } = described.taskDefinition as { containerDefinitions: { image: string }[] };
  return containerDefinitions[0]?.image ?? '';
}

async function tagsOf(environment: string): Promise<Record<string, string>> {
  const described = await platform.rehearsal.call('ecs', 'DescribeTaskDefinition', {
    taskDefinition: `slipway-${environment}-web`,
    include: ['TAGS'],
  });
  const tags = described.tags as { key: string; value: string }[];
  return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
}

describe('GitLab', () => {
  const { jobs } = gitlab();

  /** A job as its runner would run it, signed in by its own token. */
  async function run(name: string, more: Record<string, string> = {}, branch = 'main'): Promise<Ran> {
    const job = jobs[name];
    if (job === undefined) throw new Error(`no job ${name}`);
    const predefined: Record<string, string> = {
      AWS_ACCOUNT_ID: ACCOUNT,
      AWS_REGION: REGION,
      AWS_ENDPOINT_URL: platform.rehearsal.endpoint,
      CI_COMMIT_SHA: sha,
      CI_PIPELINE_IID: '7',
      CI_JOB_ID: '70',
      CI_JOB_URL: 'https://gitlab.com/octo/shop/-/jobs/70',
      CI_SERVER_URL: 'https://gitlab.com',
      GITLAB_USER_LOGIN: 'mira',
      ...more,
    };
    const all: Record<string, string> = { ...job.variables, ...predefined };
    const expand = (text: string): string =>
      /\$([A-Z_]+)/.test(text)
        ? expand(text.replace(/\$([A-Z_]+)/g, (_, key: string) => all[key] ?? ''))
        : text;
    const env = Object.fromEntries(Object.entries(all).map(([key, value]) => [key, expand(value)]));
    const aud = job.id_tokens?.AWS_ID_TOKEN?.aud;
    const claims = { sub: `project_path:octo/shop:ref_type:branch:ref:${branch}` };
    const token =
      aud && tokenFor({ subject: '', issuer: 'https://gitlab.com', audience: expand(aud), claims });
    return machine.run([...job.before_script, ...job.script], {
      ...env,
      ...(token
        ? { AWS_ID_TOKEN: token, AWS_WEB_IDENTITY_TOKEN_FILE: join(machine.directory, 'token') }
        : {}),
    });
  }

  test('test, build once, staging, approval, the same digest to production, and back', async () => {
    expect(await run('test')).toMatchObject({ code: 0 });
    expect(await run('build')).toMatchObject({ code: 0 });
    const { IMAGE = '' } = dotenv(join(machine.directory, 'image.env'));
    expect(IMAGE).toMatch(
      /^123456789012\.dkr\.ecr\.ap-northeast-1\.amazonaws\.com\/slipway\/web@sha256:[0-9a-f]{64}$/,
    );
    expect(machine.calls.filter((call) => call.startsWith('docker push'))).toHaveLength(1);

    const staging = await run('staging', { IMAGE });
    expect([staging.code, output(staging)]).toEqual([0, expect.stringContaining('LIVE')]);
    expect(await runningImage('staging')).toBe(IMAGE);
    expect(await runningImage('production')).toBe('nothing');

    expect(await run('approval', { IMAGE })).toMatchObject({ code: 0, stdout: `mira approved ${IMAGE}\n` });
    expect(await run('production', { IMAGE })).toMatchObject({ code: 0 });
    expect(await runningImage('production')).toBe(IMAGE);
    expect(await tagsOf('production')).toMatchObject({
      'slipway:git-sha': sha,
      'slipway:actor': 'mira',
      'slipway:run-url': 'https://gitlab.com/octo/shop/-/jobs/70',
    });

    // The same job again finds its image, and builds nothing.
    expect(await run('build')).toMatchObject({ code: 0 });
    expect(machine.calls.filter((call) => call.startsWith('docker push'))).toHaveLength(1);
    expect(dotenv(join(machine.directory, 'image.env')).IMAGE).toBe(IMAGE);

    const next = await run('production', { IMAGE: platform.image('ok-2'), CI_COMMIT_SHA: 'b'.repeat(40) });
    expect(next.code).toBe(0);
    expect(await runningImage('production')).not.toBe(IMAGE);
    const back = await run('rollback');
    expect([back.code, output(back)]).toEqual([0, expect.stringContaining('mira in https://gitlab.com')]);
    expect(await runningImage('production')).toBe(IMAGE);
    expect(platform.enforcement).toMatchObject({ refused: [], mistaken: [] });
  });

  test('a build that fails on staging ends its job, with the cause in the log', async () => {
    const { code, stdout, stderr } = await run('staging', { IMAGE: platform.image('crash') });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('DATABASE_URL is not set');
  });

  test('a job of another branch has no role', async () => {
    const ran = await run('production', { IMAGE: platform.image('ok-1') }, 'feature');
    expect([ran.code, output(ran)]).toEqual([30, expect.stringContaining('AssumeRoleWithWebIdentity')]);
    expect(await runningImage('production')).toBe('nothing');
  });
});

describe('CodeBuild', () => {
  /** A step as CodeBuild runs it, with the credentials of its project's own role. */
  async function run(
    file: 'buildspec-test.yml' | 'buildspec.yml' | 'buildspec-deploy.yml',
    role: string,
    env: Record<string, string>,
  ): Promise<Ran> {
    const { phases, env: { 'exported-variables': exported = [] } = {} } = buildspec(file);
    const { Credentials } = await platform.rehearsal.call('sts', 'AssumeRole', {
      RoleArn: roleArn(role),
      RoleSessionName: 'CodeBuild',
    });
    const keys = Credentials as Record<'AccessKeyId' | 'SecretAccessKey' | 'SessionToken', string>;
    return machine.run(
      [
        // It looks at what each command ends with, and at nothing inside of one.
        ...Object.values(phases).flatMap(({ commands = [] }) =>
          commands.map((command) => `{\n${command}\n} || exit $?`),
        ),
        ...exported.map((name) => `printf '%s=%s' ${name} "$${name}" > exported.env`),
      ],
      {
        ...platform.rehearsal.environment,
        AWS_ACCESS_KEY_ID: keys.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.SecretAccessKey,
        AWS_SESSION_TOKEN: keys.SessionToken,
        CODEBUILD_BUILD_NUMBER: '7',
        CODEBUILD_INITIATOR: 'codepipeline/slipway-web',
        CODEBUILD_RESOLVED_SOURCE_VERSION: sha,
        ...env,
      },
    );
  }
  const deploy = (environment: string, image: string, as = environment) =>
    run('buildspec-deploy.yml', `slipway-web-pipeline-${as}`, {
      ENVIRONMENT: environment,
      DEPLOY_REGION: REGION,
      DEPLOY_ROLE_ARN: roleArn(`slipway-${environment}-web-deploy`),
      IMAGE: image,
      GIT_SHA: sha,
    });

  test('tests, build, staging, and the same digest to production', async () => {
    expect(await run('buildspec-test.yml', 'slipway-web-pipeline-test', {})).toMatchObject({ code: 0 });
    expect(machine.calls.at(-1)).toBe('npx jest app/test/');
    const registry = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/slipway/web`;
    const built = await run('buildspec.yml', 'slipway-web-pipeline-build', {
      REPOSITORY_URL: registry,
      GIT_SHA: sha,
    });
    expect(built).toMatchObject({ code: 0 });
    const { IMAGE = '' } = dotenv(join(machine.directory, 'exported.env'));
    expect(IMAGE).toMatch(/slipway\/web@sha256:[0-9a-f]{64}$/);
    expect(JSON.parse(readFileSync(join(machine.directory, 'imagedefinitions.json'), 'utf8'))).toEqual([
      { name: 'web', imageUri: IMAGE },
    ]);
    for (const environment of ['staging', 'production']) {
      const ran = await deploy(environment, IMAGE);
      expect([ran.code, output(ran)]).toEqual([0, expect.stringContaining('LIVE')]);
      expect(await runningImage(environment)).toBe(IMAGE);
    }
    expect(await tagsOf('production')).toMatchObject({ 'slipway:git-sha': sha });
    expect(platform.enforcement).toMatchObject({ refused: [], mistaken: [] });
  });

  test('the step of staging cannot deploy to production', async () => {
    const ran = await deploy('production', platform.image('ok-1'), 'staging');
    expect(ran.code).toBe(30);
    expect(platform.enforcement.refused).toEqual(['slipway-web-pipeline-staging sts:AssumeRole']);
  });

  test('a build whose registry cannot be looked at says so, and hands on nothing', async () => {
    const ran = await run('buildspec.yml', 'slipway-web-pipeline-build', {
      REPOSITORY_URL: 'registry.example/other/web',
      GIT_SHA: sha,
    });
    expect(ran.code).not.toBe(0);
    expect(ran.stderr).toContain('Cannot look for the tag');
    expect(ran.stderr).toContain('RepositoryNotFoundException');
  });
});
