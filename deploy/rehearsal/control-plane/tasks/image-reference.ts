import { namesRegistry, parseReference } from '../../images/reference';
import type { Image } from '../../images/image';
import type { Surroundings } from '../../surroundings/surroundings';
import type { Task } from './task';

/**
 * The image that a container of the task runs. A tag is resolved by the first task of a deployment; its later tasks
 * use the same digest, whatever the tag points to by then.
 * @param consistent false where the container switches version consistency off.
 */
export function resolveImage(
  surroundings: Surroundings,
  task: Task,
  reference: string,
  consistent: boolean,
): Image | undefined {
  const parsed = parseReference(reference);
  if (parsed === undefined) return undefined;
  const { repository, tag = 'latest' } = parsed;
  const digest = parsed.digest ?? (consistent ? task.imageDigests[reference] : undefined);
  const image = surroundings.image(digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`);
  if (image !== undefined && consistent) task.imageDigests[reference] = image.digest;
  return image;
}

/** The reference as containerd writes it: Docker Hub's short names in full. */
export function fullReference(reference: string): string {
  const parsed = parseReference(reference);
  if (parsed === undefined) return reference;
  const { repository, digest, tag = 'latest' } = parsed;
  const full = namesRegistry(repository)
    ? repository
    : `docker.io/${repository.includes('/') ? '' : 'library/'}${repository}`;
  return digest === undefined ? `${full}:${tag}` : `${full}@${digest}`;
}
