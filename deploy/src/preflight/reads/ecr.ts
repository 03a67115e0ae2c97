import {
  BatchGetImageCommand,
  DescribeImagesCommand,
  ECRClient,
  GetDownloadUrlForLayerCommand,
  GetLifecyclePolicyCommand,
  type ImageDetail,
} from '@aws-sdk/client-ecr';
import { isException } from '../../aws/ecs';
import type { EcrImage } from '../../release/images';
import type { World } from '../world';

export interface FoundManifest {
  digest: string | undefined;
  /** JSON: an index, or one image's. */
  manifest: string;
}

const accepted = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** Undefined where the repository or the image does not exist. */
export function readManifest(world: World, image: EcrImage): Promise<FoundManifest | undefined> {
  const { accountId, region, repository, tag, digest } = image;
  const imageId = digest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest: digest };
  const key = JSON.stringify([image.name, imageId]);
  return world.read('ecr:BatchGetImage', key, async () => {
    try {
      const { images } = await world.client(ECRClient, region).send(
        new BatchGetImageCommand({
          registryId: accountId,
          repositoryName: repository,
          imageIds: [imageId],
          acceptedMediaTypes: accepted,
        }),
      );
      const [found] = images ?? [];
      return found && { digest: found.imageId?.imageDigest, manifest: found.imageManifest ?? '' };
    } catch (error) {
      if (isException(error, 'RepositoryNotFoundException', 'ImageNotFoundException')) return undefined;
      throw error;
    }
  });
}

/** A small blob of an image: its configuration. */
export async function readBlob(world: World, image: EcrImage, digest: string): Promise<string> {
  const { accountId, region, repository } = image;
  return world.read('ecr:GetDownloadUrlForLayer', `${image.name} ${digest}`, async () => {
    const { downloadUrl = '' } = await world.client(ECRClient, region).send(
      new GetDownloadUrlForLayerCommand({
        registryId: accountId,
        repositoryName: repository,
        layerDigest: digest,
      }),
    );
    const response = await fetch(downloadUrl, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${response.status} for the configuration of ${image.name}`);
    return response.text();
  });
}

/** The repository's lifecycle policy as JSON; undefined where it has none. */
export function readLifecyclePolicy(world: World, image: EcrImage): Promise<string | undefined> {
  const { accountId, region, repository } = image;
  return world.read('ecr:GetLifecyclePolicy', image.name, async () => {
    try {
      const { lifecyclePolicyText } = await world
        .client(ECRClient, region)
        .send(new GetLifecyclePolicyCommand({ registryId: accountId, repositoryName: repository }));
      return lifecyclePolicyText;
    } catch (error) {
      if (isException(error, 'LifecyclePolicyNotFoundException', 'RepositoryNotFoundException'))
        return undefined;
      throw error;
    }
  });
}

/** The first thousand images of a repository: more than any count that a policy keeps. */
export function readImages(world: World, image: EcrImage): Promise<ImageDetail[]> {
  const { accountId, region, repository } = image;
  return world.read('ecr:DescribeImages', image.name, async () => {
    const { imageDetails = [] } = await world
      .client(ECRClient, region)
      .send(
        new DescribeImagesCommand({ registryId: accountId, repositoryName: repository, maxResults: 1000 }),
      );
    return imageDetails;
  });
}
