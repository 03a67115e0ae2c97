import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { names } from '../../../infra/names';
import { attributes, resources, synthesiseFrom } from '../../../infra/test/synth';
import { project } from '../project';
import { buildspec, buildspecs, folder, gitlab, repository, scripts } from './files';

const { stages, jobs } = gitlab();
const of = names('slipway');
const job = (name: string) => {
  const found = jobs[name];
  if (found === undefined) throw new Error(`no job ${name}`);
  return found;
};

/** The words of a command line without operators, as a shell splits it; a variable stands for one word. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)]
    .map(([, quoted, bare]) => quoted ?? bare ?? '')
    .map((word) => word.replace('$DEPLOY_ROLE_ARN', 'arn:aws:iam::123456789012:role/deploy'));
const commandLines = scripts().flatMap(({ where, script }) =>
  script
    .split('\n')
    .filter((line) => /^slipway [a-z]/.test(line))
    .map((line) => ({ where, argv: words(line).slice(1) })),
);

test('every command of slipway in them is one that it takes', async () => {
  expect(commandLines.map(({ argv }) => argv.slice(0, 2).join(' ')).sort()).toEqual([
    'deploy $ENVIRONMENT',
    'deploy production',
    'deploy staging',
    'rollback production',
  ]);
  const empty = project({});
  for (const { where, argv } of commandLines) {
    const { stdout } = await empty.run([...argv, '--json']);
    // It went past the options, and then found nothing to deploy.
    expect([where, stdout]).toEqual([where, expect.stringContaining('"code":"CONFIG_NOT_FOUND"')]);
  }
});

test('one that it does not take is noticed', async () => {
  const { stdout } = await project({}).run(['deploy', 'staging', '--images', 'x', '--json']);
  expect(stdout).toContain('"code":"USAGE"');
});

test.each(scripts())('the script of $where is bash', ({ script }) => {
  expect(spawnSync('bash', ['-n', '-c', script], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});

test('every file that a script names is there', () => {
  const named = scripts().flatMap(({ where, script }) =>
    [...script.matchAll(/(?:\.github|deploy|app)\/[\w./-]+/g)].map(([path]) => ({ where, path })),
  );
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter(({ path }) => !existsSync(join(repository, path)))).toEqual([]);
});

describe('GitLab', () => {
  test('goes from tests to production in this order, and nothing deploys before an approval', () => {
    expect(stages).toEqual(['test', 'build', 'staging', 'approval', 'production']);
    expect(job('approval').rules).toEqual([
      // Without allow_failure a manual job holds back the stages behind it.
      { if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH', when: 'manual' },
    ]);
    expect(job('production')).not.toHaveProperty('needs');
    for (const [name, { rules }] of Object.entries(jobs))
      if (name !== 'test')
        expect([name, rules?.[0]?.if]).toEqual([name, '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH']);
  });

  test('the image goes from the build to both environments as it is', () => {
    expect(job('build').artifacts?.reports.dotenv).toBe('image.env');
    for (const name of ['staging', 'production'])
      expect(job(name).script).toEqual([`slipway deploy ${name} --image "$IMAGE"`]);
  });

  test('a rollback waits for nobody', () => {
    const { needs, rules, resource_group } = job('rollback');
    expect(needs).toEqual([]);
    expect(rules?.[0]).toMatchObject({ when: 'manual', allow_failure: true });
    expect(resource_group).toBeUndefined();
  });

  test('each job has the role that infra makes for it, by an id token, and the tests have none', () => {
    const roles = Object.entries(jobs).map(([name, { variables, id_tokens }]) => [
      name,
      variables.AWS_ROLE_ARN?.replace('$ROLES/', ''),
      id_tokens?.AWS_ID_TOKEN?.aud,
    ]);
    const issuer = '$CI_SERVER_URL';
    const deploys = of.deployRole('production', 'web');
    expect(roles).toEqual([
      ['test', undefined, undefined],
      ['build', of.buildRole, issuer],
      ['staging', of.deployRole('staging', 'web'), issuer],
      ['approval', undefined, undefined],
      ['production', deploys, issuer],
      ['rollback', deploys, issuer],
    ]);
    expect(job('build').variables.REPOSITORY_URL).toContain(`/${of.repository('web')}`);
    expect(readFileSync(join(folder, 'gitlab-ci.yml'), 'utf8')).not.toMatch(/ACCESS_KEY|SECRET/);
  });

  test('a job outlasts slipway’s own timeout of 15 minutes and the rollback after it', () => {
    for (const name of ['staging', 'production', 'rollback']) expect(job(name).timeout).toBe('40m');
  });
});

describe('CodeBuild', () => {
  const stack = synthesiseFrom({
    project: { name: 'slipway', pipeline: { repository: 'octo/shop' } },
    environments: ['staging', 'production'].map((name) => ({ name, services: [{ name: 'web' }] })),
  });
  const projects = Object.values(resources(stack('foundation'), 'aws_codebuild_project'));
  const [pipeline] = Object.keys(resources(stack('foundation'), 'aws_codepipeline'));

  test('the pipeline of infra runs these files, and each of them', () => {
    const used = projects.map(({ source }) => (source as { buildspec: string }).buildspec);
    expect([...new Set(used)].sort()).toEqual(buildspecs.map((file) => `deploy/ci/${file}`).sort());
  });

  test('every variable that a script reads is given to it', () => {
    const { stage } = attributes(stack('foundation'), `aws_codepipeline.${pipeline}`) as {
      stage: { action: { configuration: Record<string, string> }[] }[];
    };
    for (const one of projects) {
      const { buildspec: path } = one.source as { buildspec: string };
      const { environment_variable: own = [] } = one.environment as {
        environment_variable?: { name: string }[];
      };
      const configured = stage
        .flatMap(({ action }) => action)
        .filter(({ configuration }) =>
          String(configuration.ProjectName).includes(`_${String(one.name).split('-').at(-1)}_project`),
        )
        .flatMap(
          ({ configuration }) => JSON.parse(configuration.EnvironmentVariables ?? '[]') as { name: string }[],
        );
      const given = new Set([...own, ...configured].map(({ name }) => name));
      const text = readFileSync(join(repository, path), 'utf8');
      const read = [...text.matchAll(/\$\{?([A-Z_]+)/g)].map(([, name = '']) => name);
      const helper = text.includes('build-image.sh') ? ['REPOSITORY_URL', 'GIT_SHA'] : [];
      const missing = [...read, ...helper].filter(
        (name) => !name.startsWith('CODEBUILD_') && !given.has(name) && !text.includes(`${name}=$(`),
      );
      expect([path, missing]).toEqual([path, []]);
    }
  });

  test('the build hands on the image by a variable, and writes imagedefinitions.json for those who want it', () => {
    const build = buildspec('buildspec.yml');
    expect(build.env?.['exported-variables']).toEqual(['IMAGE']);
    expect(build.artifacts?.files).toEqual(['imagedefinitions.json']);
  });
});
