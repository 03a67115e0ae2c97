import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { action, github, workflow } from './support/files';
import { named, runStep } from './support/run-step';

// The scripts in the workflows, run in bash. `aws`, `gh` and `npx` are stand-ins that answer as the real ones do.
const onPosix = process.platform === 'win32' ? describe.skip : describe;
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

onPosix('sign-in', () => {
  const check = named(action('aws-role').runs.steps, 'Check the repository variables');
  const run = (AWS_ACCOUNT_ID: string, AWS_REGION: string) =>
    runStep(check, { environment: { AWS_ACCOUNT_ID, AWS_REGION, ROLE: 'slipway-build' } });

  test('the role and the registry follow from two variables', () => {
    expect(run('123456789012', 'ap-northeast-1')).toMatchObject({
      exitCode: 0,
      outputs: {
        role: 'arn:aws:iam::123456789012:role/slipway-build',
        registry: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com',
      },
    });
  });

  test('other partitions have their own ARNs and hosts', () => {
    expect(run('123456789012', 'us-gov-west-1').outputs.role).toBe(
      'arn:aws-us-gov:iam::123456789012:role/slipway-build',
    );
    expect(run('123456789012', 'cn-north-1').outputs).toEqual({
      role: 'arn:aws-cn:iam::123456789012:role/slipway-build',
      registry: '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
    });
  });

  test.each([
    ['', 'ap-northeast-1', ['AWS_ACCOUNT_ID']],
    ['1234', 'ap-northeast-1', ['AWS_ACCOUNT_ID']],
    ['123456789012', '', ['AWS_REGION']],
    ['', 'Tokyo', ['AWS_ACCOUNT_ID', 'AWS_REGION']],
  ])(
    'account "%s" and region "%s": one line says which variable to set, and where',
    (account, region, names) => {
      const { exitCode, log, outputs } = run(account, region);
      expect(exitCode).toBe(1);
      expect(outputs).toEqual({});
      const lines = log.trim().split('\n');
      expect(lines).toHaveLength(names.length);
      names.forEach((name, index) => {
        expect(lines[index]).toContain(`::error::The repository variable ${name} is "`);
        expect(lines[index]).toContain('in Settings > Secrets and variables > Actions > Variables');
      });
    },
  );
});

onPosix('build-image', () => {
  const { steps } = action('build-image').runs;
  const look = (aws: string) =>
    runStep(named(steps, 'Look for the tag'), {
      environment: { REPOSITORY: 'slipway/web', TAG: '3f2c1ab' },
      commands: { aws },
    });

  test('a tag that exists is used by its digest', () => {
    expect(look(`echo ${digest}`)).toMatchObject({ exitCode: 0, outputs: { digest } });
  });

  test('a tag that does not exist leads to a build', () => {
    const notFound = 'An error occurred (ImageNotFoundException) when calling the DescribeImages operation';
    expect(look(`echo '${notFound}' >&2; exit 254`)).toMatchObject({ exitCode: 0, outputs: {} });
  });

  test('any other answer ends the job with it, and builds nothing', () => {
    const { exitCode, log, outputs } = look("echo 'An error occurred (AccessDeniedException)' >&2; exit 254");
    expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} });
    expect(log).toContain(
      '::error::Cannot look for the tag 3f2c1ab in the repository slipway/web: An error occurred (Acc',
    );
  });

  test.each([
    [digest, 0],
    ['', 1],
    ['None', 1],
  ])('the digest "%s" is passed on only if it is one', (DIGEST, exitCode) => {
    const result = runStep(named(steps, 'Name the image by its digest'), {
      environment: { NAME: 'host/slipway/web', DIGEST },
    });
    expect(result.exitCode).toBe(exitCode);
    expect(result.outputs).toEqual(exitCode === 0 ? { image: `host/slipway/web@${digest}` } : {});
  });
});

onPosix('deploy', () => {
  const check = named(workflow('deploy').jobs.approval?.steps, 'Check that somebody approved');
  const environment = { GITHUB_REPOSITORY: 'acme/shop', ENVIRONMENT: 'production-approval' };

  test('passes the gate only where the environment has required reviewers', () => {
    const ask = (gh: string) => runStep(check, { environment, commands: { gh } });
    expect(ask('printf "branch_policy\\nrequired_reviewers\\n"').exitCode).toBe(0);
    expect(ask('echo branch_policy').log).toContain(
      '::error::The environment production-approval has no required reviewers',
    );
    expect(ask('true').exitCode).toBe(1);
    expect(ask('echo "HTTP 403" >&2; exit 1').exitCode).toBe(1);
  });

  test('gives the image to slipway as one argument, and its exit code to the job', () => {
    const step = named(workflow('deploy').jobs.production?.steps, 'Deploy');
    const image = `host/slipway/web@${digest}`;
    const { exitCode, log } = runStep(step, {
      environment: { IMAGE: image },
      commands: { npx: 'printf "<%s>" "$@"; exit 21' },
    });
    expect(log).toBe(`<slipway><deploy><production><--image><${image}>`);
    expect(exitCode).toBe(21);
  });
});

