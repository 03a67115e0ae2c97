import { isMap, isScalar, parseDocument, visit } from 'yaml';
import type { RepositoryFile } from './write-repository';

/** What workflows want of the repository's settings on GitHub, by name and sorted. */
export interface RepositoryNeeds {
  environments: readonly string[];
  variables: readonly string[];
  secrets: readonly string[];
}

/** Reads it out of the workflows and actions; a name that only a run knows is not among them. */
export function repositoryNeeds(files: readonly RepositoryFile[]): RepositoryNeeds {
  const environments = new Set<string>();
  const variables = new Set<string>();
  const secrets = new Set<string>();
  for (const { path, content } of files) {
    if (!/^\.github\/(workflows|actions)\/.*\.ya?ml$/.test(path)) continue;
    const text = content.toString();
    for (const [, kind, name = ''] of text.matchAll(/\b(vars|secrets)\.(\w+)/g))
      (kind === 'vars' ? variables : secrets).add(name);
    visit(parseDocument(text), {
      Pair(_, { key, value }, ancestors) {
        // Of a job, not of a script: `jobs.NAME.environment`.
        if (!isScalar(key) || key.value !== 'environment' || ancestors.length !== 6) return;
        const name = isMap(value) ? value.get('name') : isScalar(value) ? value.value : undefined;
        if (typeof name === 'string' && !name.includes('${{')) environments.add(name);
      },
    });
  }
  secrets.delete('GITHUB_TOKEN');
  return {
    environments: [...environments].sort(),
    variables: [...variables].sort(),
    secrets: [...secrets].sort(),
  };
}
