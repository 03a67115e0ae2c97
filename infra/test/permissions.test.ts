import { may, mayTake, type Act } from './evaluate';
import { synthesiseFrom } from './synth';

/** Every role, asked by a full evaluator: resources and conditions count. */
const stack = synthesiseFrom({
  project: { name: 'slipway', gitlab: { project: 'octo/shop' } },
  environments: [
    {
      name: 'staging',
      storage: { envFiles: true },
      services: [
        { name: 'web', exec: true },
        { name: 'webhooks', paths: ['/hooks/*'] },
      ],
    },
    { name: 'production', services: [{ name: 'web' }] },
  ],
});
const arn = (service: string, resource: string) =>
  `arn:aws:${service}:ap-northeast-1:123456789012:${resource}`;
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const cluster = (name: string) => ({ 'ecs:cluster': arn('ecs', `cluster/slipway-${name}`) });
const here = cluster('staging');
const service = arn('ecs', 'service/slipway-staging/web');
const family = arn('ecs', 'task-definition/slipway-staging-web:7');
const repository = arn('ecr', 'repository/slipway/web');
const act = (action: string, resource: string, context: Act['context'] = {}): Act => ({
  action,
  resource,
  context,
});

describe('the deploy role', () => {
  test.each([
    act('ecs:RegisterTaskDefinition', family, { 'ecs:privileged': 'false' }),
    act('ecs:DescribeTaskDefinition', '*'),
    act('ecs:DeregisterTaskDefinition', '*'),
    act('ecs:TagResource', family, { 'ecs:CreateAction': 'RegisterTaskDefinition' }),
    act('ecs:TagResource', service),
    act('ecs:CreateService', service, here),
    act('ecs:UpdateService', service, here),
    act('ecs:DescribeServices', service, here),
    act('ecs:ListServiceDeployments', service, here),
    act('ecs:DescribeServiceDeployments', arn('ecs', 'service-deployment/slipway-staging/web/abc'), here),
    act('ecs:StopServiceDeployment', arn('ecs', 'service-deployment/slipway-staging/web/abc'), here),
    act('ecs:ContinueServiceDeployment', arn('ecs', 'service-deployment/slipway-staging/web/abc'), here),
    act('ecs:DescribeServiceRevisions', arn('ecs', 'service-revision/slipway-staging/web/1'), here),
    act('ecs:RunTask', family, here),
    act('ecs:StopTask', arn('ecs', 'task/slipway-staging/abc')),
    act('iam:PassRole', role('slipway-staging-web-task'), {
      'iam:PassedToService': 'ecs-tasks.amazonaws.com',
    }),
    act('iam:PassRole', role('slipway-staging-web-execution'), {
      'iam:PassedToService': 'ecs-tasks.amazonaws.com',
    }),
    act('iam:PassRole', role('slipway-staging-load-balancer'), {
      'iam:PassedToService': 'ecs.amazonaws.com',
    }),
    act('logs:FilterLogEvents', arn('logs', 'log-group:/ecs/slipway/staging/web')),
    act('ssm:GetParametersByPath', arn('ssm', 'parameter/slipway/staging/services')),
    act('ssm:GetParameter', arn('ssm', 'parameter/slipway/staging/outputs')),
    act('ecr:BatchGetImage', repository),
    act(
      'application-autoscaling:RegisterScalableTarget',
      arn('application-autoscaling', 'scalable-target/1'),
      {
        'application-autoscaling:service-namespace': 'ecs',
      },
    ),
  ])('may $action on $resource', async (one) => {
    expect(await may(stack('staging'), 'service_web_deploy', one)).toBe(true);
  });

  test.each([
    ['pushes no image', act('ecr:PutImage', repository)],
    ['deletes no service', act('ecs:DeleteService', service, here)],
    ['touches no other service', act('ecs:UpdateService', arn('ecs', 'service/slipway-staging/api'), here)],
    [
      'touches no service whose name begins alike',
      act('ecs:UpdateService', arn('ecs', 'service/slipway-staging/webhooks'), here),
    ],
    [
      'touches no other environment',
      act('ecs:UpdateService', arn('ecs', 'service/slipway-production/web'), cluster('production')),
    ],
    [
      'registers no other family',
      act('ecs:RegisterTaskDefinition', arn('ecs', 'task-definition/slipway-staging-webhooks:1'), {
        'ecs:privileged': 'false',
      }),
    ],
    ['registers nothing privileged', act('ecs:RegisterTaskDefinition', family, { 'ecs:privileged': 'true' })],
    ['runs nothing elsewhere', act('ecs:RunTask', family, cluster('production'))],
    ['opens no shell', act('ecs:ExecuteCommand', arn('ecs', 'task/slipway-staging/abc'))],
    [
      'passes no other role',
      act('iam:PassRole', role('slipway-production-web-task'), {
        'iam:PassedToService': 'ecs-tasks.amazonaws.com',
      }),
    ],
    [
      'passes a role to no other service',
      act('iam:PassRole', role('slipway-staging-web-task'), { 'iam:PassedToService': 'ec2.amazonaws.com' }),
    ],
    [
      'passes the apply role nowhere',
      act('iam:PassRole', role('slipway-apply'), { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' }),
    ],
    [
      'reads no state',
      act('s3:GetObject', 'arn:aws:s3:::slipway-state-123456789012-ap-northeast-1/slipway/staging.tfstate'),
    ],
    [
      'reads no secret',
      act('secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:slipway/staging/key-AbCdEf')),
    ],
    [
      'reads no parameter beside the contract',
      act('ssm:GetParameter', arn('ssm', 'parameter/slipway/staging/database-password')),
    ],
    // Whoever may read a path may read all that lies below it.
    ['reads no path with secrets', act('ssm:GetParametersByPath', arn('ssm', 'parameter/slipway/staging'))],
    ['changes no role', act('iam:PutRolePolicy', role('slipway-staging-web-task'))],
    [
      'scales nothing but ECS',
      act(
        'application-autoscaling:RegisterScalableTarget',
        arn('application-autoscaling', 'scalable-target/1'),
        { 'application-autoscaling:service-namespace': 'dynamodb' },
      ),
    ],
  ])('%s', async (_, one) => {
    expect(await may(stack('staging'), 'service_web_deploy', one)).toBe(false);
  });
});

describe('the role that shows a plan', () => {
  test('reads what a deploy reads', async () => {
    for (const one of [
      act('ecs:DescribeServices', service, here),
      act('ecs:DescribeTaskDefinition', '*'),
      act('ssm:GetParameter', arn('ssm', 'parameter/slipway/staging/outputs')),
      // What it lays beside its own: the contract of the environment before it.
      act('ssm:GetParameter', arn('ssm', 'parameter/slipway/production/outputs')),
      act('ssm:GetParametersByPath', arn('ssm', 'parameter/slipway/production/services')),
      act('ecr:BatchGetImage', repository),
    ])
      expect([one, await may(stack('staging'), 'service_web_deploy_plan', one)]).toEqual([one, true]);
  });

  test('changes nothing', async () => {
    for (const one of [
      act('ecs:RegisterTaskDefinition', family, { 'ecs:privileged': 'false' }),
      act('ecs:UpdateService', service, here),
      act('ecs:StopTask', arn('ecs', 'task/slipway-staging/abc')),
      act('iam:PassRole', role('slipway-staging-web-task'), {
        'iam:PassedToService': 'ecs-tasks.amazonaws.com',
      }),
    ])
      expect([one, await may(stack('staging'), 'service_web_deploy_plan', one)]).toEqual([one, false]);
  });
});

describe('the build role', () => {
  test.each([
    [true, act('ecr:GetAuthorizationToken', '*')],
    [true, act('ecr:PutImage', repository)],
    [false, act('ecr:PutImage', arn('ecr', 'repository/other/web'))],
    [false, act('ecr:DeleteRepository', repository)],
    [false, act('ecs:UpdateService', service, here)],
  ])('%s: %p', async (expected, one) => {
    expect(await may(stack('foundation'), 'github_build', one)).toBe(expected);
  });
});

describe('the apply role', () => {
  const us = { 'aws:RequestedRegion': 'ap-northeast-1' };
  test.each([
    [true, act('ec2:CreateVpc', arn('ec2', 'vpc/*'), us)],
    [true, act('iam:CreateRole', role('slipway-staging-web-task'))],
    [true, act('ecs:DeleteService', service, here)],
    [
      true,
      act('s3:PutObject', 'arn:aws:s3:::slipway-state-123456789012-ap-northeast-1/slipway/staging.tfstate'),
    ],
    [
      true,
      act('iam:PassRole', role('slipway-staging-instance'), { 'iam:PassedToService': 'ec2.amazonaws.com' }),
    ],
    [false, act('ec2:CreateVpc', arn('ec2', 'vpc/*'), { 'aws:RequestedRegion': 'us-east-1' })],
    [false, act('iam:CreateRole', role('admin'))],
    [
      false,
      act('iam:PassRole', role('slipway-staging-web-task'), {
        'iam:PassedToService': 'ecs-tasks.amazonaws.com',
      }),
    ],
    [false, act('ecs:RegisterTaskDefinition', family, { 'ecs:privileged': 'false' })],
    [false, act('secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:slipway/staging/key-AbCdEf'))],
    [false, act('iam:CreateUser', 'arn:aws:iam::123456789012:user/x')],
  ])('%s: %p', async (expected, one) => {
    expect(await may(stack('foundation'), 'github_apply', one)).toBe(expected);
  });
});

