import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grantsOf } from '../../../infra/test/evaluate';
import { shiftAtOnce, shiftSlowly, useEverything, withoutScaling } from './everything';
import { enforcedPlatform, type EnforcedPlatform, type Ran, type Session } from './platform';
import { platformStacks } from './settings';
import { send, sendJson } from './send';
import { roleArn } from './sign-in';

/**
 * Everything that the deploy tool does, by the roles that infrastructure makes for it, with every request held to
 * their policies; and what each of them may not do.
 */
let platform: EnforcedPlatform;
let deploy: Session;
let approver: Session;
let builder: Session;
/** What each command ended with. */
const ended = new Map<string, Ran>();

/** Commands that end otherwise than with 0, as they should. */
const OTHERWISE: Readonly<Record<string, number>> = { crash: 21, 'a secret that may not be read': 10 };

/** What nothing here uses, and why it is granted all the same. */
const UNUSED: Readonly<Record<string, string>> = {
  'Preflight elasticloadbalancing:DescribeListeners':
    'traffic is shifted by listeners behind a network load balancer, which has no rules',
};
const UNUSED_BY_PLANS: Readonly<Record<string, string>> = {
  ...UNUSED,
  'PreflightSecrets secretsmanager:GetResourcePolicy':
    'looked at only where the execution role may not read a secret',
};

const image = (tag: string) => ['--image', platform.image(tag)];

async function run(name: string, session: Session, ...argv: string[]): Promise<void> {
  ended.set(name, await session.slipway(argv));
}

beforeAll(async () => {
  platform = await enforcedPlatform({ stack: platformStacks() });
  const as = (role: string, subject: string) => platform.signIn(role, { subject });
  deploy = await as('slipway-staging-web-deploy', 'environment:staging');
  approver = await as('slipway-production-web-deploy-plan', 'environment:production-plan');
  builder = await as('slipway-build', 'ref:refs/heads/main');
  await deployToStaging();
  await planForProduction(await as('slipway-production-web-deploy', 'environment:production'));
  for (const act of PUSH) await push(act);
  await tell('slipway-staging-web-deploy', 'staging');
  await tell('slipway-production-web-deploy-plan', 'production');
  // The last: without its policies the execution role reads nothing.
  await platform.forbid('slipway-staging-web-execution');
  await run('a secret that may not be read', deploy, 'verify', 'staging', ...image('ok-1'));
}, 120_000);

afterAll(() => platform.close());

async function deployToStaging(): Promise<void> {
  const staging = (name: string, command: string, ...argv: string[]) =>
    run(name, deploy, command, 'staging', ...argv);
  await staging('verify', 'verify', ...image('ok-1'));
  await staging('create', 'deploy', ...image('ok-1'));
  await staging('unchanged', 'deploy', ...image('ok-1'));
  await staging('update', 'deploy', ...image('ok-2'));
  await staging('crash', 'deploy', ...image('crash'));
  await staging('rollback', 'rollback', '--to', 'slipway-staging-web:1');
  for (const command of ['status', 'history', 'tasks', 'revisions', 'wait', 'refresh'])
    await staging(command, command);
  await staging('logs', 'logs', '--since', '1h');
  await staging('stop a task', 'tasks', 'stop', await oneTask(), '--yes');
  await staging('register', 'register', ...image('ok-2'));
  await staging('deregister', 'deregister', '--revision', '2', '--yes');
  await staging('run', 'run', '--detach', '--tags', 'why=test', '--', 'node', 'migrate.js');
  await staging('scale', 'scale', '--tasks', '3');

  await useEverything(platform);
  await staging('verify everything', 'verify', ...image('ok-2'));
  await staging('diff', 'diff', ...image('ok-2'));
  await staging('shift', 'deploy', ...image('ok-2'), '--detach');
  await untilPaused();
  await staging('continue', 'continue');
  shiftSlowly(platform);
  await staging('shift slowly', 'deploy', ...image('ok-1'), '--detach');
  await staging('rollback during a deployment', 'rollback');
}

