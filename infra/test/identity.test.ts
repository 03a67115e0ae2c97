import { attributes, resources, synthesise, synthesiseFrom, type StackDocument } from './synth';

interface Statement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

const stack = synthesise();
const list = (value: string | string[]) => (Array.isArray(value) ? value : [value]);
const here = (service: string, resource: string) =>
  `arn:aws:${service}:ap-northeast-1:123456789012:${resource}`;

function statements(document: StackDocument, role: string): Statement[] {
  return (
    JSON.parse(String(attributes(document, `aws_iam_role_policy.${role}_policy`).policy)) as {
      Statement: Statement[];
    }
  ).Statement;
}

/** Whether any statement names the act. Conditions are left out: this is about what can be reached at all. */
function allows(policy: Statement[], action: string, resource: string): boolean {
  const matches = (pattern: string, value: string) =>
    new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(value);
  return policy.some(
    (one) =>
      list(one.Action).some((each) => matches(each, action)) &&
      list(one.Resource).some((each) => matches(each, resource)),
  );
}

function subjects(document: StackDocument, role: string): unknown {
  const trust = JSON.parse(String(attributes(document, `aws_iam_role.${role}_role`).assume_role_policy)) as {
    Statement: { Condition: { StringEquals: Record<string, unknown> } }[];
  };
  return trust.Statement[0]?.Condition.StringEquals['token.actions.githubusercontent.com:sub'];
}

describe('trust', () => {
  test.each([
    ['foundation', 'github_build', 'ref:refs/heads/main'],
    ['foundation', 'github_plan', 'environment:infrastructure-plan'],
    ['foundation', 'github_apply', 'environment:infrastructure'],
    ['staging', 'service_web_deploy', 'environment:staging'],
    ['production', 'service_web_deploy', 'environment:production'],
  ])('%s %s is for %s alone, in the classic and in the immutable form', (name, role, subject) => {
    expect(subjects(stack(name), role)).toEqual([
      `repo:octo/shop:${subject}`,
      `repo:octo@42/shop@4711:${subject}`,
    ]);
  });

  test('without ids only the classic subject is trusted; without a repository nobody is', () => {
    const environments = [{ name: 'staging', services: [{ name: 'web' }] }];
    const classic = synthesiseFrom({ environments }, { ownerId: undefined });
    expect(subjects(classic('staging'), 'service_web_deploy')).toEqual([
      'repo:octo/shop:environment:staging',
    ]);
    const nobody = synthesiseFrom({ environments }, { repository: undefined });
    expect(subjects(nobody('staging'), 'service_web_deploy')).toEqual(['repo:-/-:environment:staging']);
  });

  test('an app in a repository of its own builds too, and alone deploys and plans its services', () => {
    const settled = synthesiseFrom({
      project: {
        name: 'slipway',
        github: { apps: [{ repository: 'web', repositoryId: '12', services: ['web'] }] },
      },
      environments: [{ name: 'staging', services: [{ name: 'api', paths: ['/api/*'] }, { name: 'web' }] }],
    });
    const both = (repository: string, id: number, subject: string) => [
      `repo:octo/${repository}:${subject}`,
      `repo:octo@42/${repository}@${id}:${subject}`,
    ];
    const staging = settled('staging');
    expect(subjects(staging, 'service_web_deploy')).toEqual(both('web', 12, 'environment:staging'));
    expect(subjects(staging, 'service_web_deploy_plan')).toEqual(both('web', 12, 'environment:staging-plan'));
    expect(subjects(staging, 'service_api_deploy')).toEqual(both('shop', 4711, 'environment:staging'));
    expect(subjects(settled('foundation'), 'github_build')).toEqual([
      ...both('shop', 4711, 'ref:refs/heads/main'),
      ...both('web', 12, 'ref:refs/heads/main'),
    ]);
    expect(subjects(settled('foundation'), 'github_apply')).toEqual(
      both('shop', 4711, 'environment:infrastructure'),
    );
  });

  test('is for AWS alone as the audience, at this account’s one provider, without wildcards', () => {
    for (const name of ['foundation', 'staging', 'production']) {
      for (const role of Object.values(resources(stack(name), 'aws_iam_role'))) {
        const trust = String(role.assume_role_policy);
        expect(trust).not.toMatch(/"Principal":"\*"|StringLike|ForAllValues/);
        if (!trust.includes('WebIdentity')) continue;
        expect(trust).toContain('"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"');
        expect(trust).toContain(
          'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
        );
      }
    }
  });

  test('tasks of this account alone take the roles of tasks', () => {
    for (const role of ['execution', 'task']) {
      const trust = String(
        attributes(stack('staging'), `aws_iam_role.service_web_${role}_role`).assume_role_policy,
      );
      expect(trust).toContain('"aws:SourceAccount":"123456789012"');
      expect(trust).toContain('"aws:SourceArn":"arn:aws:ecs:ap-northeast-1:123456789012:*"');
    }
  });

  test('an account that has GitHub’s provider keeps it', () => {
    const project = { name: 'slipway', github: { provider: 'existing' as const } };
    const existing = synthesiseFrom({
      project,
      environments: [{ name: 'staging', services: [{ name: 'web' }] }],
    });
    expect(resources(existing('foundation'), 'aws_iam_openid_connect_provider')).toEqual({});
    expect(resources(stack('foundation'), 'aws_iam_openid_connect_provider')).toMatchObject({
      github_provider: {
        client_id_list: ['sts.amazonaws.com'],
        url: 'https://token.actions.githubusercontent.com',
      },
    });
  });
});

