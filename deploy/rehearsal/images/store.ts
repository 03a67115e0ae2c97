import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve as resolvePath } from 'node:path';
import type { Image } from './image';
import { ImageError, type ImageContent, type ImageStore, type PackagedImage } from './image-store';
import {
  buildManifest,
  digestOf,
  registryDocuments,
  sizeOf,
  type Manifest,
  type RegistryDocuments,
} from './manifest';
import { isTag, namesRegistry, parseReference } from './reference';
import { isSampleRepository, writeSampleImages } from './samples';

/**
 * Opens the registry in a folder, and makes it where there is none, with the sample images in it.
 *
 * Layout: `content/<digest>/manifest.json` and `root/`; `repositories/<name>/{settings.json,tags/,images/}`, where a
 * tag is a file that holds a digest. Files are put in place by rename, so a reader never sees half of one.
 */
export function createImageStore(
  directory: string,
  options: { accountId: string; region: string },
): ImageStore {
  const store = new DirectoryImageStore(resolvePath(directory), options.accountId, options.region);
  writeSampleImages(store);
  return store;
}

class DirectoryImageStore implements ImageStore {
  readonly registry: string;
  /** Content never changes under its digest, so what was read once stays true. */
  private readonly known = new Map<string, PackagedImage>();
  private readonly knownDocuments = new Map<string, RegistryDocuments>();

  constructor(
    readonly directory: string,
    private readonly accountId: string,
    region: string,
  ) {
    const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    this.registry = `${accountId}.dkr.ecr.${region}.${suffix}`;
    for (const name of ['content', 'repositories', 'work']) {
      mkdirSync(join(directory, name), { recursive: true });
    }
  }

  repositoryUri(name: string): string {
    return namesRegistry(name) || isSampleRepository(name) ? name : `${this.registry}/${name}`;
  }

  createRepository(repository: string, settings: { immutableTags?: boolean } = {}): void {
    const folder = this.folderOf(repository);
    mkdirSync(join(folder, 'tags'), { recursive: true });
    mkdirSync(join(folder, 'images'), { recursive: true });
    const path = join(folder, 'settings.json');
    if (settings.immutableTags === undefined && existsSync(path)) return;
    this.write(path, JSON.stringify({ immutableTags: settings.immutableTags ?? false }));
  }

