import { action, workflow } from './support/files';
import { named, runStep } from './support/run-step';

// The scripts that stand in the workflows themselves, run in bash. `slipway` is a stand-in that prints its arguments.
const onPosix = process.platform === 'win32' ? describe.skip : describe;
const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

onPosix('sign-in', () => {
  const check = named(action('aws-role').runs.steps, 'Check the repository variables');
  const run = (AWS_ACCOUNT_ID: string, AWS_REGION: string) =>
    runStep(check, {
      action: 'aws-role',
      environment: { AWS_ACCOUNT_ID, AWS_REGION, ROLE: 'slipway-build' },
    });

  test('the role and the registry follow from two variables', async () => {
    expect(await run('123456789012', 'ap-northeast-1')).toMatchObject({
      exitCode: 0,
      outputs: {
        role: 'arn:aws:iam::123456789012:role/slipway-build',
        registry: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com',
      },
    });
  });

  test('other partitions have their own ARNs and hosts', async () => {
    expect((await run('123456789012', 'us-gov-west-1')).outputs.role).toBe(
      'arn:aws-us-gov:iam::123456789012:role/slipway-build',
    );
    expect((await run('123456789012', 'cn-north-1')).outputs).toEqual({
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
    'account "%s" and region "%s": says which variable to set, and where',
    async (account, region, names) => {
      const { exitCode, log, outputs } = await run(account, region);
      expect({ exitCode, outputs }).toEqual({ exitCode: 1, outputs: {} });
      expect(log.match(/The repository variable \w+/g)).toEqual(
        names.map((name) => `The repository variable ${name}`),
      );
      expect(log).toContain('in Settings > Secrets and variables > Actions > Variables');
    },
  );
});

onPosix('deploy', () => {
  test('gives the image to slipway as one argument, and its exit code to the job', async () => {
    const step = named(workflow('deploy').jobs.production?.steps, 'Deploy');
    const image = `host/slipway/web@${digest}`;
    const { exitCode, log } = await runStep(step, {
      environment: { IMAGE: image },
      commands: { slipway: 'printf "<%s>" "$@"; exit 21' },
    });
    expect(log).toBe(`<deploy><production><--image><${image}>`);
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
    async (TARGET) => {
      expect((await check({ TARGET })).exitCode).toBe(0);
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
  ])('refuses the target %j', async (TARGET) => {
    expect(await check({ TARGET })).toMatchObject({
      exitCode: 1,
      log: expect.stringMatching(/^::error::The target must be/) as string,
    });
  });

  test('refuses a reason of nothing but spaces', async () => {
    expect(await check({ REASON: ' ' })).toMatchObject({
      exitCode: 1,
      log: expect.stringMatching(/^::error::The reason is empty/) as string,
    });
  });

  test.each([
    ['false', '<rollback><production><--to><last-good><--reason><it is $(id) slow>'],
    ['true', '<rollback><production><--to><last-good><--reason><it is $(id) slow><--dry-run>'],
  ])('dry run %s calls %s', async (DRY_RUN, call) => {
    const step = named(steps, 'Roll back');
    const { exitCode, log } = await runStep(step, {
      environment: { ...input, DRY_RUN, REASON: 'it is $(id)\nslow' },
      commands: { slipway: 'printf "<%s>" "$@"' },
    });
    expect({ exitCode, log }).toEqual({ exitCode: 0, log: call });
  });

  test('a dry run takes the role and the environment that only read', () => {
    const { environment } = workflow('rollback').jobs.rollback!;
    const end = "${{ inputs.dry_run && '-plan' || '' }}";
    expect(environment).toMatchObject({ name: `\${{ inputs.environment }}${end}` });
    const role = steps.find(({ uses }) => uses === './.github/actions/aws-role')?.with?.role;
    expect(role).toBe(`slipway-\${{ inputs.environment }}-web-deploy${end}`);
  });

  test('the reason stands in the summary as text', async () => {
    const step = named(steps, 'Write down the reason');
    const environment = { ...input, GITHUB_ACTOR: 'ana', REASON: '# not a title $(id)\n`x`' };
    expect((await runStep(step, { environment })).summary).toBe(
      '\nReason given by ana:\n\n    # not a title $(id) `x`\n',
    );
  });
});

onPosix('ci', () => {
  test.each([
    ['success success success', 0],
    ['success failure success', 1],
    ['success cancelled success', 1],
    ['success skipped success', 1],
  ])('ci-ok with %s', async (RESULTS, exitCode) => {
    const step = named(workflow('ci').jobs['ci-ok']?.steps, 'All jobs succeeded');
    expect((await runStep(step, { environment: { RESULTS } })).exitCode).toBe(exitCode);
  });
});