describe('the deploy role', () => {
  const deploy = statements(stack('staging'), 'service_web_deploy');

  test.each([
    ['ecs:RegisterTaskDefinition', here('ecs', 'task-definition/slipway-staging-web:*')],
    ['ecs:UpdateService', here('ecs', 'service/slipway-staging/web')],
    ['ecs:CreateService', here('ecs', 'service/slipway-staging/web')],
    ['ecs:StopServiceDeployment', here('ecs', 'service-deployment/slipway-staging/web/abc')],
    ['ecs:DescribeServiceRevisions', here('ecs', 'service-revision/slipway-staging/web/1')],
    ['ecs:DescribeTasks', here('ecs', 'task/slipway-staging/abc')],
    ['ecs:TagResource', here('ecs', 'task-definition/slipway-staging-web:*')],
    ['iam:PassRole', 'arn:aws:iam::123456789012:role/slipway-staging-web-task'],
    ['iam:PassRole', 'arn:aws:iam::123456789012:role/slipway-staging-load-balancer'],
    ['elasticloadbalancing:DescribeTargetHealth', '*'],
    ['logs:GetLogEvents', here('logs', 'log-group:/ecs/slipway/staging/web:log-stream:web/web/1')],
    ['ssm:GetParameter', here('ssm', 'parameter/slipway/staging/outputs')],
    ['ssm:GetParametersByPath', here('ssm', 'parameter/slipway/staging/services')],
    ['ecr:DescribeImages', here('ecr', 'repository/slipway/web')],
  ])('may %s on %s', (action, resource) => {
    expect(allows(deploy, action, resource)).toBe(true);
  });

  test.each([
    ['ecs:UpdateService', here('ecs', 'service/slipway-production/web')],
    ['ecs:UpdateService', here('ecs', 'service/slipway-staging/api')],
    ['ecs:RunTask', here('ecs', 'task-definition/slipway-staging-webhooks:1')],
    ['ecs:DeleteService', here('ecs', 'service/slipway-staging/web')],
    ['ecs:DeleteCluster', here('ecs', 'cluster/slipway-staging')],
    ['ecs:PutClusterCapacityProviders', here('ecs', 'cluster/slipway-staging')],
    ['ecs:ExecuteCommand', here('ecs', 'task/slipway-staging/abc')],
    ['ecr:PutImage', here('ecr', 'repository/slipway/web')],
    ['iam:PassRole', 'arn:aws:iam::123456789012:role/slipway-apply'],
    ['iam:PassRole', 'arn:aws:iam::123456789012:role/slipway-production-web-task'],
    ['iam:CreateRole', 'arn:aws:iam::123456789012:role/x'],
    ['s3:GetObject', 'arn:aws:s3:::slipway-state-123456789012-ap-northeast-1/slipway/staging.tfstate'],
    ['ssm:GetParameter', here('ssm', 'parameter/slipway/production/outputs')],
    ['logs:GetLogEvents', here('logs', 'log-group:/ecs/slipway/staging/api:log-stream:x')],
  ])('may not %s on %s', (action, resource) => {
    expect(allows(deploy, action, resource)).toBe(false);
  });

  test('passes each role to the one service that it is for', () => {
    const passing = deploy
      .filter(({ Action }) => Action === 'iam:PassRole')
      .map(({ Condition, Resource }) => [Resource, Condition]);
    const to = (service: string) => ({ StringEquals: { 'iam:PassedToService': service } });
    expect(passing).toEqual([
      [
        ['execution', 'task'].map((role) => `arn:aws:iam::123456789012:role/slipway-staging-web-${role}`),
        to('ecs-tasks.amazonaws.com'),
      ],
      ['arn:aws:iam::123456789012:role/slipway-staging-load-balancer', to('ecs.amazonaws.com')],
    ]);
  });

  test('registers nothing privileged, tags only what it makes, and stays in its cluster', () => {
    const conditionOf = (sid: string) => deploy.find(({ Sid }) => Sid === sid)?.Condition;
    const inCluster = { ArnEquals: { 'ecs:cluster': here('ecs', 'cluster/slipway-staging') } };
    expect(conditionOf('RegisterFamily')).toEqual({ Bool: { 'ecs:privileged': 'false' } });
    expect(conditionOf('TagOnCreate')).toEqual({
      StringEquals: { 'ecs:CreateAction': ['RegisterTaskDefinition', 'CreateService', 'RunTask'] },
    });
    for (const sid of ['Service', 'RunMigration', 'ListTasks']) expect(conditionOf(sid)).toEqual(inCluster);
  });
});

