import { GITHUB_ISSUER, type Arns } from '../arns';
import type { Github, GithubIdentity, Gitlab } from '../settings/platform';
import { policy, type Statement } from './policy';

/** What a job of a workflow says it runs for. A job with `environment:` says that, and its branch no longer. */
export type Subject = `environment:${string}` | `ref:refs/heads/${string}` | 'pull_request';

/** No repository on GitHub can have this name: a role that trusts it trusts nobody. */
export const NOBODY: GithubIdentity = { owner: '-', repository: '-', ids: undefined };

/**
 * Subjects as GitHub signs them, exact and without wildcards: the classic form and, where the ids are known, the
 * immutable one that repositories made or renamed after 2026-07-15 use.
 * Source: docs.github.com, OpenID Connect reference; GitHub changelog of 2026-04-23.
 */
export function githubSubjects(identity: GithubIdentity, subject: Subject): string[] {
  const { owner, repository, ids } = identity;
  const classic = `repo:${owner}/${repository}:${subject}`;
  return ids ? [classic, `repo:${owner}@${ids.owner}/${repository}@${ids.repository}:${subject}`] : [classic];
}

/** Trust in workflow jobs with exactly this subject. */
export function githubTrust(arns: Arns, identity: GithubIdentity | undefined, subject: Subject): string {
  return policy([githubStatement(arns, identity, subject)]);
}

function githubStatement(arns: Arns, identity: GithubIdentity | undefined, subject: Subject): Statement {
  return {
    Effect: 'Allow',
    Principal: { Federated: arns.githubProvider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${GITHUB_ISSUER}:aud`]: 'sts.amazonaws.com',
        [`${GITHUB_ISSUER}:sub`]: githubSubjects(identity ?? NOBODY, subject),
      },
    },
  };
}

/** Trust in jobs of one branch of a GitLab project. Source: docs.gitlab.com, ID tokens and AWS. */
export function gitlabTrust(arns: Arns, { host, project, branch }: Gitlab): Statement {
  return {
    Effect: 'Allow',
    Principal: { Federated: arns.oidcProvider(host) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${host}:aud`]: `https://${host}`,
        [`${host}:sub`]: `project_path:${project}:ref_type:branch:ref:${branch}`,
      },
    },
  };
}

/** Whoever may take a role from outside: jobs on GitHub with this subject, and those of GitLab where there are any. */
export function pipelineTrust(
  arns: Arns,
  pipelines: { readonly github: Pick<Github, 'identity'>; readonly gitlab: Gitlab | undefined },
  subject: Subject,
): string {
  const { github, gitlab } = pipelines;
  return policy([
    githubStatement(arns, github.identity, subject),
    ...(gitlab === undefined ? [] : [gitlabTrust(arns, gitlab)]),
  ]);
}

/** Trust in tasks of this account and region alone, so that no other account's ECS can be talked into using the role. */
export function taskTrust(arns: Arns, account: string): string {
  return policy([
    {
      Effect: 'Allow',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': arns.anyEcs },
      },
    },
  ]);
}

/** Trust in a service of AWS that acts for this account alone. */
export function serviceTrust(principal: string, arns: Arns): string {
  return policy([
    {
      Effect: 'Allow',
      Principal: { Service: principal },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'aws:SourceAccount': arns.accountId } },
    },
  ]);
}

/** Trust in a service of AWS that takes the role for machines of this account: EC2, Systems Manager. */
export function principalTrust(principal: string): string {
  return policy([{ Effect: 'Allow', Principal: { Service: principal }, Action: 'sts:AssumeRole' }]);
}

/** Trust in ECS itself, as it shifts traffic for a service. */
export function ecsTrust(): string {
  return principalTrust('ecs.amazonaws.com');
}
