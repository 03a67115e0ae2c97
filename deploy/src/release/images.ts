import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { createClient } from '../aws/clients';
import { isException } from '../aws/ecs';
import type { Context } from '../context';
import type { Definition, JsonObject } from '../definition/definitions';
import { SlipwayError } from '../errors';
import { textOf } from './differences';
import type { PlannedImage } from './plan';

/** An image in ECR. https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
export interface EcrImage {
  accountId: string;
  region: string;
  repository: string;
  /** Registry and repository, without tag and digest. */
  name: string;
  tag: string | undefined;
  digest: string | undefined;
}

const ECR =
  /^((\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/([^:@]+))(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/;

export function parseEcrImage(reference: string): EcrImage | undefined {
  const match = ECR.exec(reference);
  if (match === null) return undefined;
  const [, name = '', accountId = '', region = '', repository = '', tag, digest] = match;
  return { name, accountId, region, repository, tag, digest };
}

export interface ResolvedImages {
  images: readonly PlannedImage[];
  notes: readonly string[];
}

/**
 * The images of all containers with the digests that ECR has for them now, so that what was tested is what runs.
 * An image of another registry is left as it is, with a note.
 * @throws SlipwayError IMAGE_NOT_FOUND, with the place of the image in the definition
 */
export async function resolveImages(definition: Definition, env: Context['env']): Promise<ResolvedImages> {
  const containers = (definition.value['containerDefinitions'] ?? []) as JsonObject[];
  const registry = new Registry(env);
  const images = await Promise.all(
    containers.map(async ({ name, image }, index): Promise<PlannedImage> => {
      const container = textOf(name);
      const written = textOf(image);
      const parsed = parseEcrImage(written);
      if (parsed === undefined)
        return { container, written, resolved: written, digest: /@(sha256:.*)$/.exec(written)?.[1] };
      const digest = await registry.digest(parsed);
      if (digest === undefined) {
        const { file, line, column } = definition.positionOf(['containerDefinitions', index, 'image']);
        throw new SlipwayError(
          'IMAGE_NOT_FOUND',
          `${file}:${line}:${column}: ECR has no image ${written} (container ${container})`,
          {
            hint: 'push it first, or name a tag or digest that is there ("slipway deploy --image REFERENCE")',
          },
        );
      }
      return { container, written, resolved: `${parsed.name}@${digest}`, digest };
    }),
  );
  const notes = images
    .filter(({ digest }) => digest === undefined)
    .map(
      ({ container, written }) =>
        `container ${container}: ${written} is not in ECR, so its tag is not pinned to a digest`,
    );
  return { images, notes };
}

/** Whether an image can still be pulled; undefined where that cannot be known: it is in another registry. */
export async function imageExists(reference: string, env: Context['env']): Promise<boolean | undefined> {
  const parsed = parseEcrImage(reference);
  return parsed && (await new Registry(env).digest(parsed)) !== undefined;
}

class Registry {
  private readonly clients = new Map<string, ECRClient>();

  constructor(private readonly env: Context['env']) {}

  /** Undefined where the repository or the image does not exist. */
  async digest({ accountId, region, repository, tag, digest }: EcrImage): Promise<string | undefined> {
    const imageId = digest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest: digest };
    try {
      const answer = await this.client(region).send(
        new DescribeImagesCommand({ registryId: accountId, repositoryName: repository, imageIds: [imageId] }),
      );
      return answer.imageDetails?.[0]?.imageDigest;
    } catch (error) {
      if (isException(error, 'ImageNotFoundException', 'RepositoryNotFoundException')) return undefined;
      throw error;
    }
  }

  private client(region: string): ECRClient {
    const client = this.clients.get(region) ?? createClient(ECRClient, { region, env: this.env });
    this.clients.set(region, client);
    return client;
  }
}
