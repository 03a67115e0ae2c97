import type { Github, GithubIdentity, Platform } from './platform';
import { Problems, unique } from './problems';

/** Whom the roles trust: this repository, and those of apps that have one of their own. */
export function checkGithub(github: Github, problems: Problems): void {
  problems.unless(
    /^[\w./-]+$/.test(github.branch),
    'github.branch',
    github.branch,
    'name the branch that builds images, such as main',
  );
  if (github.identity) checkIdentity(github.identity, 'github', problems);
  for (const { identity } of github.apps) checkIdentity(identity, 'github.apps', problems);
}

/** Each app ships services that are there, and no service is shipped by two. */
export function checkApps({ github }: Platform['project'], serviceNames: readonly string[]): string[] {
  const problems = new Problems('project');
  const shipped = github.apps.flatMap(({ services }) => services);
  unique(shipped, (name) => name, 'github.apps.services', problems);
  for (const name of shipped)
    problems.unless(
      serviceNames.includes(name),
      'github.apps.services',
      name,
      `one of ${serviceNames.join(', ')}`,
    );
  for (const { identity, services } of github.apps)
    problems.unless(
      services.length > 0,
      'github.apps.services',
      services,
      `the services that ${identity.repository} ships`,
    );
  return problems.found;
}

function checkIdentity({ owner, repository, ids }: GithubIdentity, option: string, problems: Problems): void {
  problems.unless(
    /^[A-Za-z0-9](-?[A-Za-z0-9])*$/.test(owner),
    `${option}.owner`,
    owner,
    'the owner alone, as in github.com/OWNER/repository',
  );
  problems.unless(
    /^[\w.-]+$/.test(repository),
    `${option}.repository`,
    repository,
    'the name alone, as in github.com/owner/REPOSITORY',
  );
  if (!ids) return;
  problems.unless(
    /^\d+$/.test(ids.owner),
    `${option}.ownerId`,
    ids.owner,
    'the number of `gh api repos/OWNER/REPOSITORY --jq .owner.id`',
  );
  problems.unless(
    /^\d+$/.test(ids.repository),
    `${option}.repositoryId`,
    ids.repository,
    'the number of `gh api repos/OWNER/REPOSITORY --jq .id`',
  );
}
