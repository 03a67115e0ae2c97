import { isWildcardOnlyAction } from '@cloud-copilot/iam-simulate';
import type { AuthorizationRequest } from '../../rehearsal/api/authorization/authorization';
import { acts } from '../../rehearsal/api/authorization/authorization';
import { ecsOperations } from '../../rehearsal/api/ecs';
import { createServices } from '../../rehearsal/surroundings/services';
import { rehearsalOf } from '../rehearsal/support';
import { send as sendTo, sendJson } from './send';
import { tokenFor } from './sign-in';

/** What the hook is asked; it says what `refuse` says. */
const asked: AuthorizationRequest[] = [];
let refuse: (request: AuthorizationRequest) => string | undefined = () => undefined;
const rehearsal = rehearsalOf({
  authorize: (request) => {
    asked.push(request);
    return refuse(request);
  },
});
beforeEach(() => {
  asked.splice(0);
  refuse = () => undefined;
});

const region = 'ap-northeast-1';
const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:123456789012:${resource}`;
const cluster = arn('ecs', 'cluster/small');
const because = (action: string) => `because no identity-based policy allows the ${action} action`;

const send = (service: string, init: Parameters<typeof sendTo>[2]) =>
  sendTo(rehearsal.get().endpoint, service, init);
const json = (service: string, operation: string, input: object, key?: string) =>
  sendJson(rehearsal.get().endpoint, service, operation, input, key);
const query = (service: string, Action: string, parameters: Record<string, string> = {}) =>
  send(service, { body: new URLSearchParams({ Action, ...parameters }) });

const roleArn = 'arn:aws:iam::123456789012:role/small-execution';

/** Asked about one thing: what it was. */
const taken = () => asked.map(({ action, resources }) => [action, ...resources]);

describe('a refusal is the service’s own', () => {
  const user = 'arn:aws:iam::123456789012:user/rehearsal';
  const says = (action: string, resource: string) =>
    `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${because(action)}`;
  beforeEach(() => {
    refuse = ({ action }) => because(action);
  });

  test('ECS: JSON', async () => {
    const { status, text } = await json('ecs', 'UpdateService', { cluster: 'c', service: 'web' });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({
      __type: 'AccessDeniedException',
      message: says('ecs:UpdateService', arn('ecs', 'service/c/web')),
    });
  });

  test('IAM: Query', async () => {
    const { status, text } = await query('iam', 'GetRole', { RoleName: 'x' });
    expect(status).toBe(403);
    expect(text).toContain('<Code>AccessDenied</Code>');
    expect(text).toContain(says('iam:GetRole', 'arn:aws:iam::123456789012:role/x'));
  });

  test('EC2: its own dialect', async () => {
    const { status, text } = await query('ec2', 'DescribeVpcs');
    expect(status).toBe(403);
    expect(text).toContain('<Code>UnauthorizedOperation</Code>');
    expect(text).toContain(
      `You are not authorized to perform this operation. ${says('ec2:DescribeVpcs', '*')}`,
    );
  });

  test('S3: XML, with the resource in quotes', async () => {
    const { status, text } = await send('s3', { method: 'GET', path: '/bucket/a/b.tfstate' });
    expect(status).toBe(403);
    expect(text).toContain('<Code>AccessDenied</Code>');
    expect(text).toContain('s3:GetObject on resource: &quot;arn:aws:s3:::bucket/a/b.tfstate&quot; because');
  });

  test('EFS: REST', async () => {
    const { status, text } = await send('elasticfilesystem', {
      method: 'GET',
      path: '/2015-02-01/file-systems',
    });
    expect(status).toBe(400);
    expect(text).toContain('AccessDeniedException');
  });

  test('a second act: passing a role', async () => {
    refuse = ({ action }) => (action === 'iam:PassRole' ? because(action) : undefined);
    const { text } = await json('ecs', 'RegisterTaskDefinition', { family: 'f', taskRoleArn: roleArn });
    expect(JSON.parse(text)).toEqual({
      __type: 'AccessDeniedException',
      message: says('iam:PassRole', roleArn),
    });
  });

  test('whatever the reason is', async () => {
    refuse = () => 'with an explicit deny in an identity-based policy';
    const { text } = await json('ecs', 'ListClusters', {});
    expect(text).toContain(
      'ecs:ListClusters on resource: * with an explicit deny in an identity-based policy',
    );
  });

  test('nothing is done', async () => {
    await json('ecs', 'CreateCluster', { clusterName: 'refused' });
    const { clusterArns } = await rehearsal.get().call('ecs', 'ListClusters');
    expect(clusterArns).not.toContain(arn('ecs', 'cluster/refused'));
  });

  test('who one is, nobody may be refused', async () => {
    expect((await query('sts', 'GetCallerIdentity')).status).toBe(200);
  });
});

describe('what is asked', () => {
  test.each<[string, string, object, ...string[][]]>([
    [
      'ecs',
      'DescribeServices',
      { cluster, services: ['web', arn('ecs', 'service/small/api')] },
      ['ecs:DescribeServices', arn('ecs', 'service/small/web'), arn('ecs', 'service/small/api')],
    ],
    [
      'ecs',
      'StopServiceDeployment',
      { serviceDeploymentArn: arn('ecs', 'service-deployment/c/web/x') },
      ['ecs:StopServiceDeployment', arn('ecs', 'service/c/web'), arn('ecs', 'service-deployment/c/web/x')],
    ],
    [
      'ecs',
      'CreateService',
      {
        cluster: 'c',
        serviceName: 'web',
        tags: [{ key: 'a', value: 'b' }],
        loadBalancers: [{ advancedConfiguration: { roleArn } }],
      },
      ['ecs:CreateService', arn('ecs', 'service/c/web')],
      ['iam:PassRole', roleArn],
      ['ecs:TagResource', arn('ecs', 'service/c/web')],
    ],
    [
      'ecs',
      'RunTask',
      { cluster: 'c', taskDefinition: 'f', overrides: { taskRoleArn: roleArn } },
      ['ecs:RunTask', arn('ecs', 'task-definition/f:*')],
      ['iam:PassRole', roleArn],
    ],
    ['ecs', 'ListTasks', { cluster: 'c' }, ['ecs:ListTasks', '*']],
    ['ecs', 'DescribeClusters', {}, ['ecs:DescribeClusters', arn('ecs', 'cluster/default')]],
    [
      'ssm',
      'GetParameters',
      { Names: ['/a/b', 'c'] },
      ['ssm:GetParameters', arn('ssm', 'parameter/a/b'), arn('ssm', 'parameter/c')],
    ],
    [
      'ssm',
      'GetParametersByPath',
      { Path: '/a/b/' },
      ['ssm:GetParametersByPath', arn('ssm', 'parameter/a/b')],
    ],
    [
      'logs',
      'GetLogEvents',
      { logGroupName: '/g', logStreamName: 's' },
      ['logs:GetLogEvents', arn('logs', 'log-group:/g:log-stream:s')],
    ],
    [
      'logs',
      'FilterLogEvents',
      { logGroupIdentifier: arn('logs', 'log-group:/g:*') },
      ['logs:FilterLogEvents', arn('logs', 'log-group:/g')],
    ],
    [
      'ecr',
      'PutImage',
      { repositoryName: 'slipway/web' },
      ['ecr:PutImage', arn('ecr', 'repository/slipway/web')],
    ],
    [
      'secretsmanager',
      'DescribeSecret',
      { SecretId: 'x/y' },
      ['secretsmanager:DescribeSecret', arn('secretsmanager', 'secret:x/y-??????')],
    ],
  ])('%s %s', async (service, operation, input, ...expected) => {
    await json(service, operation, input);
    expect(taken()).toEqual(expected);
  });

  test.each([
    ['GET', '/b?list-type=2&prefix=a%2F', 's3:ListBucket', 'arn:aws:s3:::b'],
    ['HEAD', '/b', 's3:ListBucket', 'arn:aws:s3:::b'],
    ['PUT', '/b', 's3:CreateBucket', 'arn:aws:s3:::b'],
    ['GET', '/b?encryption', 's3:GetEncryptionConfiguration', 'arn:aws:s3:::b'],
    ['DELETE', '/b?policy', 's3:DeleteBucketPolicy', 'arn:aws:s3:::b'],
    ['DELETE', '/b?tagging', 's3:PutBucketTagging', 'arn:aws:s3:::b'],
    ['HEAD', '/b/k', 's3:GetObject', 'arn:aws:s3:::b/k'],
    ['PUT', '/b/a%20b', 's3:PutObject', 'arn:aws:s3:::b/a b'],
    ['DELETE', '/b/k?versionId=1', 's3:DeleteObjectVersion', 'arn:aws:s3:::b/k'],
    ['GET', '/', 's3:ListAllMyBuckets', '*'],
  ])('S3 %s %s', async (method, path, action, resource) => {
    await send('s3', { method, path });
    expect(taken()).toEqual([[action, resource]]);
  });

  test('with its condition keys', async () => {
    await json('ecs', 'RegisterTaskDefinition', {
      family: 'f',
      requiresCompatibilities: ['FARGATE'],
      containerDefinitions: [
        { name: 'a', image: 'i' },
        { name: 'b', image: 'i', privileged: true },
      ],
      tags: [{ key: 'team', value: 'shop' }],
    });
    expect(asked).toMatchObject([
      {
        principal: 'arn:aws:iam::123456789012:user/rehearsal',
        conditionContext: {
          'ecs:privileged': 'true',
          'ecs:compute-compatibility': ['FARGATE'],
          'aws:RequestTag/team': 'shop',
          'aws:TagKeys': ['team'],
          'aws:RequestedRegion': region,
        },
      },
      { action: 'ecs:TagResource', conditionContext: { 'ecs:CreateAction': 'RegisterTaskDefinition' } },
    ]);
    asked.splice(0);
    await json('ecs', 'StopServiceDeployment', {
      serviceDeploymentArn: arn('ecs', 'service-deployment/c/web/x'),
    });
    expect(asked[0]?.conditionContext).toMatchObject({
      'ecs:cluster': arn('ecs', 'cluster/c'),
      'ecs:service': arn('ecs', 'service/c/web'),
    });
    asked.splice(0);
    await rehearsal
      .get()
      .call('ecs', 'TagResource', { resourceArn: cluster, tags: [{ key: 'team', value: 'shop' }] });
    await json('ecs', 'DescribeClusters', { clusters: [cluster] });
    const tags = Object.keys(asked[0]?.conditionContext ?? {}).filter((key) =>
      key.startsWith('aws:ResourceTag/'),
    );
    expect(tags).toContain('aws:ResourceTag/team');
  });

  test('whoever took a role is that role, and in the message its session', async () => {
    const { text } = await query('sts', 'AssumeRole', { RoleArn: roleArn, RoleSessionName: 'me' });
    const [, key = ''] = /<AccessKeyId>(\w+)</.exec(text) ?? [];
    refuse = ({ principal }) => (principal === roleArn ? 'because of this test' : undefined);
    const answer = await json('ecs', 'ListClusters', {}, key);
    expect(answer.text).toContain(
      'User: arn:aws:sts::123456789012:assumed-role/small-execution/me is not authorized',
    );
    expect(taken()).toEqual([
      ['sts:AssumeRole', roleArn],
      ['ecs:ListClusters', '*'],
    ]);
  });

  test('a token asks for a role with its claims, and hears no reason', async () => {
    const assume = (WebIdentityToken: string) =>
      query('sts', 'AssumeRoleWithWebIdentity', {
        RoleArn: roleArn,
        RoleSessionName: 'me',
        WebIdentityToken,
      });
    const token = tokenFor({ subject: 'environment:staging', claims: { environment: 'staging' } });
    expect((await assume(token)).status).toBe(200);
    expect(asked).toMatchObject([
      {
        principal: 'arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com',
        action: 'sts:AssumeRoleWithWebIdentity',
        resources: [roleArn],
        conditionContext: {
          'token.actions.githubusercontent.com:sub': 'repo:octo/shop:environment:staging',
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:environment': 'staging',
        },
      },
    ]);
    refuse = () => 'because of this test';
    const refused = await assume(token);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain(
      '<Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message>',
    );
    expect((await assume('no token')).text).toContain('<Code>InvalidIdentityToken</Code>');
  });
});

test('every operation is asked about with what its action takes: resources, or none', async () => {
  const { store, logs, balancer, images, controlPlane } = rehearsal.get();
  const { offered } = createServices({
    store,
    logStore: logs,
    balancer,
    images,
    settle: () => Promise.resolve(),
    now: () => 0,
    endpoint: () => '',
    issued: () => undefined,
    interfaces: () => [],
    serviceExists: () => false,
  });
  // It may say for which dataset, and hardly ever does.
  const optional = ['monitoring PutMetricData'];
  const wrong: string[] = [];
  for (const [name, operations] of Object.entries({ ...offered, ecs: ecsOperations(controlPlane) })) {
    const service = acts[name];
    for (const operation of Object.keys(operations)) {
      const action = service?.actions?.[operation] ?? operation;
      const takesNone = await isWildcardOnlyAction(service?.prefix ?? name, action).catch(() => undefined);
      const named = service !== undefined && Object.hasOwn(service.resources, operation);
      if (takesNone === undefined) wrong.push(`${name} ${operation}: IAM has no action ${action}`);
      else if (takesNone === named && !optional.includes(`${name} ${operation}`))
        wrong.push(`${name} ${operation}: takes ${named ? 'no' : 'a'} resource`);
    }
  }
  expect(wrong).toEqual([]);
});
