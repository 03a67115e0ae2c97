import type { Image } from './image';
import type { RegistryDocuments } from './manifest';

/** What an image is made of; the files lie in `root`, which belongs to the store from then on. */
export interface ImageContent {
  architecture: 'amd64' | 'arm64';
  /** Folder that stands for the image's file system. It is moved into the store. */
  root: string;
  /** Absolute, with `/`. */
  workingDirectory: string;
  entryPoint: readonly string[];
  command: readonly string[];
  environment: Readonly<Record<string, string>>;
  /** As in a Dockerfile, e.g. `node`; the rehearsal runs everything as the user who started it. */
  user: string;
  /** Links to installed dependencies, by their path in the image, each with a hash that stands for what they hold. */
  dependencies: Readonly<Record<string, string>>;
}

/** An image that is in the store, but in no repository. */
export type PackagedImage = Omit<Image, 'repository' | 'tags' | 'pushedAt'>;

export type ImageErrorCode =
  | 'ImageTagAlreadyExistsException'
  | 'ImageNotFoundException'
  | 'RepositoryNotFoundException'
  | 'InvalidParameterException'
  | 'ImageBuildFailed'
  | 'EditNotFound';

/** `code` is the ECR API's where that has one. */
export class ImageError extends Error {
  constructor(
    readonly code: ImageErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ImageError';
  }
}

/**
 * A registry in a folder. All that is answered is read from that folder, so that several processes can use one at once.
 *
 * A repository is named as in an image reference (`123456789012.dkr.ecr.eu-west-1.amazonaws.com/slipway/web`,
 * `sample/ok`) or, for ECR's, as ECR does (`slipway/web`).
 */
export interface ImageStore {
  readonly directory: string;
  /** Host name of the ECR registry of this account and region. */
  readonly registry: string;
  /** `slipway/web` -> `123456789012.dkr.ecr.eu-west-1.amazonaws.com/slipway/web`. */
  repositoryUri(name: string): string;
  /** Makes a repository known, and says whether its tags can move. Repeating it changes that setting. */
  createRepository(repository: string, settings?: { immutableTags?: boolean }): void;
  /** Full names, sorted. */
  repositories(): readonly string[];
  /** Takes content in. The same content has the same digest, on every machine. */
  package(content: ImageContent): Promise<PackagedImage>;
  /** A packaged image by its digest. */
  packaged(digest: string): PackagedImage | undefined;
  /**
   * Puts an image into a repository, which is created where it does not exist.
   * Throws `ImageTagAlreadyExistsException` where a tag would have to move and may not.
   */
  push(image: PackagedImage, repository: string, tags: readonly string[]): Image;
  /** Gives an image that is in a repository one more tag. `reference` is as in `resolve`. Throws as `push`. */
  tag(reference: string, tag: string): Image;
  /** `repository:tag`, `repository@sha256:...`, `repository:tag@sha256:...` or `repository` (tag `latest`). */
  resolve(reference: string): Image | undefined;
  /** Images of one repository, or of all; newest first. */
  list(repository?: string): readonly Image[];
  /** What a registry hands out for a packaged image. */
  documents(digest: string): RegistryDocuments | undefined;
  /** Takes a tag off; false where the repository has no such tag. */
  untag(repository: string, tag: string): boolean;
  /** Takes an image out of a repository, with its tags; false where it is not there. Its content stays packaged. */
  remove(repository: string, digest: string): boolean;
  /** Takes out a repository with all images in it. */
  removeRepository(repository: string): void;
  /** As `resolve`, but throws `RepositoryNotFoundException` or `ImageNotFoundException`. */
  describe(reference: string): Image;
}
