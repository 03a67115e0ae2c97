import type { EnvironmentSettings } from '../settings/settings';
import { addresses, attributes, resources, synthesiseFrom } from './synth';

const one = (name: string, more: Partial<EnvironmentSettings> = {}): EnvironmentSettings => ({
  name,
  services: [{ name: 'web' }, { name: 'api', paths: ['/api/*'] }],
  ...more,
});
const stack = synthesiseFrom({
  environments: [
    one('plain'),
    one('full', {
      protect: true,
      encryption: 'own',
      storage: { fileSystem: true, envFiles: true, secrets: ['database-url'] },
    }),
  ],
});
const statements = (name: string, address: string) =>
  (JSON.parse(String(attributes(stack(name), address).policy)) as { Statement: { Sid: string }[] }).Statement;
const statement = (name: string, address: string, sid: string) =>
  statements(name, address).find(({ Sid }) => Sid === sid);

test('without a setting there is none of it, neither in roles nor in the contract', () => {
  expect(addresses(stack('plain')).filter((address) => /storage_|efs|env_files/.test(address))).toEqual([]);
  const text = JSON.stringify(stack('plain'));
  for (const word of ['elasticfilesystem:Client', 'EnvFiles', 'file_system_id', 'env_file_bucket_arn'])
    expect(text).not.toContain(word);
});

describe('the file system', () => {
  test('is encrypted, and stays', () => {
    expect(attributes(stack('full'), 'aws_efs_file_system.storage_files')).toMatchObject({
      encrypted: true,
      kms_key_id: '${aws_kms_key.encryption_key.arn}',
      lifecycle: { prevent_destroy: true },
    });
  });

  test('can be mounted in every zone, from the tasks of services alone', () => {
    expect(Object.keys(resources(stack('full'), 'aws_efs_mount_target'))).toEqual([
      'storage_files_mount_a',
      'storage_files_mount_c',
    ]);
    const rules = Object.values(resources(stack('full'), 'aws_security_group_rule')).filter(
      ({ security_group_id }) => security_group_id === '${aws_security_group.storage_files_nfs.id}',
    );
    expect(
      rules.map(({ type, from_port, to_port, source_security_group_id }) => [
        type,
        from_port,
        to_port,
        source_security_group_id,
      ]),
    ).toEqual([
      ['ingress', 2049, 2049, '${aws_security_group.service_api_firewall_tasks.id}'],
      ['ingress', 2049, 2049, '${aws_security_group.service_web_firewall_tasks.id}'],
    ]);
  });

  test('lets the task role in through its access point alone, as a user that is not root', () => {
    expect(statement('full', 'aws_iam_role_policy.service_web_task_policy', 'Files')).toMatchObject({
      Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
      Resource: '${aws_efs_file_system.storage_files.arn}',
      Condition: {
        StringEquals: {
          'elasticfilesystem:AccessPointArn': '${aws_efs_access_point.storage_files_access_point.arn}',
        },
      },
    });
    expect(attributes(stack('full'), 'aws_efs_access_point.storage_files_access_point')).toMatchObject({
      posix_user: { uid: 1000, gid: 1000 },
    });
  });
});

test('env files: the objects, and where the bucket is, with no slash behind it', () => {
  const bucket = 'arn:aws:s3:::slipway-full-env-files-123456789012-ap-northeast-1';
  const policy = 'aws_iam_role_policy.service_web_execution_policy';
  expect(statement('full', policy, 'EnvFiles')).toMatchObject({
    Action: 's3:GetObject',
    Resource: `${bucket}/*`,
  });
  expect(statement('full', policy, 'EnvFileBucket')).toMatchObject({
    Action: 's3:GetBucketLocation',
    Resource: bucket,
  });
  expect(stack('full').output?.env_file_bucket_arn?.value).toBe(bucket);
});

test('secrets are named by path, encrypted, and their values are nowhere', () => {
  expect(attributes(stack('full'), 'aws_secretsmanager_secret.storage_secret_database_url')).toMatchObject({
    name: 'slipway/full/database-url',
    kms_key_id: '${aws_kms_key.encryption_key.arn}',
  });
  expect(resources(stack('full'), 'aws_secretsmanager_secret_version')).toEqual({});
});
