/** What a registry would know of an image, and where this machine has its files. */
export interface Image {
  /** `sha256:` and 64 hex digits: of the manifest. */
  digest: string;
  /** Repository as a task definition names it, e.g. `123456789012.dkr.ecr.eu-west-1.amazonaws.com/slipway/web`. */
  repository: string;
  tags: readonly string[];
  architecture: 'amd64' | 'arm64';
  /** Folder that stands for the image's file system. */
  root: string;
  workingDirectory: string;
  entryPoint: readonly string[];
  command: readonly string[];
  environment: Readonly<Record<string, string>>;
  pushedAt: number;
  sizeInBytes: number;
}
