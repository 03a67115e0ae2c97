import { runSimulation } from '@cloud-copilot/iam-simulate';
import type { EnvironmentSettings, PipelineSettings } from '../settings/settings';
import { may, rolesIn, type Act } from './evaluate';
import { ACCOUNT, addresses, attributes, resources, synthesiseFrom } from './synth';

interface Action {
  name: string;
  category: string;
  provider: string;
  namespace?: string;
  configuration: Record<string, string>;
}
interface Statement {
  Sid: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string>>;
}

const environments: EnvironmentSettings[] = [
  { name: 'staging', services: [{ name: 'web' }] },
  { name: 'production', account: '210987654321', region: 'eu-west-1', services: [{ name: 'web' }] },
];
const pipeline: PipelineSettings = { repository: 'octo/shop', emails: ['ops@example.com'] };
const registry = { pullAccounts: ['210987654321'] };
const stack = synthesiseFrom({ project: { name: 'slipway', registry, pipeline }, environments });
const foundation = stack('foundation');
/** Three environments, a connection that is there, and arm64. */
const connectionArn = 'arn:aws:codestar-connections:ap-northeast-1:123456789012:connection/0f2b-4c1e';
const other = synthesiseFrom({
  project: {
    name: 'slipway',
    pipeline: { ...pipeline, connectionArn, architecture: 'arm64', environments: ['one', 'two', 'three'] },
  },
  environments: ['one', 'two', 'three'].map((name) => ({
    name,
    preset: 'small',
    services: [{ name: 'web' }],
  })),
})('foundation');
const plain = synthesiseFrom({
  environments: [{ name: 'staging', preset: 'small', services: [{ name: 'web' }] }],
});
const stages = (
  attributes(foundation, 'aws_codepipeline.pipeline_web_pipeline').stage as {
    name: string;
    action: Action[];
  }[]
).map(({ name, action: [action] }) => ({ name, ...action }) as Action);
const stage = (name: string) => {
  const found = stages.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no stage ${name}`);
  return found;
};
const variablesOf = ({ configuration }: Action) =>
  Object.fromEntries(
    (JSON.parse(configuration.EnvironmentVariables ?? '[]') as { name: string; value: string }[]).map(
      ({ name, value }) => [name, value],
    ),
  );
const arn = (service: string, resource: string) => `arn:aws:${service}:ap-northeast-1:${ACCOUNT}:${resource}`;
const bucket = 'arn:aws:s3:::slipway-web-pipeline-123456789012-ap-northeast-1';
const repository = arn('ecr', 'repository/slipway/web');
const deployRole = {
  staging: `arn:aws:iam::${ACCOUNT}:role/slipway-staging-web-deploy`,
  production: 'arn:aws:iam::210987654321:role/slipway-production-web-deploy',
};
const stepRole = (step: string) => `arn:aws:iam::${ACCOUNT}:role/slipway-web-pipeline-${step}`;
const act = (action: string, resource: string, context: Act['context'] = {}): Act => ({
  action,
  resource,
  context,
});

describe('its stages', () => {
  test('are source, tests, build, staging, approval, production', () => {
    expect(stages.map(({ name, provider }) => [name, provider])).toEqual([
      ['source', 'CodeStarSourceConnection'],
      ['test', 'CodeBuild'],
      ['build', 'CodeBuild'],
      ['staging', 'CodeBuild'],
      ['approve-production', 'Manual'],
      ['production', 'CodeBuild'],
    ]);
  });

  test('a run that waits gives way to a newer one, so that none deploys over a newer commit', () => {
    expect(attributes(foundation, 'aws_codepipeline.pipeline_web_pipeline')).toMatchObject({
      pipeline_type: 'V2',
      execution_mode: 'SUPERSEDED',
    });
  });

  test('the source is a connection, and there is no token', () => {
    expect(stage('source').configuration).toMatchObject({
      ConnectionArn: '${aws_codeconnections_connection.pipeline_web_connection.arn}',
      FullRepositoryId: 'octo/shop',
      BranchName: 'main',
    });
    expect(JSON.stringify(foundation)).not.toMatch(/OAuth|SecretToken/i);
    expect(foundation.output).toHaveProperty('pipeline_web_connection_to_authorise');
  });

  test('both environments get the image that was built, by its digest', () => {
    expect(stage('build').namespace).toBe('build');
    expect(variablesOf(stage('build'))).toEqual({ GIT_SHA: '#{source.CommitId}' });
    for (const name of ['staging', 'production'])
      expect(variablesOf(stage(name))).toMatchObject({
        IMAGE: '#{build.IMAGE}',
        GIT_SHA: '#{source.CommitId}',
      });
  });

  test('whoever approves hears of it, and of which image', () => {
    expect(stage('approve-production').configuration).toEqual({
      NotificationArn: '${aws_sns_topic.pipeline_web_notices_topic.arn}',
      CustomData: 'Deploy web to production? Commit #{source.CommitId}, image #{build.IMAGE}',
    });
    expect(Object.values(resources(foundation, 'aws_sns_topic_subscription'))).toMatchObject([
      { endpoint: 'ops@example.com' },
    ]);
  });

  test('of three environments each after the first has an approval before it', () => {
    const { stage: all } = attributes(other, 'aws_codepipeline.pipeline_web_pipeline');
    expect((all as { name: string }[]).slice(3).map(({ name }) => name)).toEqual([
      'one',
      'approve-two',
      'two',
      'approve-three',
      'three',
    ]);
  });
});

describe('its steps', () => {
  const step = (name: string) => attributes(foundation, `aws_codebuild_project.pipeline_web_${name}_project`);

  test('Docker’s privileges are the build’s alone', () => {
    const privileged = ['test', 'build', 'staging', 'production'].map(
      (name) => (step(name).environment as { privileged_mode: boolean }).privileged_mode,
    );
    expect(privileged).toEqual([false, true, false, false]);
  });

  test('a deploy knows its environment, its region and its role, and outlasts slipway’s own timeout', () => {
    expect(step('production')).toMatchObject({
      build_timeout: 40,
      environment: {
        environment_variable: [
          { name: 'ENVIRONMENT', value: 'production' },
          { name: 'DEPLOY_REGION', value: 'eu-west-1' },
          { name: 'DEPLOY_ROLE_ARN', value: deployRole.production },
        ],
      },
    });
  });

  test('arm64 is built on arm64', () => {
    expect(attributes(other, 'aws_codebuild_project.pipeline_web_build_project')).toMatchObject({
      environment: { type: 'ARM_CONTAINER', image: expect.stringContaining('aarch64') as string },
    });
  });

  test('logs are kept for a time', () => {
    for (const group of Object.values(resources(foundation, 'aws_cloudwatch_log_group')))
      expect(group).toMatchObject({ retention_in_days: 90 });
  });
});

test('artifacts are encrypted, versioned, closed to the public, and go after some months', () => {
  const of = (type: string, name: string) => attributes(foundation, `${type}.pipeline_web_artifacts_${name}`);
  expect(of('aws_s3_bucket_server_side_encryption_configuration', 'encryption')).toHaveProperty('rule');
  expect(of('aws_s3_bucket_versioning', 'versioning')).toMatchObject({
    versioning_configuration: { status: 'Enabled' },
  });
  expect(of('aws_s3_bucket_public_access_block', 'closed')).toMatchObject({ restrict_public_buckets: true });
  expect(String(of('aws_s3_bucket_policy', 'policy').policy)).toContain('aws:SecureTransport');
  expect(of('aws_s3_bucket_lifecycle_configuration', 'lifecycle')).toMatchObject({
    rule: [{ expiration: [{ days: 90 }] }],
  });
});

describe('what it may do', () => {
  const policies = Object.entries(resources(foundation, 'aws_iam_role_policy'))
    .filter(([name]) => name.startsWith('pipeline_web_'))
    .map(([name, { policy }]) => ({
      name,
      statements: (JSON.parse(String(policy)) as { Statement: Statement[] }).Statement,
    }));

  test('names each action, and each resource but the login of ECR; nothing of IAM but to take a role', () => {
    expect(policies).toHaveLength(5);
    const all = policies.flatMap(({ statements }) => statements);
    expect(all.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([]);
    expect(all.flatMap(({ Action }) => Action).filter((action) => action.startsWith('iam:'))).toEqual([]);
    expect(all.filter(({ Resource }) => Resource === '*').map(({ Action }) => Action)).toEqual([
      'ecr:GetAuthorizationToken',
    ]);
  });

  test.each<[string, boolean, Act]>([
    [
      'pipeline_web_access',
      true,
      act('codebuild:StartBuild', arn('codebuild', 'project/slipway-web-staging')),
    ],
    [
      'pipeline_web_access',
      false,
      act('codebuild:StartBuild', arn('codebuild', 'project/slipway-api-staging')),
    ],
    ['pipeline_web_access', true, act('s3:PutObject', `${bucket}/slipway-web/source/1`)],
    ['pipeline_web_access', false, act('ecr:PutImage', repository)],
    ['pipeline_web_access', false, act('sts:AssumeRole', deployRole.production)],
    ['pipeline_web_test_access', true, act('s3:GetObject', `${bucket}/slipway-web/source/1`)],
    ['pipeline_web_test_access', false, act('s3:PutObject', `${bucket}/slipway-web/image/1`)],
    ['pipeline_web_test_access', false, act('ecr:PutImage', repository)],
    ['pipeline_web_build_access', true, act('ecr:PutImage', repository)],
    ['pipeline_web_build_access', true, act('ecr:DescribeImages', repository)],
    ['pipeline_web_build_access', true, act('ecr:GetAuthorizationToken', '*')],
    ['pipeline_web_build_access', false, act('ecr:PutImage', arn('ecr', 'repository/slipway/api'))],
    ['pipeline_web_build_access', false, act('ecr:BatchDeleteImage', repository)],
    ['pipeline_web_build_access', false, act('sts:AssumeRole', deployRole.staging)],
    ['pipeline_web_staging_access', true, act('sts:AssumeRole', deployRole.staging)],
    ['pipeline_web_staging_access', false, act('sts:AssumeRole', deployRole.production)],
    ['pipeline_web_staging_access', false, act('ecr:PutImage', repository)],
    ['pipeline_web_production_access', true, act('sts:AssumeRole', deployRole.production)],
    ['pipeline_web_production_access', false, act('s3:PutObject', `${bucket}/slipway-web/image/1`)],
    [
      'pipeline_web_production_access',
      true,
      act('logs:PutLogEvents', arn('logs', 'log-group:/codebuild/slipway/web/production:log-stream:1')),
    ],
    [
      'pipeline_web_production_access',
      false,
      act('logs:PutLogEvents', arn('logs', 'log-group:/ecs/slipway/production/web:log-stream:1')),
    ],
  ])('%s: %s %p', async (role, expected, one) => {
    expect(await may(foundation, role, one)).toBe(expected);
  });

  test('a connection is used for this repository alone', async () => {
    expect(resources(other, 'aws_codeconnections_connection')).toEqual({});
    const use = (repositoryId: string, resource = connectionArn) =>
      may(other, 'pipeline_web_access', {
        action: 'codestar-connections:UseConnection',
        resource,
        context: { 'codestar-connections:FullRepositoryId': repositoryId },
      });
    expect(await use('octo/shop')).toBe(true);
    expect(await use('octo/payroll')).toBe(false);
    expect(await use('octo/shop', arn('codestar-connections', 'connection/other'))).toBe(false);
  });
});

describe('who may take its roles', () => {
  const trustOf = (role: string) =>
    (
      JSON.parse(String(attributes(foundation, `aws_iam_role.${role}_role`).assume_role_policy)) as {
        Statement: unknown[];
      }
    ).Statement;

  test('CodePipeline and CodeBuild, for this account, and a step’s for its own project', () => {
    const own = { 'aws:SourceAccount': ACCOUNT };
    expect(trustOf('pipeline_web_access')).toMatchObject([
      { Principal: { Service: 'codepipeline.amazonaws.com' }, Condition: { StringEquals: own } },
    ]);
    for (const step of ['test', 'build', 'staging', 'production'])
      expect(trustOf(`pipeline_web_${step}_access`)).toMatchObject([
        {
          Principal: { Service: 'codebuild.amazonaws.com' },
          Condition: {
            StringEquals: own,
            ArnEquals: { 'aws:SourceArn': arn('codebuild', `project/slipway-web-${step}`) },
          },
        },
      ]);
  });

  /** Whether a role that may take any role is let in by the deploy role's trust. */
  async function letsIn(environment: 'staging' | 'production', principal: string): Promise<boolean> {
    const role = [...rolesIn(stack(environment)).values()].find(({ id }) => id === 'service_web_deploy');
    const result = await runSimulation(
      {
        request: {
          action: 'sts:AssumeRole',
          principal,
          resource: { accountId: ACCOUNT, resource: deployRole.staging },
          contextVariables: { 'aws:PrincipalArn': principal },
        },
        identityPolicies: [
          {
            name: 'any',
            policy: {
              Version: '2012-10-17',
              Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' },
            },
          },
        ],
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        resourcePolicy: role?.trust,
      },
      {},
    );
    if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
    return result.overallResult === 'Allowed';
  }

  test.each([
    ['staging', stepRole('staging'), true],
    ['staging', stepRole('production'), false],
    ['staging', stepRole('build'), false],
    ['staging', `arn:aws:iam::${ACCOUNT}:role/admin`, false],
    ['production', stepRole('production'), true],
    ['production', stepRole('staging'), false],
  ] as const)('the deploy role of %s lets %s in: %s', async (environment, principal, expected) => {
    expect(await letsIn(environment, principal)).toBe(expected);
  });
});

test('without a setting there is none of it', () => {
  expect(
    addresses(plain('foundation')).filter((address) => /pipeline_web|codebuild|_sns_/.test(address)),
  ).toEqual([]);
  const { assume_role_policy } = attributes(plain('staging'), 'aws_iam_role.service_web_deploy_role');
  expect(String(assume_role_policy)).not.toContain('PrincipalArn');
});