  repositories(): readonly string[] {
    return readdirSync(join(this.directory, 'repositories')).map(decodeURIComponent).sort();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- failures must arrive as a rejection
  async package(content: ImageContent): Promise<PackagedImage> {
    return this.take(content);
  }

  /** As `package`, at once. */
  take(content: ImageContent): PackagedImage {
    const manifest = buildManifest(content);
    const digest = digestOf(manifest);
    const folder = this.contentFolder(digest);
    const whole = existsSync(join(folder, 'manifest.json'));
    // Links to dependencies dangle once the checkout that they lead to is gone; then the new content is put in place.
    const linked = Object.keys(content.dependencies).every((path) => existsSync(join(folder, 'root', path)));
    if (whole && !linked) rmSync(folder, { recursive: true, force: true });
    if (whole && linked) {
      rmSync(content.root, { recursive: true, force: true });
    } else {
      const staging = join(this.directory, 'work', randomBytes(8).toString('hex'));
      mkdirSync(staging);
      renameSync(content.root, join(staging, 'root'));
      writeFileSync(join(staging, 'manifest.json'), JSON.stringify(manifest));
      this.place(staging, folder);
    }
    return this.packaged(digest) as PackagedImage;
  }

  packaged(digest: string): PackagedImage | undefined {
    const known = this.known.get(digest);
    if (known !== undefined) return known;
    const folder = this.contentFolder(digest);
    const text = readIfThere(join(folder, 'manifest.json'));
    if (text === undefined) return undefined;
    const manifest = JSON.parse(text) as Manifest;
    const { config } = manifest;
    const image: PackagedImage = {
      digest,
      architecture: config.architecture,
      root: join(folder, 'root'),
      workingDirectory: config.workingDirectory,
      entryPoint: config.entryPoint,
      command: config.command,
      environment: Object.fromEntries(config.environment),
      sizeInBytes: sizeOf(manifest),
    };
    this.known.set(digest, image);
    return image;
  }

  push(image: PackagedImage, repository: string, tags: readonly string[]): Image {
    if (this.packaged(image.digest) === undefined) {
      throw new ImageError(
        'ImageNotFoundException',
        `There is no image ${image.digest} in the store at ${this.directory}. Package it first.`,
      );
    }
    const name = this.repositoryUri(repository);
    this.createRepository(name);
    for (const tag of tags) this.mayTag(name, tag, image.digest);
    const path = join(this.folderOf(name), 'images', encodeDigest(image.digest));
    if (!existsSync(path)) this.write(path, new Date().toISOString());
    for (const tag of tags) this.write(this.tagFile(name, tag), image.digest);
    return this.read(name, image.digest) as Image;
  }

  tag(reference: string, tag: string): Image {
    const image = this.describe(reference);
    return this.push(image, image.repository, [tag]);
  }

  resolve(reference: string): Image | undefined {
    const parsed = parseReference(reference);
    if (parsed === undefined) return undefined;
    const repository = this.repositoryUri(parsed.repository);
    const digest = parsed.digest ?? readIfThere(this.tagFile(repository, parsed.tag ?? 'latest'))?.trim();
    return digest === undefined ? undefined : this.read(repository, digest);
  }

  describe(reference: string): Image {
    const parsed = parseReference(reference);
    if (parsed === undefined) {
      throw new ImageError(
        'InvalidParameterException',
        `"${reference}" is no image reference. Write repository:tag or repository@sha256:<64 hex digits>.`,
      );
    }
    const image = this.resolve(reference);
    if (image !== undefined) return image;
    const name = this.ecrName(this.repositoryUri(parsed.repository));
    if (!existsSync(this.folderOf(parsed.repository))) {
      throw new ImageError(
        'RepositoryNotFoundException',
        `The repository with name '${name}' does not exist in the registry with id '${this.accountId}'`,
      );
    }
    const id = parsed.digest ?? parsed.tag ?? 'latest';
    throw new ImageError(
      'ImageNotFoundException',
      `The image with imageId {imageDigest:'${parsed.digest ?? 'null'}', imageTag:'${parsed.digest ? 'null' : id}'} ` +
        `does not exist within the repository with name '${name}' in the registry with id '${this.accountId}'`,
    );
  }

  list(repository?: string): readonly Image[] {
    const names = repository === undefined ? this.repositories() : [this.repositoryUri(repository)];
    return names
      .flatMap((name) =>
        readFolder(join(this.folderOf(name), 'images')).map((file) => this.read(name, decodeDigest(file))),
      )
      .filter((image) => image !== undefined)
      .sort((a, b) => b.pushedAt - a.pushedAt);
  }

  documents(digest: string): RegistryDocuments | undefined {
    const known = this.knownDocuments.get(digest);
    if (known !== undefined) return known;
    const text = readIfThere(join(this.contentFolder(digest), 'manifest.json'));
    if (text === undefined) return undefined;
    const documents = registryDocuments(JSON.parse(text) as Manifest);
    this.knownDocuments.set(digest, documents);
    return documents;
  }

  untag(repository: string, tag: string): boolean {
    const file = this.tagFile(this.repositoryUri(repository), tag);
    if (!isTag(tag) || !existsSync(file)) return false;
    rmSync(file, { force: true });
    return true;
  }

  remove(repository: string, digest: string): boolean {
    const name = this.repositoryUri(repository);
    const image = this.read(name, digest);
    if (image === undefined) return false;
    for (const tag of image.tags) this.untag(name, tag);
    rmSync(join(this.folderOf(name), 'images', encodeDigest(digest)), { force: true });
    return true;
  }

  removeRepository(repository: string): void {
    rmSync(this.folderOf(repository), { recursive: true, force: true, maxRetries: 5 });
  }

  private read(repository: string, digest: string): Image | undefined {
    const folder = this.folderOf(repository);
    const pushed = readIfThere(join(folder, 'images', encodeDigest(digest)));
    const packaged = pushed === undefined ? undefined : this.packaged(digest);
    if (pushed === undefined || packaged === undefined) return undefined;
    const tags = readFolder(join(folder, 'tags'))
      .filter((tag) => readIfThere(join(folder, 'tags', tag))?.trim() === digest)
      .sort();
    return { ...packaged, repository, tags, pushedAt: Date.parse(pushed) };
  }

  private mayTag(repository: string, tag: string, digest: string): void {
    if (!isTag(tag)) {
      throw new ImageError(
        'InvalidParameterException',
        `"${tag}" cannot be a tag: at most 128 letters, digits, "_", "." and "-", not beginning with "." or "-".`,
      );
    }
    const present = readIfThere(this.tagFile(repository, tag))?.trim();
    if (present === undefined || present === digest) return;
    const settings = JSON.parse(readIfThere(join(this.folderOf(repository), 'settings.json')) ?? '{}') as {
      immutableTags?: boolean;
    };
    if (settings.immutableTags !== true) return;
    throw new ImageError(
      'ImageTagAlreadyExistsException',
      `The image tag '${tag}' already exists in the '${this.ecrName(repository)}' repository ` +
        'and cannot be overwritten because the tag is immutable.',
    );
  }

  /** A repository as ECR names it, without its registry. */
  private ecrName(repository: string): string {
    return repository.startsWith(`${this.registry}/`)
      ? repository.slice(this.registry.length + 1)
      : repository;
  }

  private contentFolder(digest: string): string {
    return join(this.directory, 'content', encodeDigest(digest));
  }

  private folderOf(repository: string): string {
    return join(this.directory, 'repositories', encodeURIComponent(this.repositoryUri(repository)));
  }

  private tagFile(repository: string, tag: string): string {
    return join(this.folderOf(repository), 'tags', tag);
  }

  private write(path: string, text: string): void {
    const staging = join(this.directory, 'work', randomBytes(8).toString('hex'));
    writeFileSync(staging, text);
    mkdirSync(dirname(path), { recursive: true });
    renameSync(staging, path);
  }

  /** Moves a finished folder to its place; another process may have put the same content there meanwhile. */
  private place(staging: string, folder: string): void {
    try {
      renameSync(staging, folder);
    } catch (error) {
      rmSync(staging, { recursive: true, force: true });
      if (!existsSync(join(folder, 'manifest.json'))) throw error;
    }
  }
}

// A colon cannot stand in a file's name on Windows.
const encodeDigest = (digest: string): string => digest.replace(':', '-');
const decodeDigest = (name: string): string => name.replace('-', ':');

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function readFolder(path: string): string[] {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(path) : [];
}
