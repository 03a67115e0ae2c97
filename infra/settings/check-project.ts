import type { Project } from './platform';
import { unique, type Problems } from './problems';

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** What belongs to the account: registry, budget, other pipelines. */
export function checkAccount(project: Project, problems: Problems): void {
  const { registry, budget, gitlab, permissionsBoundary } = project;
  problems.unless(
    ['immutable', 'mutable'].includes(registry.tags),
    'registry.tags',
    registry.tags,
    'one of immutable, mutable',
  );
  for (const member of ['keepImages', 'untaggedDays'] as const)
    problems.unless(
      Number.isInteger(registry[member]) && registry[member] >= 1,
      `registry.${member}`,
      registry[member],
      'a whole number from 1',
    );
  unique(registry.replicateTo, (region) => region, 'registry.replicateTo', problems);
  for (const region of registry.replicateTo)
    problems.unless(
      REGION.test(region) && region !== project.region,
      'registry.replicateTo',
      region,
      "another region than the project's own, such as eu-central-1",
    );
  for (const account of registry.pullAccounts)
    problems.unless(
      ACCOUNT.test(account),
      'registry.pullAccounts',
      account,
      'an account id has twelve digits',
    );
  problems.unless(
    permissionsBoundary === undefined || /^arn:[^:]+:iam::(\d{12}|aws):policy\/.+$/.test(permissionsBoundary),
    'permissionsBoundary',
    permissionsBoundary,
    'the ARN of a policy',
  );
  if (budget !== undefined) {
    problems.unless(budget.limit > 0, 'budget.limit', budget.limit, 'US dollars a month');
    problems.unless(
      budget.emails.length > 0 && budget.emails.length <= 10,
      'budget.emails',
      budget.emails,
      'one to ten addresses',
    );
    for (const email of budget.emails)
      problems.unless(
        /^\S+@\S+\.\S+$/.test(email),
        'budget.emails',
        email,
        'an address such as ops@example.com',
      );
  }
  if (gitlab !== undefined) {
    problems.unless(
      /^[\w.-]+(\/[\w.-]+)+$/.test(gitlab.project),
      'gitlab.project',
      gitlab.project,
      'the path of a project, such as shop/web',
    );
    problems.unless(/^[a-z0-9.-]+$/.test(gitlab.host), 'gitlab.host', gitlab.host, 'a host without https://');
  }
}