async function planForProduction(production: Session): Promise<void> {
  shiftAtOnce(platform);
  await run('production', production, 'deploy', 'production', ...image('ok-1'));
  shiftSlowly(platform);
  await run('production, slowly', production, 'deploy', 'production', ...image('ok-2'), '--detach');
  await run('compare', approver, 'diff', 'staging', '--against', 'production', ...image('ok-2'));
  // Whoever plans may pass no role, and that is what this check is about.
  const plan = ['verify', 'production', '--skip-check', 'pass-role'];
  await run('verify by the plan role', approver, ...plan, ...image('ok-2'));
  for (const command of ['status', 'history', 'revisions', 'tasks'])
    await run(`${command} by the plan role`, approver, command, 'production');
  withoutScaling(platform);
  await run('without scaling', deploy, 'deploy', 'staging', ...image('ok-1'), '--detach');
}

async function oneTask(): Promise<string> {
  const { taskArns } = await platform.rehearsal.call('ecs', 'ListTasks', {
    cluster: 'slipway-staging',
    serviceName: 'web',
  });
  return (
    String((taskArns as string[])[0])
      .split('/')
      .at(-1) ?? ''
  );
}

/** Until a pause hook holds the deployment. */
async function untilPaused(): Promise<void> {
  while ((await deploy.slipway(['continue', 'staging', '--dry-run'])).exitCode !== 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A folder with something that looks like the Session Manager plugin. */
function withPlugin(): string {
  const directory = join(platform.directory, 'bin');
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'session-manager-plugin'), '#!/bin/sh\n', { mode: 0o755 });
  return directory;
}

/** What `docker push` and a build's cache ask of ECR. Source: ECR user guide, IAM permissions for pushing an image. */
const PUSH = [
  'BatchCheckLayerAvailability',
  'InitiateLayerUpload',
  'UploadLayerPart',
  'CompleteLayerUpload',
  'PutImage',
  'BatchGetImage',
  'GetDownloadUrlForLayer',
  'DescribeImages',
  'GetAuthorizationToken',
];
const push = (operation: string, session = builder, repositoryName = 'slipway/web') =>
  asked('ecr', operation, { repositoryName }, session);

const asked = (service: string, operation: string, input: object, session: Session) =>
  sendJson(platform.rehearsal.endpoint, service, operation, input, session.env.AWS_ACCESS_KEY_ID);

/** The workflows tell what became of a release, and that somebody is to approve it: by the AWS CLI, and SNS. */
async function tell(role: string, environment: string): Promise<void> {
  const reason = await platform.enforcement.authorize({
    principal: roleArn(role),
    action: 'sns:Publish',
    resources: [`arn:aws:sns:ap-northeast-1:123456789012:slipway-${environment}-notifications`],
    conditionContext: {},
  });
  expect(reason).toBeUndefined();
}

/** Its infrastructure is taken down next. */
test('the apply role alone deletes a service', async () => {
  const apply = await platform.signIn('slipway-apply', { subject: 'environment:infrastructure' });
  expect(await apply.slipway(['delete', 'production', '--yes', '--dry-run'])).toMatchObject({ exitCode: 0 });
  const { text } = await asked(
    'ecs',
    'DeleteService',
    { cluster: 'slipway-production', service: 'no' },
    apply,
  );
  expect(text).toContain('ServiceNotFoundException');
});

describe('enough', () => {
  test('every command ends as it does without policies', () => {
    const codes = Object.fromEntries([...ended].map(([name, { exitCode }]) => [name, exitCode]));
    const expected = Object.fromEntries([...ended.keys()].map((name) => [name, OTHERWISE[name] ?? 0]));
    expect(codes).toEqual(expected);
  });

  test('nothing could not be looked at', () => {
    for (const name of ['verify', 'verify everything', 'verify by the plan role'])
      expect([name, ended.get(name)?.stdout]).toEqual([
        name,
        expect.stringMatching(/^\d+ checks of web passed/),
      ]);
  });

  test('what failed is explained, from logs and events', () => {
    expect(ended.get('crash')?.stderr).toContain('DATABASE_URL is not set');
  });

  test('the requests are those of AWS: action, resource and condition keys', () => {
    expect(platform.enforcement.mistaken).toEqual([]);
  });
});