onPosix('rollback', () => {
  const { steps } = workflow('rollback').jobs.rollback!;
  const input = {
    ENVIRONMENT: 'production',
    TARGET: 'last-good',
    DRY_RUN: 'false',
    REASON: 'checkout fails',
  };
  const check = (changes: Partial<typeof input>) =>
    runStep(named(steps, 'Check the input'), { environment: { ...input, ...changes } });

  test.each(['last-good', '3f2c1ab', 'f'.repeat(40), '12', 'slipway-production-web:12'])(
    'accepts the target %s',
    (TARGET) => {
      expect(check({ TARGET }).exitCode).toBe(0);
    },
  );

  test.each([
    '',
    'main',
    'abc',
    '--force',
    'last-good; env',
    '$(env)',
    'f'.repeat(41),
    'a b:1',
    '12\nlast-good',
  ])('refuses the target %j', (TARGET) => {
    expect(check({ TARGET })).toMatchObject({
      exitCode: 1,
      log: expect.stringMatching(/^::error::The target must be/) as string,
    });
  });

  test('refuses a reason of nothing but spaces', () => {
    expect(check({ REASON: ' ' })).toMatchObject({
      exitCode: 1,
      log: expect.stringMatching(/^::error::The reason is empty/) as string,
    });
  });

  test.each([
    ['false', '<slipway><rollback><production><--to><last-good>'],
    ['true', '<slipway><rollback><production><--to><last-good><--dry-run>'],
  ])('dry run %s calls %s', (DRY_RUN, call) => {
    const step = named(steps, 'Roll back');
    const { exitCode, log } = runStep(step, {
      environment: { ...input, DRY_RUN },
      commands: { npx: 'printf "<%s>" "$@"' },
    });
    expect({ exitCode, log }).toEqual({ exitCode: 0, log: call });
  });

  test('the reason stands in the summary as text', () => {
    const step = named(steps, 'Write down the reason');
    const environment = { ...input, GITHUB_ACTOR: 'ana', REASON: '# not a title $(id)\n`x`' };
    expect(runStep(step, { environment }).summary).toBe(
      '\nReason given by ana:\n\n    # not a title $(id) `x`\n',
    );
  });
});

onPosix('infra', () => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-stacks-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  for (const [stack, backend] of Object.entries({
    local: { local: {} },
    staging: { s3: { bucket: 'our-state' } },
  })) {
    const file = join(directory, 'cdktf.out', 'stacks', stack, 'cdk.tf.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ terraform: { backend } }));
  }
  const check = (stack: string, aws: string) => {
    const script = join(github, 'actions', 'cdktf', 'check-state-bucket.sh');
    return runStep({ run: `bash "${script}" ${stack}` }, { directory, commands: { aws } });
  };

  test('a stack whose bucket answers goes on', () => {
    expect(check('staging', '[[ "$*" == "s3api head-bucket --bucket our-state" ]]')).toMatchObject({
      exitCode: 0,
      log: '',
    });
  });

  test.each([
    ['local', 'true', 'The stack local names no state bucket'],
    [
      'staging',
      'echo "An error occurred (404)" >&2; exit 254',
      'The state bucket our-state of the stack staging cannot be read',
    ],
    ['absent', 'true', 'There is no stack absent'],
  ])('the stack %s is refused', (stack, aws, message) => {
    const { exitCode, log } = check(stack, aws);
    expect(exitCode).toBe(1);
    expect(log).toMatch(new RegExp(`^::error::${message}`));
    expect(log.trim().split('\n')).toHaveLength(1);
  });
});

onPosix('ci', () => {
  test.each([
    ['success success success', 0],
    ['success failure success', 1],
    ['success cancelled success', 1],
    ['success skipped success', 1],
  ])('ci-ok with %s', (RESULTS, exitCode) => {
    const step = named(workflow('ci').jobs['ci-ok']?.steps, 'All jobs succeeded');
    expect(runStep(step, { environment: { RESULTS } }).exitCode).toBe(exitCode);
  });
});
