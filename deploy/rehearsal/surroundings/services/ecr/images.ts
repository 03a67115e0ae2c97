import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../../api/operation';
import type { Image } from '../../../images/image';
import { ImageError, type ImageStore } from '../../../images/image-store';
import { configType, manifestType, sha256 } from '../../../images/manifest';
import { sortedBy } from '../page';
import { findImage, pageOf, repositoryOf, type EcrContext, type ImageId } from './request';

const idOf = ({ imageDigest, imageTag }: ImageId): ImageId => ({
  ...(imageDigest === undefined ? {} : { imageDigest }),
  ...(imageTag === undefined ? {} : { imageTag }),
});

/** Images of the store. Manifests are OCI's and hash to the image's digest; layers are no blobs and cannot be pulled. */
export function images(context: EcrContext): ServiceOperations {
  const { store, images: kept, endpoint } = context;
  const named = (name: string) => ({ registryId: store.accountId, repositoryName: name });
  const one = (input: Message) => repositoryOf(context, input);
  const withStatus = (input: Message) => {
    const status = (input.filter as { tagStatus?: string } | undefined)?.tagStatus ?? 'ANY';
    return ({ tags }: Image) => status === 'ANY' || tags.length > 0 === (status === 'TAGGED');
  };
  return {
    DescribeImages: (input) => {
      const { name } = one(input);
      const ids = list<ImageId>(input, 'imageIds');
      const found =
        ids.length === 0
          ? kept.list(name).filter(withStatus(input))
          : ids.map((id) => findImage(context, name, id) ?? missing(store.accountId, name, id));
      const distinct = new Map(found.map((image) => [image.digest, image])).values();
      const { entries, next } = pageOf(
        sortedBy(distinct, ({ digest }) => digest),
        ({ digest }) => digest,
        input,
      );
      return {
        imageDetails: entries.map((image) => ({
          ...named(name),
          imageDigest: image.digest,
          imageTags: image.tags.length > 0 ? image.tags : undefined,
          imageSizeInBytes: image.sizeInBytes,
          imagePushedAt: image.pushedAt / 1000,
          imageManifestMediaType: manifestType,
          artifactMediaType: configType,
        })),
        nextToken: next,
      };
    },

    ListImages: (input) => {
      const { name } = one(input);
      const ids: ImageId[] = kept
        .list(name)
        .filter(withStatus(input))
        .flatMap(({ digest, tags }) =>
          tags.length === 0
            ? [{ imageDigest: digest }]
            : tags.map((imageTag) => ({ imageDigest: digest, imageTag })),
        );
      const key = (id: ImageId) => `${id.imageDigest} ${id.imageTag ?? ''}`;
      const { entries, next } = pageOf(sortedBy(ids, key), key, input);
      return { imageIds: entries, nextToken: next };
    },

    BatchGetImage: (input) => {
      const { name } = one(input);
      const found = list<ImageId>(input, 'imageIds').map((id) => ({
        id,
        image: findImage(context, name, id),
      }));
      return {
        images: found.flatMap(({ id, image }) => {
          if (image === undefined) return [];
          return [
            {
              ...named(name),
              imageId: { ...idOf(id), imageDigest: image.digest },
              imageManifest: kept.documents(image.digest)?.manifest,
              imageManifestMediaType: manifestType,
            },
          ];
        }),
        failures: found.filter(({ image }) => image === undefined).map(({ id }) => notFound(id)),
      };
    },

    BatchCheckLayerAvailability: (input) => {
      const { name } = one(input);
      const blobs = new Set(
        kept.list(name).flatMap(({ digest }) => {
          const documents = kept.documents(digest);
          return documents === undefined ? [] : [documents.layerDigest, sha256(documents.config)];
        }),
      );
      return {
        layers: list(input, 'layerDigests').map((layerDigest) => ({
          layerDigest,
          layerAvailability: blobs.has(layerDigest) ? 'AVAILABLE' : 'UNAVAILABLE',
        })),
        failures: [],
      };
    },

    GetDownloadUrlForLayer: (input) => {
      const { name } = one(input);
      const layerDigest = requiredString(input, 'layerDigest');
      if (configBlob(kept, name, layerDigest) === undefined) {
        throw new ApiError(
          'LayersNotFoundException',
          `The layer '${layerDigest}' is not found in the repository '${name}'.`,
        );
      }
      return { downloadUrl: `${endpoint()}/-/ecr/${encodeURIComponent(name)}/${layerDigest}`, layerDigest };
    },

    PutImage: (input) => {
      const { name, uri } = one(input);
      const tag = optionalString(input, 'imageTag');
      const digest = sha256(requiredString(input, 'imageManifest'));
      const image = kept.packaged(digest);
      if (image === undefined) {
        throw new ApiError(
          'InvalidParameterException',
          `The rehearsal has no image ${digest}: package one into its store; layers cannot be uploaded.`,
        );
      }
      try {
        kept.push(image, uri, tag === undefined ? [] : [tag]);
      } catch (error) {
        throw error instanceof ImageError ? new ApiError(error.code, error.message) : error;
      }
      const imageId = { imageDigest: digest, ...(tag === undefined ? {} : { imageTag: tag }) };
      return { image: { ...named(name), imageId, imageManifest: input.imageManifest } };
    },

    BatchDeleteImage: (input) => {
      const { name } = one(input);
      const results = list<ImageId>(input, 'imageIds').map((id) => {
        const image = findImage(context, name, id);
        if (image === undefined) return { failure: notFound(id) };
        // By its tag alone an image only loses that tag, unless it was the last one.
        if (id.imageDigest === undefined && id.imageTag !== undefined && image.tags.length > 1) {
          kept.untag(name, id.imageTag);
        } else kept.remove(name, image.digest);
        return { imageId: { ...idOf(id), imageDigest: image.digest } };
      });
      return {
        imageIds: results.flatMap(({ imageId }) => imageId ?? []),
        failures: results.flatMap(({ failure }) => failure ?? []),
      };
    },

    GetAuthorizationToken: () => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from('AWS:rehearsal').toString('base64'),
          expiresAt: context.now() / 1000 + 12 * 3600,
          proxyEndpoint: `https://${kept.registry}`,
        },
      ],
    }),
  };
}

/** The blob behind an address of GetDownloadUrlForLayer: an image's configuration. Layers are not stored as blobs. */
export function configBlob(images: ImageStore, repository: string, digest: string): string | undefined {
  return images
    .list(repository)
    .map((image) => images.documents(image.digest)?.config)
    .find((text) => text !== undefined && sha256(text) === digest);
}

const notFound = (imageId: ImageId) => ({
  imageId,
  failureCode: 'ImageNotFound',
  failureReason: 'Requested image not found',
});

function missing(accountId: string, repository: string, id: ImageId): never {
  throw new ApiError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'} does not exist ` +
      `within the repository with name '${repository}' in the registry with id '${accountId}'`,
  );
}
