import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../../api/operation';
import type { Repository } from '../../store';
import { sortedBy } from '../page';
import { pageOf, repositoryOf, type EcrContext } from './request';

/** Repositories, with their policies and tags. */
export function repositories(context: EcrContext): ServiceOperations {
  const { store, images, now } = context;
  const one = (input: Message) => repositoryOf(context, input);
  const change = (entry: Repository, changed: Partial<Repository>) =>
    void store.repositories.set(entry.name, { ...entry, ...changed });
  const named = ({ name }: Repository) => ({ registryId: store.accountId, repositoryName: name });
  const written = (entry: Repository) => ({
    repositoryArn: entry.arn,
    ...named(entry),
    repositoryUri: entry.uri,
    createdAt: entry.createdAt / 1000,
    imageTagMutability: entry.tagMutability,
    imageScanningConfiguration: { scanOnPush: false },
    encryptionConfiguration: { encryptionType: 'AES256' },
  });
  const ofArn = (input: Message) => {
    const arn = requiredString(input, 'resourceArn');
    const name = arn.slice(arn.indexOf(':repository/') + ':repository/'.length);
    return repositoryOf(context, { repositoryName: name }).arn;
  };
  const required = (entry: Repository, member: 'policy' | 'lifecyclePolicy', code: string, what: string) => {
    const text = entry[member];
    if (text !== undefined) return text;
    throw new ApiError(
      code,
      `${what} does not exist for the repository with name '${entry.name}' in the registry with id '${store.accountId}'`,
    );
  };
  return {
    CreateRepository: (input) => {
      const name = requiredString(input, 'repositoryName');
      if (!/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/.test(name)) {
        throw new ApiError(
          'InvalidParameterException',
          `Invalid parameter at 'repositoryName' failed to satisfy constraint: '${name}'`,
        );
      }
      if (store.repositories.has(name)) {
        throw new ApiError(
          'RepositoryAlreadyExistsException',
          `The repository with name '${name}' already exists in the registry with id '${store.accountId}'`,
        );
      }
      const entry: Repository = {
        name,
        arn: store.arn('ecr', `repository/${name}`),
        uri: images.repositoryUri(name),
        tagMutability: optionalString(input, 'imageTagMutability') ?? 'MUTABLE',
        createdAt: now(),
      };
      store.repositories.set(name, entry);
      store.tags.add(entry.arn, input.tags);
      images.createRepository(name, { immutableTags: entry.tagMutability === 'IMMUTABLE' });
      return { repository: written(entry) };
    },

    DescribeRepositories: (input) => {
      const names = list(input, 'repositoryNames');
      const found =
        names.length > 0 ? names.map((name) => one({ repositoryName: name })) : store.repositories.values();
      const { entries, next } = pageOf(
        sortedBy(found, ({ name }) => name),
        ({ name }) => name,
        input,
      );
      return { repositories: entries.map(written), nextToken: next };
    },

    DeleteRepository: (input) => {
      const entry = one(input);
      if (input.force !== true && images.list(entry.name).length > 0) {
        throw new ApiError(
          'RepositoryNotEmptyException',
          `The repository with name '${entry.name}' in registry with id '${store.accountId}' cannot be deleted because it still contains images`,
        );
      }
      store.repositories.delete(entry.name);
      store.tags.drop(entry.arn);
      images.removeRepository(entry.name);
      return { repository: written(entry) };
    },

    PutImageTagMutability: (input) => {
      const entry = one(input);
      const tagMutability = requiredString(input, 'imageTagMutability');
      change(entry, { tagMutability });
      images.createRepository(entry.name, { immutableTags: tagMutability === 'IMMUTABLE' });
      return { ...named(entry), imageTagMutability: tagMutability };
    },

    PutImageScanningConfiguration: (input) => ({
      ...named(one(input)),
      imageScanningConfiguration: input.imageScanningConfiguration,
    }),

    SetRepositoryPolicy: (input) => {
      const policy = requiredString(input, 'policyText');
      change(one(input), { policy });
      return { ...named(one(input)), policyText: policy };
    },

    GetRepositoryPolicy: (input) => {
      const entry = one(input);
      const code = 'RepositoryPolicyNotFoundException';
      return { ...named(entry), policyText: required(entry, 'policy', code, 'Repository policy') };
    },

    DeleteRepositoryPolicy: (input) => {
      const entry = one(input);
      const policyText = required(entry, 'policy', 'RepositoryPolicyNotFoundException', 'Repository policy');
      change(entry, { policy: undefined });
      return { ...named(entry), policyText };
    },

    PutLifecyclePolicy: (input) => {
      const lifecyclePolicy = requiredString(input, 'lifecyclePolicyText');
      change(one(input), { lifecyclePolicy });
      return { ...named(one(input)), lifecyclePolicyText: lifecyclePolicy };
    },

    GetLifecyclePolicy: (input) => {
      const entry = one(input);
      const code = 'LifecyclePolicyNotFoundException';
      return {
        ...named(entry),
        lifecyclePolicyText: required(entry, 'lifecyclePolicy', code, 'Lifecycle policy'),
      };
    },

    DeleteLifecyclePolicy: (input) => {
      const entry = one(input);
      const code = 'LifecyclePolicyNotFoundException';
      const lifecyclePolicyText = required(entry, 'lifecyclePolicy', code, 'Lifecycle policy');
      change(entry, { lifecyclePolicy: undefined });
      return { ...named(entry), lifecyclePolicyText };
    },

    ListTagsForResource: (input) => ({ tags: store.tags.pairsOf(ofArn(input)) }),

    TagResource: (input) => {
      store.tags.add(ofArn(input), input.tags);
      return {};
    },

    UntagResource: (input) => {
      store.tags.remove(ofArn(input), list(input, 'tagKeys'));
      return {};
    },
  };
}