describe('no more than enough', () => {
  test.each([
    ['slipway-staging-web-deploy', UNUSED],
    ['slipway-production-web-deploy-plan', UNUSED_BY_PLANS],
    ['slipway-build', {}],
  ])('%s uses all that it is granted', (name, unused) => {
    const { enforcement } = platform;
    const role = enforcement.roles.get(roleArn(name));
    const granted = role === undefined ? [] : grantsOf(role);
    expect(granted.length).toBeGreaterThan(0);
    const mine = enforcement.used(roleArn(name));
    expect(granted.filter((grant) => !mine.has(grant)).sort()).toEqual(Object.keys(unused).sort());
  });
});

describe('a forbidden command ends with 30, and names the action and the role', () => {
  const unchecked = ['--skip-check', 'all'];
  const commands: Record<string, readonly [() => Session, string, string, ...string[]]> = {
    'the deploy role opens a shell': [
      () => deploy,
      'ecs:ExecuteCommand',
      'exec',
      'staging',
      '--command',
      'sh',
    ],
    'the deploy role deletes the service': [() => deploy, 'ecs:DeleteService', 'delete', 'staging', '--yes'],
    'the deploy role deletes revisions for good': [
      () => deploy,
      'ecs:DeleteTaskDefinitions',
      'deregister',
      'staging',
      '--keep',
      '1',
      '--delete',
      '--yes',
    ],
    'the deploy role of staging looks at production': [
      () => deploy,
      'ssm:GetParameter',
      'status',
      'production',
    ],
    'the deploy role of staging deploys production': [
      () => deploy,
      'ssm:GetParameter',
      'deploy',
      'production',
    ],
    'the plan role deploys': [
      () => approver,
      'ecs:RegisterTaskDefinition',
      'deploy',
      'production',
      '--supersede',
      ...unchecked,
    ],
    'the plan role rolls back': [() => approver, 'ecs:StopServiceDeployment', 'rollback', 'production'],
    'the plan role scales': [
      () => approver,
      'application-autoscaling:RegisterScalableTarget',
      'scale',
      'production',
      '--suspend',
    ],
    'the plan role runs a task': [() => approver, 'ecs:RunTask', 'run', 'production', '--detach'],
    'the build role deploys': [() => builder, 'ssm:GetParameter', 'deploy', 'staging', ...unchecked],
  };

  test.each(Object.keys(commands))('%s', async (name) => {
    const [session, action, ...argv] = commands[name] ?? [() => deploy, ''];
    const more = argv[0] === 'deploy' ? image('ok-1') : argv[0] === 'exec' ? ['--task', await oneTask()] : [];
    const { exitCode, stderr } = await session().slipway([...argv, ...more], { PATH: withPlugin() });
    const [, role = ''] = /assumed-role\/([\w-]+)\//.exec(stderr.replaceAll(/\n\s*/g, '')) ?? [];
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 30 });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      `is not authorized to perform: ${action} on resource: arn:aws:`,
    );
    expect(platform.enforcement.roles.has(roleArn(role))).toBe(true);
  });

  test('the deploy role reads no state', async () => {
    platform.replace('slipway.yml', 'outputs: ssm:///slipway/staging', `outputs: ${STATE}`);
    try {
      const { exitCode, stderr } = await deploy.slipway(['status', 'staging']);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 30 });
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
        's3:GetObject on resource: "arn:aws:s3:::slipway-state-',
      );
    } finally {
      platform.replace('slipway.yml', `outputs: ${STATE}`, 'outputs: ssm:///slipway/staging');
    }
  });
});

