import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageContent } from './image-store';

/** All that makes an image what it is. Its digest follows from it alone. */
export interface Manifest {
  schemaVersion: 1;
  config: {
    architecture: 'amd64' | 'arm64';
    workingDirectory: string;
    entryPoint: readonly string[];
    command: readonly string[];
    /** Sorted by name. */
    environment: readonly (readonly [name: string, value: string])[];
    user: string;
  };
  /** Sorted by path. */
  files: readonly ManifestEntry[];
}

export type ManifestEntry =
  | { path: string; sha256: string; size: number; mode: '0644' | '0755' }
  | { path: string; link: string }
  | { path: string; dependencies: string };

/**
 * Reads the files of an image. Owner, time and the finer modes are left out, since they differ from machine to
 * machine; so is where a link to dependencies leads, for which their hash stands.
 */
export function buildManifest(content: ImageContent): Manifest {
  const files: ManifestEntry[] = [];
  const walk = (folder: string, prefix: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = prefix + entry.name;
      const full = join(folder, entry.name);
      const dependencies = content.dependencies[path];
      if (dependencies !== undefined) files.push({ path, dependencies });
      else if (entry.isSymbolicLink()) files.push({ path, link: readlinkSync(full).replaceAll('\\', '/') });
      else if (entry.isDirectory()) walk(full, `${path}/`);
      else if (entry.isFile()) files.push(describeFile(path, full));
    }
  };
  walk(content.root, '');
  return {
    schemaVersion: 1,
    config: {
      architecture: content.architecture,
      workingDirectory: content.workingDirectory,
      entryPoint: content.entryPoint,
      command: content.command,
      environment: Object.entries(content.environment).sort(byText(([name]) => name)),
      user: content.user,
    },
    files: files.sort(byText(({ path }) => path)),
  };
}

function describeFile(path: string, full: string): ManifestEntry {
  const data = readFileSync(full);
  const executable = (lstatSync(full).mode & 0o111) !== 0;
  return {
    path,
    sha256: createHash('sha256').update(data).digest('hex'),
    size: data.length,
    mode: executable ? '0755' : '0644',
  };
}

/** By code unit: no locale may change the order. */
function byText<T>(text: (value: T) => string): (a: T, b: T) => number {
  return (a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0);
}

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
export const configType = 'application/vnd.oci.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** An image as a registry hands it out. The manifest names the other two by digest and size. */
export interface RegistryDocuments {
  /** OCI image manifest; the image's digest is that of this text. */
  manifest: string;
  /** OCI image configuration. */
  config: string;
  /** Digest of the one layer: of the list of files, since no archive is made of them. */
  layerDigest: string;
}

/**
 * The OCI documents of an image. The same content gives the same text on every machine.
 * Source: OCI Image Format Specification 1.1, "Image Manifest" and "Image Configuration".
 */
export function registryDocuments(manifest: Manifest): RegistryDocuments {
  const { architecture, user, environment, entryPoint, command, workingDirectory } = manifest.config;
  const layerDigest = sha256(JSON.stringify(manifest.files));
  const config = JSON.stringify({
    architecture,
    os: 'linux',
    config: {
      ...(user === '' ? {} : { User: user }),
      Env: environment.map(([name, value]) => `${name}=${value}`),
      Entrypoint: entryPoint,
      Cmd: command,
      WorkingDir: workingDirectory,
    },
    rootfs: { type: 'layers', diff_ids: [layerDigest] },
  });
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest: sha256(config), size: Buffer.byteLength(config) },
    layers: [{ mediaType: layerType, digest: layerDigest, size: sizeOf(manifest) }],
  });
  return { manifest: text, config, layerDigest };
}

/** `sha256:` and 64 hex digits: of the text of the OCI manifest, as every registry computes it. */
export function digestOf(manifest: Manifest): string {
  return sha256(registryDocuments(manifest).manifest);
}

/** Digest of a text, as registries write it. */
export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** Bytes of all files; dependencies that are only linked do not count. */
export function sizeOf(manifest: Manifest): number {
  return manifest.files.reduce((sum, entry) => sum + ('size' in entry ? entry.size : 0), 0);
}
