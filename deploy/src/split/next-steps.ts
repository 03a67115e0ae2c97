import type { RepositoryNeeds } from './needs';

export interface NextStep {
  title: string;
  /** Sentences, commands and lines for files, each as it is to be typed. */
  lines: readonly string[];
}

export interface NextStepsOf {
  /** The new repository's directory, as the user would type it. */
  directory: string;
  /** The clone's root, seen from the new repository. */
  back: string;
  owner: string | undefined;
  repository: string;
  services: readonly string[];
  needs: RepositoryNeeds;
  hasLockFile: boolean;
}

/** Without these no role can be taken; every other variable switches something on. */
const REQUIRED = ['AWS_ACCOUNT_ID', 'AWS_REGION'];

/** What a person does once the repository is written, in this order. */
export function nextSteps(about: NextStepsOf): NextStep[] {
  const { directory, back, needs, services, repository } = about;
  const owner = about.owner ?? 'OWNER';
  const quoted = (texts: readonly string[]) => texts.map((text) => `'${text}'`).join(', ');
  const listed = (texts: readonly string[]) => texts.join(', ');
  return [
    {
      title: 'make it a repository, and see its tests pass',
      lines: [
        `cd ${directory}`,
        ...(about.hasLockFile ? [] : ['npm install --package-lock-only --ignore-scripts']),
        'npm ci && npm test',
        'git init --initial-branch main && git add . && git commit --message "Split off"',
        `gh repo create ${owner}/${repository} --private --source .`,
      ],
    },
    {
      title: `let ${owner}/${repository} take the roles: in infra/environments/project.ts, then apply`,
      lines: [
        'github: {',
        `  apps: [{ owner: '${owner}', repository: '${repository}', services: [${quoted(services)}] }],`,
        '},',
        `ownerId and repositoryId are the numbers of: gh api repos/${owner}/${repository} --jq '.owner.id, .id'`,
      ],
    },
    {
      title: `in the settings of ${owner}/${repository} on GitHub`,
      lines: [
        `variables: ${listed(REQUIRED)}`,
        ...choice(
          'variables',
          needs.variables.filter((name) => !REQUIRED.includes(name)),
        ),
        ...choice('secrets', needs.secrets),
        `environments: ${listed(needs.environments)}`,
        ...needs.environments
          .filter((name) => name.endsWith('-approval'))
          .map((name) => `${name} wants required reviewers: without them its job fails`),
      ],
    },
    {
      title:
        'tell the infrastructure what the app relies on, so that nobody takes it away; commit the file there',
      lines: [`npm run --silent slipway -- check --write-uses ${back}/infra/consumers/${repository}.json`],
    },
    { title: 'ship it from here on', lines: ['git push --set-upstream origin main'] },
    {
      title: 'and no longer from where it came',
      lines: [`cd ${back}`, 'gh workflow disable deploy.yml', 'gh workflow disable rollback.yml'],
    },
  ];
}

function choice(kind: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${kind}, each where you want what it is for: ${names.join(', ')}`];
}
