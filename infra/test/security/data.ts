import { at, every, type One, type Rule, type Stack } from './rule';

/** What says something of a bucket. Others refer to it by its policy, which must be there first. */
const aboutBucket = (bucket: One, stack: Stack, type: string): One[] => {
  const policies = stack.about(bucket, 'aws_s3_bucket_policy');
  return [bucket, ...policies].flatMap((one) => stack.about(one, type));
};
const OWN_KEY = /aws_kms_key\.|^arn:/;
const hasOwnKey = (value: unknown) => typeof value === 'string' && OWN_KEY.test(value);
const isWorld = (principal: unknown) =>
  ['"*"', '{"AWS":"*"}', '{"AWS":["*"]}'].includes(JSON.stringify(principal));

export const dataRules: readonly Rule[] = [
  every(
    'aws_ecr_repository',
    {
      id: 'tags-immutable',
      checks: 'ECR.2, CKV_AWS_51, AVD-AWS-0031',
      says: 'An image tag means one image for ever',
    },
    ({ values }) => values.image_tag_mutability === 'IMMUTABLE',
  ),
  every(
    'aws_ecr_repository',
    {
      id: 'images-scanned',
      checks: 'ECR.1, CKV_AWS_163, AVD-AWS-0030',
      says: 'Images are scanned when they are pushed',
    },
    (repository) => at(repository, 'image_scanning_configuration.scan_on_push') === true,
  ),
  every(
    'aws_ecr_repository',
    { id: 'images-tidied', checks: 'ECR.3', says: 'Old images are dropped' },
    (repository, stack) => stack.about(repository, 'aws_ecr_lifecycle_policy').length > 0,
  ),
  every(
    'aws_ecr_repository',
    { id: 'images-encrypted', checks: 'CKV_AWS_136, AVD-AWS-0033', says: 'Images are encrypted by KMS' },
    (repository) => at(repository, 'encryption_configuration.encryption_type') === 'KMS',
  ),
  every(
    'aws_ecr_repository',
    { id: 'images-own-key', checks: 'ECR.5', says: 'Images are encrypted with a key of our own' },
    (repository) => hasOwnKey(at(repository, 'encryption_configuration.kms_key')),
  ),
  {
    id: 'nothing-for-everybody',
    checks:
      'CKV_AWS_32, CKV_AWS_33, CKV_AWS_70, CKV_AWS_93, CKV_AWS_169, CKV_AWS_385, S3.2, SNS.4, AVD-AWS-0032',
    says: 'No policy of a repository, bucket, topic or key allows anything to everybody',
    broken: (stack) =>
      stack
        .statements(
          'policy',
          'aws_ecr_repository_policy',
          'aws_s3_bucket_policy',
          'aws_sns_topic_policy',
          'aws_kms_key',
        )
        .filter(({ effect, principal }) => effect === 'Allow' && isWorld(principal))
        .map(({ place }) => place),
  },
  every(
    'aws_kms_key',
    { id: 'key-rotates', checks: 'KMS.4, CKV_AWS_7, AVD-AWS-0065', says: 'Keys are renewed every year' },
    ({ values }) => values.enable_key_rotation === true,
  ),
  every(
    'aws_kms_key',
    { id: 'key-policy', checks: 'KMS.5, CKV2_AWS_64', says: 'Keys have a policy that is written down' },
    ({ values }) => values.policy !== undefined,
  ),
  every(
    'aws_cloudwatch_log_group',
    { id: 'logs-end', checks: 'CKV_AWS_66', says: 'Logs are kept for a time that is said' },
    ({ values }) => Number(values.retention_in_days) > 0,
  ),
  every(
    'aws_cloudwatch_log_group',
    { id: 'logs-kept-a-year', checks: 'CloudWatch.16, CKV_AWS_338', says: 'Logs are kept a year or longer' },
    ({ values }) => Number(values.retention_in_days) >= 365,
  ),
  every(
    'aws_cloudwatch_log_group',
    {
      id: 'logs-own-key',
      checks: 'CKV_AWS_158, AVD-AWS-0017',
      says: 'Logs are encrypted with a key of our own',
    },
    ({ values }) => hasOwnKey(values.kms_key_id),
  ),
  every(
    'aws_sns_topic',
    {
      id: 'topics-encrypted',
      checks: 'SNS.1, CKV_AWS_26, AVD-AWS-0095, AVD-AWS-0136',
      says: 'Topics are encrypted',
    },
    ({ values }) => values.kms_master_key_id !== undefined,
  ),
  every(
    'aws_s3_bucket',
    { id: 'bucket-encrypted', checks: 'CKV_AWS_19, AVD-AWS-0088', says: 'Buckets are encrypted' },
    (bucket, stack) =>
      aboutBucket(bucket, stack, 'aws_s3_bucket_server_side_encryption_configuration').length > 0,
  ),
  every(
    'aws_s3_bucket',
    {
      id: 'bucket-own-key',
      checks: 'S3.17, CKV_AWS_145, AVD-AWS-0132',
      says: 'Buckets are encrypted with a key of our own',
    },
    (bucket, stack) =>
      aboutBucket(bucket, stack, 'aws_s3_bucket_server_side_encryption_configuration').some((one) =>
        hasOwnKey(at(one, 'rule.apply_server_side_encryption_by_default.kms_master_key_id')),
      ),
  ),
  every(
    'aws_s3_bucket',
    {
      id: 'bucket-closed',
      checks:
        'S3.1, S3.3, S3.8, CKV_AWS_53, CKV_AWS_54, CKV_AWS_55, CKV_AWS_56, CKV2_AWS_6, AVD-AWS-0086, AVD-AWS-0087, AVD-AWS-0091, AVD-AWS-0093',
      says: 'No bucket can be opened to the public',
    },
    (bucket, stack) =>
      aboutBucket(bucket, stack, 'aws_s3_bucket_public_access_block').some(({ values }) =>
        ['block_public_acls', 'block_public_policy', 'ignore_public_acls', 'restrict_public_buckets'].every(
          (member) => values[member] === true,
        ),
      ),
  ),
  every(
    'aws_s3_bucket',
    {
      id: 'bucket-without-acl',
      checks: 'S3.12, CKV2_AWS_65, AVD-AWS-0092',
      says: 'Buckets have no access lists beside their policy',
    },
    (bucket, stack) =>
      aboutBucket(bucket, stack, 'aws_s3_bucket_ownership_controls').some(
        (one) => at(one, 'rule.object_ownership') === 'BucketOwnerEnforced',
      ),
  ),
  every(
    'aws_s3_bucket',
    { id: 'bucket-tls', checks: 'S3.5, CKV_AWS_379', says: 'Buckets are reached by TLS alone' },
    (bucket, stack) =>
      stack
        .about(bucket, 'aws_s3_bucket_policy')
        .some(({ values }) =>
          /"Effect":"Deny"[^{]*\{"AWS":"\*"\},"Action":"s3:\*"[^{]*\{"Bool":\{"aws:SecureTransport":"false"\}\}/.test(
            String(values.policy),
          ),
        ),
  ),
  every(
    'aws_s3_bucket',
    {
      id: 'bucket-versioned',
      checks: 'S3.14, CKV_AWS_21, AVD-AWS-0090',
      says: 'Buckets keep earlier versions',
    },
    (bucket, stack) =>
      aboutBucket(bucket, stack, 'aws_s3_bucket_versioning').some(
        (one) => at(one, 'versioning_configuration.status') === 'Enabled',
      ),
  ),
  every(
    'aws_s3_bucket',
    {
      id: 'bucket-tidied',
      checks: 'S3.13, CKV2_AWS_61, CKV_AWS_300',
      says: 'Buckets drop what is old, and uploads that were never finished',
    },
    (bucket, stack) =>
      aboutBucket(bucket, stack, 'aws_s3_bucket_lifecycle_configuration').some(
        (one) => at(one, 'rule.abort_incomplete_multipart_upload') !== undefined,
      ),
  ),
  every(
    'aws_s3_bucket',
    {
      id: 'bucket-access-logged',
      checks: 'S3.9, CKV_AWS_18, AVD-AWS-0089',
      says: 'Who reads a bucket is logged',
    },
    (bucket, stack) => aboutBucket(bucket, stack, 'aws_s3_bucket_logging').length > 0,
  ),
  every(
    'aws_s3_bucket',
    { id: 'bucket-copied', checks: 'S3.7, CKV_AWS_144', says: 'Buckets are copied to another region' },
    (bucket, stack) => aboutBucket(bucket, stack, 'aws_s3_bucket_replication_configuration').length > 0,
  ),
  every(
    'aws_s3_bucket',
    {
      id: 'bucket-events',
      checks: 'S3.11, CKV2_AWS_62',
      says: 'Somebody hears of what is written to a bucket',
    },
    (bucket, stack) => aboutBucket(bucket, stack, 'aws_s3_bucket_notification').length > 0,
  ),
  every(
    'aws_efs_file_system',
    {
      id: 'files-encrypted',
      checks: 'EFS.1, CKV_AWS_42, CKV_AWS_184, AVD-AWS-0037',
      says: 'Files are encrypted, with a key of our own',
    },
    ({ values }) => values.encrypted === true && hasOwnKey(values.kms_key_id),
  ),
  every(
    'aws_efs_access_point',
    {
      id: 'files-by-one-user',
      checks: 'EFS.3, EFS.4, CKV_AWS_329, CKV_AWS_330',
      says: 'Files are reached in a folder of their own, by a user that is not root',
    },
    (point) => Number(at(point, 'posix_user.uid')) > 0 && String(at(point, 'root_directory.path')).length > 1,
  ),
  every(
    'aws_efs_mount_target',
    { id: 'files-private', checks: 'EFS.6', says: 'Files are mounted in private subnets' },
    (target) => /aws_subnet\.network_(private|isolated)_/.test(String(target.values.subnet_id)),
  ),
  every(
    'aws_efs_file_system',
    { id: 'files-backed-up', checks: 'EFS.2, EFS.7, CKV2_AWS_18', says: 'Files are copied every day' },
    (files, stack) => stack.about(files, 'aws_efs_backup_policy', 'aws_backup_selection').length > 0,
  ),
  every(
    'aws_ssm_parameter',
    { id: 'parameters-encrypted', checks: 'CKV_AWS_337, CKV2_AWS_34', says: 'Parameters are encrypted' },
    ({ values }) => values.type === 'SecureString',
  ),
  every(
    'aws_secretsmanager_secret',
    {
      id: 'secrets-own-key',
      checks: 'CKV_AWS_149, AVD-AWS-0098',
      says: 'Secrets are encrypted with a key of our own',
    },
    ({ values }) => hasOwnKey(values.kms_key_id),
  ),
  every(
    'aws_secretsmanager_secret',
    {
      id: 'secrets-renewed',
      checks: 'SecretsManager.1, CKV2_AWS_57',
      says: 'Secrets are renewed by themselves',
    },
    (secret, stack) => stack.about(secret, 'aws_secretsmanager_secret_rotation').length > 0,
  ),
  every(
    'aws_secretsmanager_secret_version',
    {
      id: 'no-secret-in-state',
      checks: 'CKV_SECRET_6',
      says: 'No value of a secret is in the code or in state',
    },
    () => false,
  ),
  every(
    'aws_cloudtrail',
    {
      id: 'trail-whole',
      checks: 'CloudTrail.1, CloudTrail.4, CKV_AWS_36, CKV_AWS_67, AVD-AWS-0014, AVD-AWS-0016',
      says: 'Calls of every region are written down, and each file is signed',
    },
    ({ values }) => values.is_multi_region_trail === true && values.enable_log_file_validation === true,
  ),
  every(
    'aws_cloudtrail',
    {
      id: 'trail-own-key',
      checks: 'CloudTrail.2, CKV_AWS_35, AVD-AWS-0015',
      says: 'What CloudTrail writes has a key of our own',
    },
    ({ values }) => hasOwnKey(values.kms_key_id),
  ),
  every(
    'aws_cloudtrail',
    {
      id: 'trail-to-logs',
      checks: 'CloudTrail.5, CKV2_AWS_10, AVD-AWS-0162',
      says: 'CloudTrail writes to CloudWatch too',
    },
    ({ values }) => values.cloud_watch_logs_group_arn !== undefined,
  ),
  every(
    'aws_codepipeline',
    { id: 'artifacts-own-key', checks: 'CKV_AWS_219', says: 'Artifacts of a pipeline have a key of our own' },
    (pipeline) => hasOwnKey(at(pipeline, 'artifact_store.encryption_key.id')),
  ),
];
