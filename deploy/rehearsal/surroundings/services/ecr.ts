import { createHash } from 'node:crypto';
import {
  ApiError,
  list,
  optionalString,
  requiredString,
  type Message,
  type ServiceOperations,
} from '../../api/operation';
import type { Image } from '../../images/image';
import { ImageError, type ImageStore } from '../../images/image-store';
import type { Store } from '../store';
import { numberOr, page, sortedBy } from './page';

interface ImageId {
  imageDigest?: string;
  imageTag?: string;
}

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';

/**
 * ECR over the image store. An image's digest is that of the store's own manifest; the OCI manifest that
 * BatchGetImage answers with is written from it, so that clients can read architecture, size and configuration.
 * @param endpoint base of the addresses that GetDownloadUrlForLayer gives out.
 */
export function ecr(
  store: Store,
  images: ImageStore,
  now: () => number,
  endpoint: () => string,
): ServiceOperations {
  const repository = (input: Message) => {
    const name = requiredString(input, 'repositoryName');
    const known = store.repositories.get(name);
    if (known !== undefined) return known;
    throw new ApiError(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry with id '${store.accountId}'`,
    );
  };
  const imagesOf = (name: string) => images.list(name);
  const wanted = (name: string, id: ImageId) =>
    imagesOf(name).find(
      (image) =>
        (id.imageDigest === undefined || image.digest === id.imageDigest) &&
        (id.imageTag === undefined || image.tags.includes(id.imageTag)),
    );

  return {
    GetAuthorizationToken: () => ({
      authorizationData: [
        {
          authorizationToken: Buffer.from('AWS:rehearsal').toString('base64'),
          expiresAt: now() / 1000 + 12 * 3600,
          proxyEndpoint: `https://${images.registry}`,
        },
      ],
    }),

    DescribeRepositories: (input) => {
      const names = list(input, 'repositoryNames');
      const found =
        names.length > 0
          ? names.map((name) => repository({ repositoryName: name }))
          : [...store.repositories.values()];
      const sorted = sortedBy(found, (entry) => entry.name);
      const size = numberOr(input.maxResults, 100, { max: 1000 });
      const { entries, next } = page(
        sorted,
        (entry) => entry.name,
        size,
        input.nextToken,
        'InvalidParameterException',
      );
      return {
        repositories: entries.map((entry) => ({
          repositoryArn: entry.arn,
          registryId: store.accountId,
          repositoryName: entry.name,
          repositoryUri: entry.uri,
          createdAt: entry.createdAt / 1000,
          imageTagMutability: entry.tagMutability,
          imageScanningConfiguration: { scanOnPush: false },
          encryptionConfiguration: { encryptionType: 'AES256' },
        })),
        nextToken: next,
      };
    },

    DescribeImages: (input) => {
      const { name } = repository(input);
      const ids = list<ImageId>(input, 'imageIds');
      const found =
        ids.length === 0 ? imagesOf(name) : ids.map((id) => wanted(name, id) ?? missing(store, name, id));
      const sorted = sortedBy(
        new Map(found.map((image) => [image.digest, image])).values(),
        (image) => image.digest,
      );
      const size = numberOr(input.maxResults, 100, { max: 1000 });
      const { entries, next } = page(
        sorted,
        (image) => image.digest,
        size,
        input.nextToken,
        'InvalidParameterException',
      );
      return {
        imageDetails: entries.map((image) => ({
          registryId: store.accountId,
          repositoryName: name,
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
      const { name } = repository(input);
      const ids = imagesOf(name).flatMap((image) =>
        image.tags.length === 0
          ? [{ imageDigest: image.digest }]
          : image.tags.map((imageTag) => ({ imageDigest: image.digest, imageTag })),
      );
      const key = (id: ImageId) => `${id.imageDigest} ${id.imageTag ?? ''}`;
      const size = numberOr(input.maxResults, 100, { max: 1000 });
      const { entries, next } = page(
        sortedBy(ids, key),
        key,
        size,
        input.nextToken,
        'InvalidParameterException',
      );
      return { imageIds: entries, nextToken: next };
    },

    BatchGetImage: (input) => {
      const { name } = repository(input);
      const found = list<ImageId>(input, 'imageIds').map((id) => ({ id, image: wanted(name, id) }));
      return {
        images: found.flatMap(({ id, image }) => {
          if (image === undefined) return [];
          const imageId = { imageDigest: image.digest, ...(id.imageTag ? { imageTag: id.imageTag } : {}) };
          const imageManifest = JSON.stringify(manifestOf(image));
          return [
            {
              registryId: store.accountId,
              repositoryName: name,
              imageId,
              imageManifest,
              imageManifestMediaType: manifestType,
            },
          ];
        }),
        failures: found
          .filter(({ image }) => image === undefined)
          .map(({ id }) => ({
            imageId: id,
            failureCode: 'ImageNotFound',
            failureReason: 'Requested image not found',
          })),
      };
    },

    GetDownloadUrlForLayer: (input) => {
      const { name } = repository(input);
      const layerDigest = requiredString(input, 'layerDigest');
      if (configBlob(images, name, layerDigest) === undefined) {
        throw new ApiError(
          'LayersNotFoundException',
          `The layer '${layerDigest}' is not found in the repository '${name}'.`,
        );
      }
      return { downloadUrl: `${endpoint()}/-/ecr/${encodeURIComponent(name)}/${layerDigest}`, layerDigest };
    },

    PutImage: (input) => {
      const { name, uri } = repository(input);
      const tag = optionalString(input, 'imageTag');
      const digest = optionalString(input, 'imageDigest') ?? digestIn(requiredString(input, 'imageManifest'));
      const image = imagesOf(name).find((known) => known.digest === digest) ?? images.packaged(digest);
      if (image === undefined) {
        throw new ApiError(
          'InvalidParameterException',
          `The rehearsal has no image ${digest}: package one into its store; layers cannot be uploaded.`,
        );
      }
      try {
        images.push(image, uri, tag === undefined ? [] : [tag]);
      } catch (error) {
        throw error instanceof ImageError ? new ApiError(error.code, error.message) : error;
      }
      const imageId = { imageDigest: digest, ...(tag === undefined ? {} : { imageTag: tag }) };
      return {
        image: {
          registryId: store.accountId,
          repositoryName: name,
          imageId,
          imageManifest: input.imageManifest,
        },
      };
    },
  };
}

/** The blob behind an address of GetDownloadUrlForLayer: an image's configuration. Layers are not stored as blobs. */
export function configBlob(images: ImageStore, repository: string, digest: string): string | undefined {
  return images
    .list(repository)
    .map(configOf)
    .find((text) => sha256(text) === digest);
}

function missing(store: Store, repository: string, id: ImageId): never {
  throw new ApiError(
    'ImageNotFoundException',
    `The image with imageId {imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'} does not exist ` +
      `within the repository with name '${repository}' in the registry with id '${store.accountId}'`,
  );
}

function configOf(image: Image): string {
  return JSON.stringify({
    architecture: image.architecture,
    os: 'linux',
    config: {
      Entrypoint: image.entryPoint,
      Cmd: image.command,
      WorkingDir: image.workingDirectory,
      Env: Object.entries(image.environment).map(([name, value]) => `${name}=${value}`),
    },
    rootfs: { type: 'layers', diff_ids: [image.digest] },
  });
}

function manifestOf(image: Image): Message {
  const config = configOf(image);
  return {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest: sha256(config), size: Buffer.byteLength(config) },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: image.digest,
        size: image.sizeInBytes,
      },
    ],
  };
}

/** The image that a manifest of ours stands for: its one layer. */
function digestIn(manifest: string): string {
  try {
    const { layers } = JSON.parse(manifest) as { layers?: { digest?: string }[] };
    const digest = layers?.[0]?.digest;
    if (digest !== undefined) return digest;
  } catch {
    // Refused below.
  }
  throw new ApiError(
    'InvalidParameterException',
    "Invalid parameter at 'ImageManifest' failed to satisfy constraint",
  );
}

function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
