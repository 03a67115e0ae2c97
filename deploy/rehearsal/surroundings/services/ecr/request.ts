import { ApiError, requiredString, type Message } from '../../../api/operation';
import type { ImageStore } from '../../../images/image-store';
import type { Image } from '../../../images/image';
import type { Repository, Store } from '../../store';
import { numberOr, page } from '../page';

/** What the operations of ECR work on. */
export interface EcrContext {
  store: Store;
  images: ImageStore;
  /** Milliseconds since the epoch, as clients see it. */
  now: () => number;
  /** Base of the addresses that GetDownloadUrlForLayer gives out. */
  endpoint: () => string;
}

export interface ImageId {
  imageDigest?: string;
  imageTag?: string;
}

/** The repository that a request names. @throws ApiError `RepositoryNotFoundException`. */
export function repositoryOf({ store }: EcrContext, input: Message): Repository {
  const name = requiredString(input, 'repositoryName');
  const known = store.repositories.get(name);
  if (known !== undefined) return known;
  throw new ApiError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${store.accountId}'`,
  );
}

export function findImage({ images }: EcrContext, repository: string, id: ImageId): Image | undefined {
  return images
    .list(repository)
    .find(
      (image) =>
        (id.imageDigest === undefined || image.digest === id.imageDigest) &&
        (id.imageTag === undefined || image.tags.includes(id.imageTag)),
    );
}

/** One page; ECR's tokens are refused as its other parameters are. */
export function pageOf<T>(entries: readonly T[], key: (entry: T) => string, input: Message) {
  const size = numberOr(input.maxResults, 100, { max: 1000 });
  return page(entries, key, size, input.nextToken, 'InvalidParameterException');
}
