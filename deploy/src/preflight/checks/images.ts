import { parseEcrImage, type EcrImage } from '../../release/images';
import type { Check, Problem } from '../check';
import type { Container, Subject } from '../subject';
import { object, text } from '../values';
import { each, Unseen, type World } from '../world';

/** What the words of ECS are called in an image. */
const architectures: Readonly<Record<string, string>> = { X86_64: 'amd64', ARM64: 'arm64' };

export const images: Check = {
  name: 'images',
  summary: 'images of ECR are there, and are built for the architecture of the task',
  actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  run: (subject, world) =>
    each(subject.containers, async (container) => {
      const written = text(container.value['image']);
      if (written === undefined) return [];
      const image = parseEcrImage(written);
      if (image === undefined) {
        world.note(`${written} (container ${container.name}) is not in ECR, so nobody looked at it`);
        return [];
      }
      const { readManifest } = await import('../reads/ecr.ts');
      const found = await readManifest(world, image);
      if (found === undefined) {
        return [
          {
            level: 'error',
            code: 'IMAGE_NOT_FOUND',
            message: `ECR has no image ${written} (container ${container.name})`,
            hint: 'push it first, or name a tag or digest that is there ("slipway deploy --image REFERENCE")',
            position: container.at('image'),
          },
        ];
      }
      return checkArchitecture(subject, container, image, found.manifest, world);
    }),
};

async function checkArchitecture(
  { task, taskAt, launch }: Subject,
  container: Container,
  image: EcrImage,
  manifest: string,
  world: World,
): Promise<Problem[]> {
  const set = text(object(task['runtimePlatform'])?.['cpuArchitecture']);
  // Without a word of it Fargate takes X86_64, and EC2 whatever the instance is.
  const wanted = set ?? (launch === 'FARGATE' ? 'X86_64' : undefined);
  const name = architectures[wanted ?? ''];
  if (wanted === undefined || name === undefined) return [];
  const has = await architecturesOf(image, manifest, world);
  if (has === undefined || has.length === 0 || has.includes(name)) return [];
  const other = Object.keys(architectures).find((key) => has.includes(architectures[key] ?? ''));
  const says =
    set === undefined ? `Fargate runs ${wanted} where nothing else is said` : `the task asks for ${wanted}`;
  const change = other === undefined ? '' : `, or set "runtimePlatform": { "cpuArchitecture": "${other}" }`;
  return [
    {
      level: 'error',
      message: `the image of container ${container.name} is for ${has.join(', ')}, and ${says} (${name})`,
      hint: `build it for linux/${name}${change}`,
      position: set === undefined ? container.at('image') : taskAt('runtimePlatform', 'cpuArchitecture'),
    },
  ];
}

interface Manifest {
  manifests?: { platform?: { architecture?: string; os?: string } }[];
  config?: { digest?: string };
}

/** Undefined where the image does not say, or its configuration cannot be had. */
async function architecturesOf(
  image: EcrImage,
  manifest: string,
  world: World,
): Promise<string[] | undefined> {
  const parsed = read<Manifest>(manifest);
  if (parsed?.manifests !== undefined) {
    const platforms = parsed.manifests.map(({ platform }) => platform?.architecture);
    // An index also lists attestations, for an "unknown" platform.
    return [...new Set(platforms)].filter((one): one is string => one !== undefined && one !== 'unknown');
  }
  const digest = parsed?.config?.digest;
  if (digest === undefined) return undefined;
  const { readBlob } = await import('../reads/ecr.ts');
  try {
    const { architecture } = read<{ architecture?: string }>(await readBlob(world, image, digest)) ?? {};
    return architecture === undefined ? undefined : [architecture];
  } catch (error) {
    if (error instanceof Unseen) return undefined;
    throw error;
  }
}

function read<T>(json: string): T | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
