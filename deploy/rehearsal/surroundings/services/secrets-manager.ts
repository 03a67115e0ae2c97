import { createHash } from 'node:crypto';
import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../api/operation';
import type { Secret, Store } from '../store';
import { numberOr, page, sortedBy } from './page';

/** Secrets Manager: secrets with versions and stages. Nothing is encrypted, and nothing is scheduled for deletion. */
export function secretsManager(store: Store, now: () => number): ServiceOperations {
  const found = (input: Message) => {
    const secret = findSecret(store, requiredString(input, 'SecretId'));
    if (secret === undefined) {
      throw new ApiError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return secret;
  };
  const written = (secret: Secret) => {
    const tags = store.tags.pairsOf(secret.arn);
    return { ...described(secret), Tags: tags.length === 0 ? undefined : tags };
  };
  return {
    CreateSecret: (input) => {
      const name = requiredString(input, 'Name');
      if (store.secrets.has(name)) {
        throw new ApiError(
          'ResourceExistsException',
          `The operation failed because the secret ${name} already exists.`,
        );
      }
      const secret: Secret = {
        name,
        arn: secretArn(store, name),
        description: optionalString(input, 'Description'),
        versions: [],
        createdAt: now(),
      };
      store.secrets.set(name, secret);
      store.tags.add(secret.arn, input.Tags);
      const value = optionalString(input, 'SecretString');
      const version =
        value === undefined ? undefined : addVersion(secret, value, now(), input.ClientRequestToken);
      return { ARN: secret.arn, Name: name, VersionId: version };
    },

    UpdateSecret: (input) => {
      const secret = found(input);
      const value = optionalString(input, 'SecretString');
      const changed = { ...secret, description: optionalString(input, 'Description') ?? secret.description };
      store.secrets.set(secret.name, changed);
      const version =
        value === undefined ? undefined : addVersion(changed, value, now(), input.ClientRequestToken);
      return { ARN: secret.arn, Name: secret.name, VersionId: version };
    },

    ListSecretVersionIds: (input) => {
      const secret = found(input);
      const Versions = secret.versions.map(({ id, stages, createdAt }) => ({
        VersionId: id,
        VersionStages: stages,
        CreatedDate: createdAt / 1000,
      }));
      return { ARN: secret.arn, Name: secret.name, Versions };
    },

    GetResourcePolicy: (input) => {
      const { arn, name } = found(input);
      return { ARN: arn, Name: name };
    },

    TagResource: (input) => {
      store.tags.add(found(input).arn, input.Tags);
      return {};
    },

    UntagResource: (input) => {
      store.tags.remove(found(input).arn, list(input, 'TagKeys'));
      return {};
    },

    PutSecretValue: (input) => {
      const secret = found(input);
      const version = addVersion(
        secret,
        requiredString(input, 'SecretString'),
        now(),
        input.ClientRequestToken,
      );
      return { ARN: secret.arn, Name: secret.name, VersionId: version, VersionStages: ['AWSCURRENT'] };
    },

    GetSecretValue: (input) => {
      const secret = found(input);
      const stage = optionalString(input, 'VersionStage') ?? 'AWSCURRENT';
      const id = optionalString(input, 'VersionId');
      const version = secret.versions.find((entry) =>
        id === undefined ? entry.stages.includes(stage) : entry.id === id,
      );
      if (version === undefined) {
        const wanted = id === undefined ? `staging label: ${stage}` : `VersionId: ${id}`;
        throw new ApiError(
          'ResourceNotFoundException',
          `Secrets Manager can't find the specified secret value for ${wanted}`,
        );
      }
      return {
        ARN: secret.arn,
        Name: secret.name,
        VersionId: version.id,
        SecretString: version.value,
        VersionStages: version.stages,
        CreatedDate: version.createdAt / 1000,
      };
    },

    DescribeSecret: (input) => written(found(input)),

    ListSecrets: (input) => {
      const filters = list<{ Key?: string; Values?: string[] }>(input, 'Filters');
      const secrets = sortedBy(store.secrets.values(), (secret) => secret.name).filter((secret) =>
        filters.every(({ Key, Values = [] }) => Values.some((value) => carries(store, secret, Key, value))),
      );
      const size = numberOr(input.MaxResults, 100, { max: 100 });
      const { entries, next } = page(
        secrets,
        (secret) => secret.name,
        size,
        input.NextToken,
        'InvalidNextTokenException',
      );
      return { SecretList: entries.map(written), NextToken: next };
    },

    DeleteSecret: (input) => {
      const secret = found(input);
      store.secrets.delete(secret.name);
      store.tags.drop(secret.arn);
      return { ARN: secret.arn, Name: secret.name, DeletionDate: now() / 1000 };
    },
  };
}

/** Secrets have six more characters at the end of their ARN; they follow from the name, so that a restart keeps them. */
export function secretArn(store: Store, name: string): string {
  const suffix = createHash('sha256')
    .update(name)
    .digest('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 6);
  return store.arn('secretsmanager', `secret:${name}-${suffix}`);
}

/** By name, by ARN, or by ARN without its last six characters. */
export function findSecret(store: Store, nameOrArn: string): Secret | undefined {
  const byName = store.secrets.get(nameOrArn);
  if (byName !== undefined || !nameOrArn.startsWith('arn:')) return byName;
  return [...store.secrets.values()].find(({ arn }) => arn === nameOrArn || arn.slice(0, -7) === nameOrArn);
}

/** Adds a version as AWSCURRENT; the current one becomes AWSPREVIOUS. */
export function addVersion(secret: Secret, value: string, now: number, token?: unknown): string {
  const seed = `${secret.arn} ${secret.versions.length}`;
  const id = typeof token === 'string' ? token : uuidFrom(seed);
  for (const version of secret.versions) {
    version.stages = version.stages.includes('AWSCURRENT') ? ['AWSPREVIOUS'] : [];
  }
  secret.versions.push({ id, value, stages: ['AWSCURRENT'], createdAt: now });
  return id;
}

function uuidFrom(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function described(secret: Secret): Message {
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description,
    CreatedDate: secret.createdAt / 1000,
    VersionIdsToStages: Object.fromEntries(secret.versions.map((version) => [version.id, version.stages])),
  };
}

/** One filter of ListSecrets: the beginning of a name, words of a description, a tag. */
function carries(store: Store, secret: Secret, key: string | undefined, value: string): boolean {
  const tags = store.tags.pairsOf(secret.arn);
  switch (key) {
    case 'tag-key':
      return tags.some(({ Key }) => Key === value);
    case 'tag-value':
      return tags.some(({ Value }) => Value === value);
    case 'description':
      return secret.description?.includes(value) ?? false;
    default:
      return secret.name.startsWith(value);
  }
}
