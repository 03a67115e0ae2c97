import { createHash } from 'node:crypto';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  ListTagsForResourceCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyCommand,
  PutImageCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  ListSecretsCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import {
  AddTagsToResourceCommand,
  DescribeParametersCommand,
  ListTagsForResourceCommand as ListParameterTagsCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { clientOf } from './support';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal({ runtime: 'simulated' });
});
afterAll(() => rehearsal.stop());

test('ECR: a manifest hashes to its digest, and names a configuration that can be had', async () => {
  const ecr = new ECRClient(clientOf(rehearsal));
  const repositoryName = 'team/digests';
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  const sample = rehearsal.images.describe('sample/ok:1');
  rehearsal.images.push(sample, repositoryName, ['1']);
  const { images } = await ecr.send(
    new BatchGetImageCommand({ repositoryName, imageIds: [{ imageTag: '1' }] }),
  );
  const [image] = images ?? [];
  const text = image?.imageManifest ?? '';
  expect(`sha256:${createHash('sha256').update(text).digest('hex')}`).toBe(sample.digest);
  expect(image?.imageId).toEqual({ imageDigest: sample.digest, imageTag: '1' });
  const { config } = JSON.parse(text) as { config: { digest: string; size: number } };
  const { downloadUrl } = await ecr.send(
    new GetDownloadUrlForLayerCommand({ repositoryName, layerDigest: config.digest }),
  );
  const blob = await (await fetch(downloadUrl ?? '')).text();
  expect(blob).toHaveLength(config.size);
  expect(JSON.parse(blob)).toMatchObject({ architecture: 'amd64', config: { Cmd: ['node', 'main.js'] } });
  await ecr.send(new PutImageCommand({ repositoryName, imageManifest: text, imageTag: 'again' }));
  expect(rehearsal.images.describe('team/digests:again').digest).toBe(sample.digest);
});

test('ECR: repositories and images come and go', async () => {
  const ecr = new ECRClient(clientOf(rehearsal));
  const repositoryName = 'team/going';
  const created = await ecr.send(
    new CreateRepositoryCommand({ repositoryName, imageTagMutability: 'IMMUTABLE' }),
  );
  expect(created.repository?.repositoryUri).toBe(`${rehearsal.images.registry}/${repositoryName}`);
  await expect(ecr.send(new CreateRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
    name: 'RepositoryAlreadyExistsException',
  });
  await expect(ecr.send(new CreateRepositoryCommand({ repositoryName: 'No Spaces' }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  const policy = { repositoryName, lifecyclePolicyText: '{"rules":[]}' };
  await expect(ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).rejects.toMatchObject({
    name: 'LifecyclePolicyNotFoundException',
  });
  await ecr.send(new PutLifecyclePolicyCommand(policy));
  expect(await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }))).toMatchObject(policy);

  const { digest } = rehearsal.images.push(rehearsal.images.describe('sample/ok:1'), repositoryName, [
    'a',
    'b',
  ]);
  await expect(ecr.send(new DeleteRepositoryCommand({ repositoryName }))).rejects.toMatchObject({
    name: 'RepositoryNotEmptyException',
  });
  const remove = (imageIds: { imageTag?: string; imageDigest?: string }[]) =>
    ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds }));
  expect(await remove([{ imageTag: 'a' }, { imageTag: 'zzz' }])).toMatchObject({
    imageIds: [{ imageTag: 'a', imageDigest: digest }],
    failures: [{ failureCode: 'ImageNotFound' }],
  });
  const left = await ecr.send(new DescribeImagesCommand({ repositoryName, filter: { tagStatus: 'TAGGED' } }));
  expect(left.imageDetails).toMatchObject([{ imageTags: ['b'] }]);
  await remove([{ imageDigest: digest }]);
  expect(rehearsal.images.resolve(`${repositoryName}:b`)).toBeUndefined();
  await ecr.send(new DeleteRepositoryCommand({ repositoryName }));
  const repositoryNames = [repositoryName];
  await expect(ecr.send(new DescribeRepositoriesCommand({ repositoryNames }))).rejects.toMatchObject({
    name: 'RepositoryNotFoundException',
  });
});