describe('the execution role', () => {
  const bucket = 'arn:aws:s3:::slipway-staging-env-files-123456789012-ap-northeast-1';
  test.each([
    [true, act('ecr:BatchGetImage', repository)],
    [true, act('secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:slipway/staging/key-AbCdEf'))],
    [true, act('s3:GetObject', `${bucket}/web.env`)],
    [true, act('s3:GetBucketLocation', bucket)],
    [
      false,
      act('secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:slipway/production/key-AbCdEf')),
    ],
    [false, act('s3:PutObject', `${bucket}/web.env`)],
    [false, act('ecr:BatchGetImage', arn('ecr', 'repository/slipway/webhooks'))],
  ])('%s: %p', async (expected, one) => {
    expect(await may(stack('staging'), 'service_web_execution', one)).toBe(expected);
  });
});

test('a task with exec opens channels; one without opens none', async () => {
  const channel = act('ssmmessages:OpenDataChannel', '*');
  expect(await may(stack('staging'), 'service_web_task', channel)).toBe(true);
  expect(await may(stack('production'), 'service_web_task', channel)).toBe(false);
});

describe('who may take a role', () => {
  const github = 'token.actions.githubusercontent.com';
  const repo = 'repo:octo/shop';
  test.each([
    ['the environment, classic', true, `${repo}:environment:staging`],
    ['the environment, immutable', true, 'repo:octo@42/shop@4711:environment:staging'],
    ['another environment', false, `${repo}:environment:production`],
    ['the environment of plans', false, `${repo}:environment:staging-plan`],
    ['the main branch', false, `${repo}:ref:refs/heads/main`],
    ['a branch called like the environment', false, `${repo}:ref:refs/heads/environment:staging`],
    ['a pull request', false, `${repo}:pull_request`],
    ['another repository', false, 'repo:octo/other:environment:staging'],
    ['a fork', false, 'repo:mallory/shop:environment:staging'],
    ['a repository whose name begins alike', false, 'repo:octo/shop2:environment:staging'],
    ['other ids', false, 'repo:octo@43/shop@4711:environment:staging'],
  ])('deploy: %s -> %s', async (_, expected, sub) => {
    expect(await mayTake(stack('staging'), 'service_web_deploy', github, { sub })).toBe(expected);
  });

  test('nobody with another audience', async () => {
    const sub = `${repo}:environment:staging`;
    const aud = 'https://github.com/octo';
    expect(await mayTake(stack('staging'), 'service_web_deploy', github, { sub, aud })).toBe(false);
  });

  test.each([
    ['github_build', `${repo}:ref:refs/heads/main`],
    ['github_plan', `${repo}:environment:infrastructure-plan`],
    ['github_apply', `${repo}:environment:infrastructure`],
  ])('%s: %s alone', async (name, sub) => {
    const others = [
      'ref:refs/heads/main',
      'pull_request',
      'environment:infrastructure',
      'environment:staging',
    ]
      .map((subject) => `${repo}:${subject}`)
      .filter((one) => one !== sub);
    expect(await mayTake(stack('foundation'), name, github, { sub })).toBe(true);
    for (const other of others)
      expect(await mayTake(stack('foundation'), name, github, { sub: other })).toBe(false);
  });

  test('plans of an environment: its own environment of plans alone', async () => {
    const take = (subject: string) =>
      mayTake(stack('staging'), 'service_web_deploy_plan', github, { sub: `${repo}:${subject}` });
    expect(await take('environment:staging-plan')).toBe(true);
    expect(await take('environment:staging')).toBe(false);
    expect(await take('pull_request')).toBe(false);
  });

  test.each([
    ['the branch', true, 'project_path:octo/shop:ref_type:branch:ref:main'],
    ['another branch', false, 'project_path:octo/shop:ref_type:branch:ref:feature'],
    ['a tag of that name', false, 'project_path:octo/shop:ref_type:tag:ref:main'],
    ['another project', false, 'project_path:mallory/shop:ref_type:branch:ref:main'],
  ])('GitLab: %s -> %s', async (_, expected, sub) => {
    const aud = 'https://gitlab.com';
    expect(await mayTake(stack('staging'), 'service_web_deploy', 'gitlab.com', { sub, aud })).toBe(expected);
  });
});
