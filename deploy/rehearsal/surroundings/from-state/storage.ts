import { createHash } from 'node:crypto';
import { newBucket } from '../services/s3';
import { addVersion } from '../services/secrets-manager';
import { number, optionalText, text } from './attributes';
import type { Mapping, Mappings } from './mapping';

const parameter: Mapping = {
  put(attributes, store, { now }) {
    const name = text(attributes, 'name');
    const before = store.parameters.get(name);
    store.parameters.set(name, {
      name,
      arn: text(attributes, 'arn'),
      type: optionalText(attributes, 'type') ?? 'String',
      value: optionalText(attributes, 'value') ?? text(attributes, 'insecure_value'),
      description: optionalText(attributes, 'description'),
      tier: optionalText(attributes, 'tier'),
      version: (before?.version ?? 0) + 1,
      lastModified: now,
    });
  },
  remove: (attributes, store) => void store.parameters.delete(text(attributes, 'name')),
};

const secret: Mapping = {
  put(attributes, store, { now }) {
    const name = text(attributes, 'name');
    const before = store.secrets.get(name);
    store.secrets.set(name, {
      name,
      arn: text(attributes, 'arn'),
      description: optionalText(attributes, 'description'),
      versions: before?.versions ?? [],
      createdAt: before?.createdAt ?? now,
    });
  },
  remove: (attributes, store) => void store.secrets.delete(text(attributes, 'name')),
};

const secretVersion: Mapping = {
  late: true,
  put(attributes, store, { now }) {
    const id = text(attributes, 'secret_id');
    const found = [...store.secrets.values()].find(({ arn, name }) => arn === id || name === id);
    const value = text(attributes, 'secret_string');
    const known = found?.versions.some((version) => version.value === value);
    if (found && !known) addVersion(found, value, now);
  },
  remove: () => undefined,
};

const repository: Mapping = {
  put(attributes, store, { now }) {
    const name = text(attributes, 'name');
    store.repositories.set(name, {
      name,
      arn: text(attributes, 'arn'),
      uri: text(attributes, 'repository_url'),
      tagMutability: optionalText(attributes, 'image_tag_mutability') ?? 'MUTABLE',
      createdAt: store.repositories.get(name)?.createdAt ?? now,
      policy: store.repositories.get(name)?.policy,
      lifecyclePolicy: store.repositories.get(name)?.lifecyclePolicy,
    });
  },
  remove: (attributes, store) => void store.repositories.delete(text(attributes, 'name')),
};

/** A document that completes a repository. */
const repositoryDocument = (member: 'policy' | 'lifecyclePolicy'): Mapping => ({
  late: true,
  put(attributes, store) {
    const found = store.repositories.get(text(attributes, 'repository'));
    if (found) store.repositories.set(found.name, { ...found, [member]: text(attributes, 'policy') });
  },
  remove(attributes, store) {
    const found = store.repositories.get(text(attributes, 'repository'));
    if (found) store.repositories.set(found.name, { ...found, [member]: undefined });
  },
});

const logGroup: Mapping = {
  put(attributes, store, { now }) {
    const name = text(attributes, 'name');
    const retention = number(attributes, 'retention_in_days', 0);
    store.logGroups.set(name, {
      name,
      arn: text(attributes, 'arn'),
      retentionInDays: retention === 0 ? undefined : retention,
      createdAt: store.logGroups.get(name)?.createdAt ?? now,
    });
  },
  remove: (attributes, store) => void store.logGroups.delete(text(attributes, 'name')),
};

const bucket: Mapping = {
  put(attributes, store, { now }) {
    const name = text(attributes, 'bucket');
    if (!store.buckets.has(name)) store.buckets.set(name, newBucket(now));
  },
  remove: (attributes, store) => void store.buckets.delete(text(attributes, 'bucket')),
};

const object: Mapping = {
  put(attributes, store, { now }) {
    const bucket = store.buckets.get(text(attributes, 'bucket')) ?? newBucket(now);
    store.buckets.set(text(attributes, 'bucket'), bucket);
    const encoded = optionalText(attributes, 'content_base64');
    const body =
      encoded === undefined ? Buffer.from(text(attributes, 'content')) : Buffer.from(encoded, 'base64');
    bucket.objects.set(text(attributes, 'key'), {
      body,
      etag: createHash('md5').update(body).digest('hex'),
      contentType: optionalText(attributes, 'content_type') ?? 'application/octet-stream',
      lastModified: now,
    });
  },
  remove: (attributes, store) =>
    void store.buckets.get(text(attributes, 'bucket'))?.objects.delete(text(attributes, 'key')),
};

const alarm: Mapping = {
  put(attributes, store, { now }) {
    const name = text(attributes, 'alarm_name');
    const before = store.alarms.get(name);
    store.alarms.set(name, {
      name,
      arn: text(attributes, 'arn'),
      state: before?.state ?? 'OK',
      reason: before?.reason ?? 'The rehearsal has not seen this alarm change.',
      updatedAt: before?.updatedAt ?? now,
      details: {
        AlarmDescription: optionalText(attributes, 'alarm_description'),
        ActionsEnabled: attributes.actions_enabled !== false,
        MetricName: optionalText(attributes, 'metric_name'),
        Namespace: optionalText(attributes, 'namespace'),
        Statistic: optionalText(attributes, 'statistic'),
        Period: number(attributes, 'period', 60),
        EvaluationPeriods: number(attributes, 'evaluation_periods', 1),
        Threshold: number(attributes, 'threshold', 0),
        ComparisonOperator: text(attributes, 'comparison_operator'),
        Dimensions: Object.entries((attributes.dimensions ?? {}) as Record<string, unknown>).map(
          ([Name, Value]) => ({
            Name,
            Value: String(Value),
          }),
        ),
      },
    });
  },
  remove: (attributes, store) => void store.alarms.delete(text(attributes, 'alarm_name')),
};

export const storage: Mappings = {
  aws_ssm_parameter: parameter,
  aws_secretsmanager_secret: secret,
  aws_secretsmanager_secret_version: secretVersion,
  aws_ecr_repository: repository,
  aws_ecr_repository_policy: repositoryDocument('policy'),
  aws_ecr_lifecycle_policy: repositoryDocument('lifecyclePolicy'),
  aws_cloudwatch_log_group: logGroup,
  aws_s3_bucket: bucket,
  aws_s3_object: object,
  aws_cloudwatch_metric_alarm: alarm,
};
