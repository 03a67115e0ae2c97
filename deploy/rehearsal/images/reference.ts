/** An image reference, taken apart. */
export interface ImageReference {
  /** With its registry, where it names one. */
  repository: string;
  tag: string | undefined;
  digest: string | undefined;
}

const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digestPattern = /^sha256:[0-9a-f]{64}$/;
const repositoryPattern = /^[A-Za-z0-9]+(?:[._:/-]+[A-Za-z0-9]+)*$/;

/**
 * Takes `repository[:tag][@digest]` apart; undefined where it is no reference. A colon before the last slash
 * belongs to the registry's port.
 */
export function parseReference(text: string): ImageReference | undefined {
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  const named = at < 0 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const repository = tagged ? named.slice(0, colon) : named;
  const tag = tagged ? named.slice(colon + 1) : undefined;
  if (!repositoryPattern.test(repository)) return undefined;
  if (tag !== undefined && !isTag(tag)) return undefined;
  if (digest !== undefined && !digestPattern.test(digest)) return undefined;
  return { repository: withoutDockerHub(repository), tag, digest };
}

export function isTag(text: string): boolean {
  return tagPattern.test(text);
}

/** Docker Hub is where a name without a registry lies: `docker.io/sample/ok` is `sample/ok`. */
function withoutDockerHub(repository: string): string {
  return repository.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
}

/** Whether the first part of a repository's name is a registry's host: it has a dot or a port, or is `localhost`. */
export function namesRegistry(repository: string): boolean {
  const slash = repository.indexOf('/');
  if (slash < 0) return false;
  const first = repository.slice(0, slash);
  return first.includes('.') || first.includes(':') || first === 'localhost';
}