const STATE = 's3://slipway-state-123456789012-ap-northeast-1/slipway/staging.tfstate';
const ecs = (resource: string) => `arn:aws:ecs:ap-northeast-1:123456789012:${resource}`;

describe('a forbidden request is refused as AWS does', () => {
  const cluster = 'slipway-staging';
  const family = 'slipway-staging-web';
  const container = { name: 'web', image: 'i' };
  test.each<[string, string, string, object]>([
    ['pushes an image', 'ecr', 'PutImage', { repositoryName: 'slipway/web' }],
    ['touches another service', 'ecs', 'UpdateService', { cluster, service: 'hooks', desiredCount: 0 }],
    [
      'touches another environment',
      'ecs',
      'UpdateService',
      { cluster: 'slipway-production', service: 'web' },
    ],
    [
      'stops a deployment of another service',
      'ecs',
      'StopServiceDeployment',
      {
        serviceDeploymentArn: ecs('service-deployment/slipway-staging/hooks/x'),
      },
    ],
    ['registers another family', 'ecs', 'RegisterTaskDefinition', { family: 'slipway-staging-hooks' }],
    [
      'registers something privileged',
      'ecs',
      'RegisterTaskDefinition',
      {
        family,
        containerDefinitions: [{ ...container, privileged: true }],
      },
    ],
    [
      'runs it in another cluster',
      'ecs',
      'RunTask',
      { cluster: 'slipway-production', taskDefinition: family },
    ],
    ['reads a secret', 'secretsmanager', 'GetSecretValue', { SecretId: 'slipway/staging/api-key' }],
    ['reads a parameter beside the contract', 'ssm', 'GetParameter', { Name: '/slipway/staging/token' }],
    ['reads all parameters of its environment', 'ssm', 'GetParametersByPath', { Path: '/slipway/staging' }],
    [
      'reads another service’s logs',
      'logs',
      'FilterLogEvents',
      { logGroupName: '/ecs/slipway/staging/hooks' },
    ],
    ['deletes the cluster', 'ecs', 'DeleteCluster', { cluster }],
  ])('the deploy role %s', async (_, service, operation, input) => {
    const { status, text } = await asked(service, operation, input, deploy);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      __type: 'AccessDeniedException',
      message: expect.stringMatching(
        new RegExp(
          `^User: arn:aws:sts::123456789012:assumed-role/slipway-staging-web-deploy/GitHubActions is not authorized to perform: \\w+:${operation} on resource: arn:aws:`,
        ),
      ) as string,
    });
  });

  test.each([
    'slipway-apply',
    'slipway-staging-hooks-task',
    'slipway-production-web-task',
    'slipway-staging-web-deploy',
  ])('the deploy role passes %s to a task', async (name) => {
    const input = { family, containerDefinitions: [container], taskRoleArn: roleArn(name) };
    const { text } = await asked('ecs', 'RegisterTaskDefinition', input, deploy);
    expect(text).toContain(
      `iam:PassRole on resource: ${roleArn(name)} because no identity-based policy allows`,
    );
  });

  test('the build role does nothing but push, and to these repositories alone', async () => {
    for (const operation of PUSH) expect((await push(operation)).text).not.toContain('AccessDenied');
    expect((await push('PutImage', builder, 'other/web')).text).toContain('ecr:PutImage');
    expect((await push('DeleteRepository')).text).toContain('AccessDeniedException');
    const update = await asked('ecs', 'UpdateService', { cluster, service: 'web' }, builder);
    expect(update.text).toContain('AccessDeniedException');
  });

  test('the deploy role writes no state', async () => {
    const path = '/slipway-state-123456789012-ap-northeast-1/slipway/staging.tfstate';
    const { AWS_ACCESS_KEY_ID: key = '' } = deploy.env;
    const { status, text } = await send(platform.rehearsal.endpoint, 's3', {
      method: 'PUT',
      path,
      key,
      body: '{}',
    });
    expect(status).toBe(403);
    expect(text).toContain('s3:PutObject');
  });
});