test('the build role pushes to the repositories, and deploys nothing', () => {
  const build = statements(stack('foundation'), 'github_build');
  expect(allows(build, 'ecr:PutImage', here('ecr', 'repository/slipway/web'))).toBe(true);
  expect(allows(build, 'ecr:PutImage', here('ecr', 'repository/other'))).toBe(false);
  expect(build.flatMap(({ Action }) => list(Action)).filter((action) => !action.startsWith('ecr:'))).toEqual(
    [],
  );
});

test('the plan role reads, and no secret: state and the contract alone', () => {
  const plan = statements(stack('foundation'), 'github_plan');
  const actions = plan.flatMap(({ Action }) => list(Action));
  expect(actions.filter((action) => !/^[a-z0-9]+:(Get|List|Describe|View|BatchGet)/.test(action))).toEqual(
    [],
  );
  const bucket = 'arn:aws:s3:::slipway-state-123456789012-ap-northeast-1';
  expect(allows(plan, 's3:GetObject', `${bucket}/slipway/staging.tfstate`)).toBe(true);
  expect(allows(plan, 's3:GetObject', `${bucket}/other/staging.tfstate`)).toBe(false);
  expect(allows(plan, 'ssm:GetParameter', here('ssm', 'parameter/slipway/staging/database-password'))).toBe(
    false,
  );
  expect(
    allows(plan, 'secretsmanager:GetSecretValue', here('secretsmanager', 'secret:slipway/staging/x')),
  ).toBe(false);
  expect(allows(plan, 'ecr:BatchGetImage', here('ecr', 'repository/slipway/web'))).toBe(false);
});

test('the apply role makes what is the project’s, takes the lock, and alone may delete a service', () => {
  const apply = Object.entries(resources(stack('foundation'), 'aws_iam_policy'))
    .filter(([name]) => name.startsWith('github_apply_'))
    .flatMap(([, { policy }]) => (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement);
  const bucket = 'arn:aws:s3:::slipway-state-123456789012-ap-northeast-1';
  expect(allows(apply, 's3:DeleteObject', `${bucket}/slipway/staging.tflock`)).toBe(true);
  expect(allows(apply, 's3:DeleteObject', `${bucket}/slipway/staging.tfstate`)).toBe(false);
  expect(allows(apply, 'ecs:DeleteService', here('ecs', 'service/slipway-staging/web'))).toBe(true);
  expect(allows(apply, 'iam:PutRolePolicy', 'arn:aws:iam::123456789012:role/slipway-staging-web-task')).toBe(
    true,
  );
  expect(allows(apply, 'iam:PutRolePolicy', 'arn:aws:iam::123456789012:role/admin')).toBe(false);
  expect(allows(apply, 'iam:CreateUser', '*')).toBe(false);
  expect(allows(apply, 'iam:PassRole', 'arn:aws:iam::123456789012:role/slipway-staging-web-task')).toBe(
    false,
  );
});

test('the execution role pulls its image, writes its logs and reads the environment’s secrets', () => {
  const execution = statements(stack('staging'), 'service_web_execution');
  expect(allows(execution, 'ecr:BatchGetImage', here('ecr', 'repository/slipway/web'))).toBe(true);
  expect(allows(execution, 'ecr:BatchGetImage', here('ecr', 'repository/slipway/api'))).toBe(false);
  expect(
    allows(
      execution,
      'logs:PutLogEvents',
      here('logs', 'log-group:/ecs/slipway/staging/web:log-stream:a/b/c'),
    ),
  ).toBe(true);
  expect(allows(execution, 'ssm:GetParameters', here('ssm', 'parameter/slipway/production/key'))).toBe(false);
  expect(
    allows(
      execution,
      'secretsmanager:GetSecretValue',
      here('secretsmanager', 'secret:slipway/staging/key-AbCdEf'),
    ),
  ).toBe(true);
});

test('ECS shifts traffic on this environment’s own target groups, listeners and rules', () => {
  const shifting = statements(stack('staging'), 'load_balancer').filter(({ Resource }) => Resource !== '*');
  expect(Object.fromEntries(shifting.map(({ Sid, Resource }) => [String(Sid), Resource]))).toEqual({
    Targets: ['blue', 'green'].map((colour) => `\${aws_lb_target_group.service_web_routing_${colour}.arn}`),
    Listeners: ['production', 'test'].map((id) => `\${aws_lb_listener.ingress_${id}.arn}`),
    Rules: ['production', 'test'].map((id) => `\${aws_lb_listener_rule.service_web_routing_${id}.arn}`),
  });
});

test('every policy fits: 10,240 characters a role inline, 6,144 one that IAM keeps, 2,048 for its trust', () => {
  for (const name of ['foundation', 'staging', 'production']) {
    for (const { policy } of Object.values(resources(stack(name), 'aws_iam_role_policy')))
      expect(String(policy).length).toBeLessThan(10_240);
    for (const { policy } of Object.values(resources(stack(name), 'aws_iam_policy')))
      expect(String(policy).length).toBeLessThan(6144);
    for (const { assume_role_policy: trust } of Object.values(resources(stack(name), 'aws_iam_role')))
      expect(String(trust).length).toBeLessThan(2048);
  }
});
