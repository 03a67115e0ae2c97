import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetDownloadUrlForLayerCommand,
  ListImagesCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import {
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  GetParametersCommand,
  paginateGetParametersByPath,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { clientOf, rehearsalOf } from './support';

const rehearsal = rehearsalOf();
const attributes = (address: string) => {
  const found = rehearsal.applied().resources.find((one) => one.address === address);
  if (found === undefined) throw new Error(`the small stack has no ${address}`);
  return found.attributes as Record<string, string>;
};

/** A Query request without an SDK, as curl would send it. */
async function query(
  service: string,
  parameters: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const response = await fetch(rehearsal.get().endpoint, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=k/20250101/ap-northeast-1/${service}/aws4_request`,
    },
  });
  return { status: response.status, text: await response.text() };
}

test('STS says who calls, and hands out roles that are there', async () => {
  const sts = new STSClient(clientOf(rehearsal.get()));
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:user/rehearsal',
  });
  const RoleArn = attributes('aws_iam_role.execution').arn;
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'run-1' }));
  const assumed = new STSClient({
    ...clientOf(rehearsal.get()),
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    },
  });
  expect((await assumed.send(new GetCallerIdentityCommand({}))).Arn).toBe(
    'arn:aws:sts::123456789012:assumed-role/small-execution/run-1',
  );
  const web = { RoleArn, RoleSessionName: 'github', WebIdentityToken: 'token' };
  expect((await sts.send(new AssumeRoleWithWebIdentityCommand(web))).Credentials?.AccessKeyId).toMatch(
    /^ASIA/,
  );
  await expect(
    sts.send(new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::123456789012:role/gone', RoleSessionName: 'x' })),
  ).rejects.toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
});

test('SSM answers the published outputs, pages, versions and puts', async () => {
  const ssm = new SSMClient(clientOf(rehearsal.get()));
  const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/small/outputs' }));
  expect(JSON.parse(Parameter?.Value ?? '')).toMatchObject({
    outputs: { service_url: rehearsal.applied().outputs.service_url },
  });
  expect(await ssm.send(new GetParametersCommand({ Names: ['/small/outputs', '/gone'] }))).toMatchObject({
    Parameters: [{ Name: '/small/outputs' }],
    InvalidParameters: ['/gone'],
  });
  for (let index = 0; index < 12; index += 1) {
    await ssm.send(new PutParameterCommand({ Name: `/many/${index}`, Value: String(index), Type: 'String' }));
  }
  const names: string[] = [];
  for await (const page of paginateGetParametersByPath({ client: ssm, pageSize: 5 }, { Path: '/many' })) {
    names.push(...(page.Parameters ?? []).map(({ Name }) => Name ?? ''));
  }
  expect(new Set(names).size).toBe(12);
  const again = { Name: '/many/0', Value: 'new', Type: 'String' } as const;
  await expect(ssm.send(new PutParameterCommand(again))).rejects.toMatchObject({
    name: 'ParameterAlreadyExists',
  });
  expect((await ssm.send(new PutParameterCommand({ ...again, Overwrite: true }))).Version).toBe(2);
  await ssm.send(new DeleteParameterCommand({ Name: '/many/0' }));
  await expect(ssm.send(new GetParameterCommand({ Name: '/many/0' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
});

test('Secrets Manager answers by name and ARN, and keeps versions', async () => {
  const secrets = new SecretsManagerClient(clientOf(rehearsal.get()));
  const { arn } = attributes('aws_secretsmanager_secret.db');
  const value = await secrets.send(new GetSecretValueCommand({ SecretId: arn }));
  expect(JSON.parse(value.SecretString ?? '')).toEqual({ user: 'web', password: 'secret' });
  const created = await secrets.send(new CreateSecretCommand({ Name: 'token', SecretString: 'one' }));
  await secrets.send(new PutSecretValueCommand({ SecretId: 'token', SecretString: 'two' }));
  expect((await secrets.send(new GetSecretValueCommand({ SecretId: created.ARN }))).SecretString).toBe('two');
  const previous = { SecretId: 'token', VersionStage: 'AWSPREVIOUS' };
  expect((await secrets.send(new GetSecretValueCommand(previous))).SecretString).toBe('one');
  expect((await secrets.send(new DescribeSecretCommand({ SecretId: 'token' }))).ARN).toBe(created.ARN);
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'gone' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('ECR answers from the image store', async () => {
  const { images } = rehearsal.get();
  const ecr = new ECRClient(clientOf(rehearsal.get()));
  const sample = images.describe('sample/ok:1');
  images.push(sample, 'small/web', ['abc']);
  const repositoryName = 'small/web';

  const { repositories } = await ecr.send(
    new DescribeRepositoriesCommand({ repositoryNames: [repositoryName] }),
  );
  expect(repositories?.[0]).toMatchObject({
    repositoryUri: '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/small/web',
    imageTagMutability: 'IMMUTABLE',
  });
  const byTag = { repositoryName, imageIds: [{ imageTag: 'abc' }] };
  const { imageDetails } = await ecr.send(new DescribeImagesCommand(byTag));
  expect(imageDetails).toMatchObject([{ imageDigest: sample.digest, imageTags: ['abc'] }]);
  expect((await ecr.send(new ListImagesCommand({ repositoryName }))).imageIds).toEqual([
    { imageDigest: sample.digest, imageTag: 'abc' },
  ]);

  const batch = await ecr.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: 'abc' }, { imageTag: 'gone' }] }),
  );
  expect(batch.failures).toMatchObject([{ failureCode: 'ImageNotFound' }]);
  const manifest = JSON.parse(batch.images?.[0]?.imageManifest ?? '') as { config: { digest: string } };
  const { downloadUrl } = await ecr.send(
    new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: manifest.config.digest }),
  );
  expect(await (await fetch(downloadUrl ?? '')).json()).toMatchObject({ architecture: sample.architecture });

  const put = { repositoryName, imageManifest: batch.images?.[0]?.imageManifest, imageTag: 'def' };
  expect((await ecr.send(new PutImageCommand(put))).image?.imageId?.imageDigest).toBe(sample.digest);
  const other = images.describe('sample/ok:2');
  expect(() => images.push(other, 'small/web', ['abc'])).toThrow(/immutable/);
  await expect(
    ecr.send(new DescribeImagesCommand({ repositoryName, imageIds: [{ imageTag: 'gone' }] })),
  ).rejects.toMatchObject({ name: 'ImageNotFoundException' });
  await expect(ecr.send(new DescribeImagesCommand({ repositoryName: 'gone' }))).rejects.toMatchObject({
    name: 'RepositoryNotFoundException',
  });
  expect((await ecr.send(new GetAuthorizationTokenCommand({}))).authorizationData).toHaveLength(1);
});

test('CloudWatch Logs pages through events, and repeats the last token', async () => {
  const logs = new CloudWatchLogsClient(clientOf(rehearsal.get()));
  const logGroupName = '/ecs/small/web';
  const logStreamName = 'web/web/1';
  const stream = { logGroupName, logStreamName };
  expect(
    (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/ecs/' }))).logGroups,
  ).toMatchObject([{ logGroupName, retentionInDays: 7 }]);
  await logs.send(new CreateLogStreamCommand(stream));
  const logEvents = Array.from({ length: 5 }, (_, index) => ({
    timestamp: 1000 + index,
    message: `line ${index}`,
  }));
  await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));

  const head = await logs.send(new GetLogEventsCommand({ ...stream, startFromHead: true, limit: 3 }));
  expect(head.events?.map(({ message }) => message)).toEqual(['line 0', 'line 1', 'line 2']);
  const rest = await logs.send(new GetLogEventsCommand({ ...stream, nextToken: head.nextForwardToken }));
  expect(rest.events?.map(({ message }) => message)).toEqual(['line 3', 'line 4']);
  const end = await logs.send(new GetLogEventsCommand({ ...stream, nextToken: rest.nextForwardToken }));
  expect(end).toMatchObject({ events: [], nextForwardToken: rest.nextForwardToken });
  const tail = await logs.send(new GetLogEventsCommand({ ...stream, limit: 2 }));
  expect(tail.events?.map(({ message }) => message)).toEqual(['line 3', 'line 4']);
  const before = await logs.send(
    new GetLogEventsCommand({ ...stream, limit: 2, nextToken: tail.nextBackwardToken }),
  );
  expect(before.events?.map(({ message }) => message)).toEqual(['line 1', 'line 2']);

  const filtered = await logs.send(
    new FilterLogEventsCommand({ logGroupName, filterPattern: '"line" ?2 ?4', limit: 1 }),
  );
  expect(filtered.events).toMatchObject([{ message: 'line 2', logStreamName }]);
  const next = { logGroupName, filterPattern: '"line" ?2 ?4', nextToken: filtered.nextToken };
  expect((await logs.send(new FilterLogEventsCommand(next))).events).toMatchObject([{ message: 'line 4' }]);
  expect(
    (await logs.send(new DescribeLogStreamsCommand({ logGroupName, orderBy: 'LastEventTime' }))).logStreams,
  ).toMatchObject([{ logStreamName, lastEventTimestamp: 1004 }]);
  await expect(
    logs.send(new GetLogEventsCommand({ logGroupName, logStreamName: 'gone' })),
  ).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified log stream does not exist.',
  });
});

test('ELBv2 answers what was applied, registers targets, and moves weights that really split traffic', async () => {
  const elb = new ElasticLoadBalancingV2Client(clientOf(rehearsal.get()));
  const TargetGroupArn = attributes('aws_lb_target_group.web').arn ?? '';
  const RuleArn = attributes('aws_lb_listener_rule.web').arn ?? '';
  const LoadBalancerArn = attributes('aws_lb.main').arn;
  const ListenerArn = attributes('aws_lb_listener.http').arn;

  expect(
    (await elb.send(new DescribeLoadBalancersCommand({ Names: ['small'] }))).LoadBalancers,
  ).toMatchObject([
    { LoadBalancerArn, State: { Code: 'active' }, AvailabilityZones: [{ ZoneName: 'ap-northeast-1a' }, {}] },
  ]);
  expect((await elb.send(new DescribeListenersCommand({ LoadBalancerArn }))).Listeners).toHaveLength(2);
  expect((await elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn }))).TargetGroups).toMatchObject([
    { TargetGroupName: 'small-web', HealthCheckPath: '/healthz', Matcher: { HttpCode: '200-299' } },
    { TargetGroupName: 'small-green' },
  ]);
  const groupAttributes = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  expect(groupAttributes.Attributes).toContainEqual({
    Key: 'deregistration_delay.timeout_seconds',
    Value: '15',
  });

  const { Rules } = await elb.send(new DescribeRulesCommand({ ListenerArn }));
  expect(Rules).toMatchObject([
    { RuleArn, Priority: '10', Conditions: [{ Field: 'path-pattern', Values: ['/api/*'] }] },
    { Priority: 'default', IsDefault: true },
  ]);

  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: '127.0.0.9', Port: 9 }] }));
  const health = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  expect(health.TargetHealthDescriptions).toMatchObject([
    { Target: { Id: '127.0.0.9', Port: 9 }, HealthCheckPort: '9' },
  ]);
  const other = { TargetGroupArn, Targets: [{ Id: '10.9.9.9', Port: 1 }] };
  expect((await elb.send(new DescribeTargetHealthCommand(other))).TargetHealthDescriptions).toMatchObject([
    { TargetHealth: { State: 'unused', Reason: 'Target.NotRegistered' } },
  ]);
  await elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: '127.0.0.9' }] }));

  const url = `${String(rehearsal.applied().outputs.service_url)}/api/x`;
  expect((await fetch(String(rehearsal.applied().outputs.service_url))).status).toBe(404);
  const fixed = { StatusCode: '418', ContentType: 'text/plain', MessageBody: 'teapot' };
  await elb.send(
    new ModifyRuleCommand({ RuleArn, Actions: [{ Type: 'fixed-response', FixedResponseConfig: fixed }] }),
  );
  expect((await fetch(url)).status).toBe(418);
  // Terraform ignores what ECS did to the rule: applying an unrelated change must leave it alone.
  await rehearsal.applyChanged(({ resource }) => {
    delete resource?.aws_s3_bucket_versioning;
    const other = resource?.aws_ssm_parameter?.other;
    if (other) other.value = 'changed';
  });
  expect((await fetch(url)).status).toBe(418);
  expect(rehearsal.get().store.parameters.get('/small/deep/other')?.value).toBe('changed');
  await expect(
    elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: `${TargetGroupArn}0` })),
  ).rejects.toMatchObject({ name: 'TargetGroupNotFoundException' });
});

test('S3 keeps objects, lists them, and refuses what is there already', async () => {
  const s3 = new S3Client({ ...clientOf(rehearsal.get()), forcePathStyle: true });
  const Bucket = 'small-state';
  await s3.send(new HeadBucketCommand({ Bucket }));
  const body = 'ä'.repeat(20_000);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a folder/state.json', Body: body }));
  const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'a folder/state.json' }));
  expect(await read.Body?.transformToString()).toBe(body);
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'a folder/state.json' }))).ContentLength).toBe(
    40_000,
  );
  const lock = new PutObjectCommand({ Bucket, Key: 'state.tflock', Body: '{}', IfNoneMatch: '*' });
  await s3.send(lock);
  await expect(s3.send(lock)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  expect(await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }))).toMatchObject({
    KeyCount: 2,
    CommonPrefixes: [{ Prefix: 'a folder/' }],
    Contents: [{ Key: 'state.tflock' }],
  });
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'gone' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
  await expect(s3.send(new GetObjectCommand({ Bucket: 'gone', Key: 'x' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
  await s3.send(new CreateBucketCommand({ Bucket: 'fresh' }));
  expect((await s3.send(new ListObjectsV2Command({ Bucket: 'fresh' }))).KeyCount).toBe(0);
});

test('IAM answers roles and their policies, in Query', async () => {
  const role = await query('iam', { Action: 'GetRole', RoleName: 'small-execution' });
  expect(role.text).toContain('<Arn>arn:aws:iam::123456789012:role/small-execution</Arn>');
  const policy = await query('iam', {
    Action: 'GetRolePolicy',
    RoleName: 'small-execution',
    PolicyName: 'pull',
  });
  expect(policy.text).toContain(
    encodeURIComponent('arn:aws:ecr:ap-northeast-1:123456789012:repository/small'),
  );
  expect((await query('iam', { Action: 'ListRolePolicies', RoleName: 'small-execution' })).text).toContain(
    '<PolicyNames><member>pull</member></PolicyNames>',
  );
  expect(
    (await query('iam', { Action: 'ListAttachedRolePolicies', RoleName: 'small-execution' })).text,
  ).toContain('AmazonECSTaskExecutionRolePolicy</PolicyName>');
  const gone = await query('iam', { Action: 'GetRole', RoleName: 'gone' });
  expect(gone).toMatchObject({
    status: 404,
    text: expect.stringContaining('<Code>NoSuchEntity</Code>') as string,
  });
});

test('EC2 answers the network, with filters', async () => {
  const { id } = attributes('aws_subnet.b');
  const filtered = await query('ec2', {
    Action: 'DescribeSubnets',
    'Filter.1.Name': 'map-public-ip-on-launch',
    'Filter.1.Value.1': 'true',
  });
  expect(filtered.text.match(/<subnetId>/g)).toHaveLength(1);
  expect(filtered.text).toContain(`<subnetId>${id}</subnetId>`);
  const tables = await query('ec2', {
    Action: 'DescribeRouteTables',
    'Filter.1.Name': 'association.subnet-id',
    'Filter.1.Value.1': attributes('aws_subnet.a').id ?? '',
  });
  expect(tables.text).toMatch(/<destinationCidrBlock>0\.0\.0\.0\/0<\/destinationCidrBlock><gatewayId>igw-/);
  const groups = await query('ec2', {
    Action: 'DescribeSecurityGroups',
    'GroupId.1': attributes('aws_security_group.lb').id ?? '',
  });
  expect(groups.text).toContain('<ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>');
  expect(
    (
      await query('ec2', {
        Action: 'DescribeVpcs',
        'Filter.1.Name': 'tag:Project',
        'Filter.1.Value.1': 'sm*',
      })
    ).text,
  ).toContain('<vpcId>');
  expect(await query('ec2', { Action: 'DescribeSubnets', 'SubnetId.1': 'subnet-0' })).toMatchObject({
    status: 400,
    text: expect.stringContaining('<Code>InvalidSubnetID.NotFound</Code>') as string,
  });
});

test('CloudWatch answers alarms, which can be set', async () => {
  const arn = attributes('aws_cloudwatch_metric_alarm.errors').arn;
  expect((await query('monitoring', { Action: 'DescribeAlarms' })).text).toContain(
    `<AlarmArn>${arn}</AlarmArn><StateValue>OK<`,
  );
  await query('monitoring', {
    Action: 'SetAlarmState',
    AlarmName: 'small-errors',
    StateValue: 'ALARM',
    StateReason: 'test',
  });
  const alarms = await query('monitoring', {
    Action: 'DescribeAlarms',
    'AlarmNames.member.1': 'small-errors',
  });
  expect(alarms.text).toContain('<StateValue>ALARM</StateValue><StateReason>test</StateReason>');
});

test('what is gone from a stack is gone here too, and ECS is asked about clusters', async () => {
  await rehearsal.applyChanged(({ resource }) => {
    delete resource?.aws_secretsmanager_secret;
    delete resource?.aws_secretsmanager_secret_version;
    delete resource?.aws_lb_listener?.redirect;
    delete resource?.aws_ecs_cluster;
    delete resource?.aws_ecs_cluster_capacity_providers;
    delete resource?.aws_ssm_parameter;
  });
  expect(rehearsal.get().listeners()).toHaveLength(1);
  expect(rehearsal.get().store.secrets.has('small/db')).toBe(false);
  const { clusterArns } = await rehearsal.get().call('ecs', 'ListClusters');
  expect(clusterArns).toEqual([]);
  await rehearsal.applyChanged(() => undefined);
  expect(rehearsal.get().listeners()).toHaveLength(2);
  expect(rehearsal.get().store.secrets.get('small/db')?.versions).toHaveLength(1);
});

test('an applied cluster is in ECS', async () => {
  const { clusterArns } = await rehearsal.get().call('ecs', 'ListClusters');
  expect(clusterArns).toHaveLength(1);
});
