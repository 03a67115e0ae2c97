import { synthesise, synthesiseFrom } from './synth';

const services = [{ name: 'web' }];

test('a state bucket in the environment variables takes the state of every stack, with a lock file', () => {
  const stack = synthesise({ stateBucket: 'octo-state', region: 'eu-central-1' });
  for (const name of ['state', 'foundation', 'staging', 'production']) {
    expect(stack(name).terraform.backend).toEqual({
      s3: {
        bucket: 'octo-state',
        key: `slipway/${name}.tfstate`,
        region: 'eu-central-1',
        encrypt: true,
        use_lockfile: true,
      },
    });
  }
});

test('a state bucket in the settings of an environment is that of this environment alone', () => {
  const stack = synthesiseFrom({
    environments: [
      { name: 'staging', stateBucket: 'one', services },
      { name: 'qa', services },
    ],
  });
  expect(stack('staging').terraform.backend).toMatchObject({ s3: { bucket: 'one' } });
  expect(stack('qa').terraform.backend).toHaveProperty('local');
});

test('a rehearsal keeps its state to itself, fits an emulator, and protects nothing', () => {
  const settings = {
    project: { name: 'slipway', account: '999999999999', stateBucket: 'real' },
    environments: [{ name: 'production', protect: true, services }],
  };
  const stack = synthesiseFrom(settings, { rehearsal: true });
  expect(stack('production').terraform.backend).toHaveProperty('local');
  expect(stack('production').provider.aws[0]).toMatchObject({
    allowed_account_ids: ['123456789012'],
    skip_credentials_validation: true,
    max_retries: 2,
  });
  expect(stack('production').resource.aws_lb).toMatchObject({
    ingress_load_balancer: { enable_deletion_protection: false },
  });
  const { state_bucket } = stack('state').resource.aws_s3_bucket ?? {};
  expect(state_bucket).toMatchObject({ force_destroy: true });
  expect(state_bucket).not.toHaveProperty('lifecycle');
});

test('a fresh clone without any variable synthesises for whoever calls', () => {
  const stack = synthesise({
    accountId: undefined,
    repository: undefined,
    ownerId: undefined,
    repositoryId: undefined,
  });
  expect(stack('staging').data).toMatchObject({ aws_caller_identity: { account: {} } });
  expect(stack('staging').provider.aws[0]).not.toHaveProperty('allowed_account_ids');
  expect(stack('staging').output?.cluster_arn?.value).toBe(
    'arn:aws:ecs:ap-northeast-1:${data.aws_caller_identity.account.account_id}:cluster/slipway-staging',
  );
  const trust = JSON.stringify(stack('foundation').resource.aws_iam_role);
  expect(trust).toContain('repo:-/-:ref:refs/heads/main');
});
