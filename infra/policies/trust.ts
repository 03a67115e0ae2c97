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
  return policy([githubStatement(arns, [identity ?? NOBODY], subject)]);
}

function githubStatement(arns: Arns, identities: readonly GithubIdentity[], subject: Subject): Statement {
  return {
    Effect: 'Allow',
    Principal: { Federated: arns.githubProvider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: {
        [`${GITHUB_ISSUER}:aud`]: 'sts.amazonaws.com',
        [`${GITHUB_ISSUER}:sub`]: identities.flatMap((identity) => githubSubjects(identity, subject)),
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

/** GitHub as one service sees it: an app in a repository of its own ships its services alone. */
export function githubOf(github: Github, service: string): Github {
  const app = github.apps.find(({ services }) => services.includes(service));
  return app === undefined ? github : { ...github, identity: app.identity };
}

/**
 * Whoever may take a role from outside: jobs on GitHub with this subject, those of GitLab where there are any, and other
 * roles, such as that of a step of CodePipeline.
 * @param others repositories on GitHub that may take it too, with the same subject
 */
export function pipelineTrust(
  arns: Arns,
  pipelines: {
    readonly github: Pick<Github, 'identity'>;
    readonly gitlab: Gitlab | undefined;
    readonly roleArns?: readonly string[];
  },
  subject: Subject,
  others: readonly GithubIdentity[] = [],
): string {
  const { github, gitlab, roleArns = [] } = pipelines;
  return policy([
    githubStatement(arns, [github.identity ?? NOBODY, ...others], subject),
    ...(gitlab === undefined ? [] : [gitlabTrust(arns, gitlab)]),
    ...roleArns.map(roleTrust),
  ]);
}

/**
 * Trust in one role. Its account is the principal, and the role a condition: IAM refuses a principal that is not there
 * yet, and forgets one that is made anew. The role's own policy must allow it too.
 */
function roleTrust(roleArn: string): Statement {
  return {
    Effect: 'Allow',
    Principal: { AWS: roleArn.replace(/:role\/.*$/, ':root') },
    Action: 'sts:AssumeRole',
    Condition: { ArnEquals: { 'aws:PrincipalArn': roleArn } },
  };
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