test('S3 keeps a bucket settings, copies, reads ranges, and deletes many at once', async () => {
  const s3 = new S3Client({ ...clientOf(rehearsal), forcePathStyle: true });
  const Bucket = 'many';
  await s3.send(new CreateBucketCommand({ Bucket }));
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
  await expect(s3.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchBucketPolicy',
  });
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: '{"Statement":[]}' }));
  expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe('{"Statement":[]}');

  await s3.send(new PutObjectCommand({ Bucket, Key: 'a&b', Body: '0123456789' }));
  await s3.send(
    new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/${encodeURIComponent('a&b')}` }),
  );
  const range = async (Range: string) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: 'copy', Range }));
    return [answer.ContentRange, await answer.Body?.transformToString()];
  };
  expect(await range('bytes=2-4')).toEqual(['bytes 2-4/10', '234']);
  expect(await range('bytes=-3')).toEqual(['bytes 7-9/10', '789']);
  await expect(range('bytes=20-')).rejects.toMatchObject({ name: 'InvalidRange' });
  expect(rehearsal.controlPlane.surroundings.objectText?.(Bucket, 'copy')).toBe('0123456789');

  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: 'BucketNotEmpty',
  });
  await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'a&b' }, { Key: 'copy' }] } }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

test('parameters and secrets are described, filtered and tagged', async () => {
  const ssm = new SSMClient(clientOf(rehearsal));
  for (const Name of ['/team/a', '/team/b', '/other']) {
    await ssm.send(new PutParameterCommand({ Name, Value: 'x', Type: 'String', Description: `of ${Name}` }));
  }
  const described = await ssm.send(
    new DescribeParametersCommand({
      ParameterFilters: [{ Key: 'Path', Option: 'Recursive', Values: ['/team'] }],
    }),
  );
  expect(described.Parameters).toMatchObject([
    { Name: '/team/a', Description: 'of /team/a' },
    { Name: '/team/b' },
  ]);
  const parameter = { ResourceType: 'Parameter' as const, ResourceId: '/team/a' };
  await ssm.send(new AddTagsToResourceCommand({ ...parameter, Tags: [{ Key: 'a', Value: 'b' }] }));
  expect((await ssm.send(new ListParameterTagsCommand(parameter))).TagList).toEqual([
    { Key: 'a', Value: 'b' },
  ]);

  const secrets = new SecretsManagerClient(clientOf(rehearsal));
  await secrets.send(new CreateSecretCommand({ Name: 'team/key', SecretString: '1' }));
  await secrets.send(new CreateSecretCommand({ Name: 'other/key', SecretString: '1' }));
  await secrets.send(
    new UpdateSecretCommand({ SecretId: 'team/key', Description: 'the key', SecretString: '2' }),
  );
  await secrets.send(new TagResourceCommand({ SecretId: 'team/key', Tags: [{ Key: 'a', Value: 'b' }] }));
  expect(await secrets.send(new DescribeSecretCommand({ SecretId: 'team/key' }))).toMatchObject({
    Description: 'the key',
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  const found = await secrets.send(new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['team/'] }] }));
  expect(found.SecretList).toMatchObject([{ Name: 'team/key' }]);
});

test('log groups have retention and tags; streams can be deleted; instants are whole', async () => {
  const logs = new CloudWatchLogsClient(clientOf(rehearsal));
  const logGroupName = '/team/web';
  await logs.send(new CreateLogGroupCommand({ logGroupName, tags: { a: 'b' } }));
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 14 }));
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
  const [group] = logGroups ?? [];
  expect(group).toMatchObject({ retentionInDays: 14 });
  expect(Number.isInteger(group?.creationTime)).toBe(true);
  const resourceArn = group?.logGroupArn;
  expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ a: 'b' });
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName: 's' }));
  await logs.send(new DeleteLogStreamCommand({ logGroupName, logStreamName: 's' }));
  expect((await logs.send(new DescribeLogStreamsCommand({ logGroupName }))).logStreams).toEqual([]);
});
