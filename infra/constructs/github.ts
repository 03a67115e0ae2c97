import { IamOpenidConnectProvider } from '@cdktf/provider-aws/lib/iam-openid-connect-provider';
import { Construct } from 'constructs';
import { GITHUB_ISSUER, type Arns } from '../arns';
import type { names } from '../names';
import { buildPolicy } from '../policies/build';
import { applyPolicies } from '../policies/apply';
import { planPolicy, type PlatformAccess } from '../policies/plan';
import { githubTrust, pipelineTrust } from '../policies/trust';
import type { Github, Gitlab } from '../settings/platform';
import { Role } from './role';

export interface GithubAccessProps {
  readonly arns: Arns;
  readonly names: ReturnType<typeof names>;
  readonly github: Github;
  readonly gitlab: Gitlab | undefined;
  readonly repositoryArns: readonly string[];
  readonly platform: PlatformAccess;
}

/**
 * Workflows and other pipelines sign in with OIDC: no key is stored anywhere. The main branch builds, one environment plans, the
 * environment for infrastructure applies. Deploy roles belong to the services.
 */
export class GithubAccess extends Construct {
  constructor(scope: Construct, id: string, props: GithubAccessProps) {
    super(scope, id);
    const { arns, names, github, gitlab } = props;
    if (github.provider === 'own') {
      // No thumbprint: AWS verifies GitHub's certificate by its own list of authorities.
      new IamOpenidConnectProvider(this, 'provider', {
        url: `https://${GITHUB_ISSUER}`,
        clientIdList: ['sts.amazonaws.com'],
      });
    }
    if (gitlab?.provider === 'own') {
      new IamOpenidConnectProvider(this, 'gitlab', {
        url: `https://${gitlab.host}`,
        clientIdList: [`https://${gitlab.host}`],
      });
    }
    const pipelines = { github, gitlab };
    new Role(this, 'build', {
      name: names.buildRole,
      description: `Pushes images, from the branch ${github.branch}`,
      trust: pipelineTrust(
        arns,
        pipelines,
        `ref:refs/heads/${github.branch}`,
        github.apps.map(({ identity }) => identity),
      ),
      policy: buildPolicy(props.repositoryArns),
    });
    new Role(this, 'plan', {
      name: names.planRole,
      description: `Plans infrastructure, from the GitHub environment ${github.applyEnvironment}-plan; reads only`,
      trust: githubTrust(arns, github.identity, `environment:${github.applyEnvironment}-plan`),
      policy: planPolicy(props.platform),
    });
    new Role(this, 'apply', {
      name: names.applyRole,
      description: `Applies infrastructure, from the GitHub environment ${github.applyEnvironment}`,
      trust: pipelineTrust(arns, pipelines, `environment:${github.applyEnvironment}`),
      policy: undefined,
      policies: applyPolicies(props.platform),
    });
  }
}
