/** Where ARNs point: the account may be a token, so that they can be told before anybody knows it. */
export interface Place {
  readonly account: string;
  readonly region: string;
  /** Where the region is `*`, which says nothing of it. */
  readonly partition?: string;
}

/** The URL of GitHub's OIDC provider without its scheme, as it stands in ARNs and condition keys. */
export const GITHUB_ISSUER = 'token.actions.githubusercontent.com';

/** ARNs computed from account, region and name, so that no stack needs another's state. */
export function arns({ account, region, partition = partitionOf(region) }: Place) {
  const regional = (service: string, resource: string) =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const ecs = (resource: string) => regional('ecs', resource);
  return {
    account: `arn:${partition}:iam::${account}:root`,
    accountId: account,
    role: (name: string) => `arn:${partition}:iam::${account}:role/${name}`,
    githubProvider: `arn:${partition}:iam::${account}:oidc-provider/${GITHUB_ISSUER}`,
    oidcProvider: (host: string) => `arn:${partition}:iam::${account}:oidc-provider/${host}`,
    bucket: (name: string) => `arn:${partition}:s3:::${name}`,
    repository: (name: string) => regional('ecr', `repository/${name}`),
    cluster: (name: string) => ecs(`cluster/${name}`),
    service: (cluster: string, service: string) => ecs(`service/${cluster}/${service}`),
    serviceDeployments: (cluster: string, service: string) =>
      ecs(`service-deployment/${cluster}/${service}/*`),
    serviceRevisions: (cluster: string, service: string) => ecs(`service-revision/${cluster}/${service}/*`),
    tasks: (cluster: string) => ecs(`task/${cluster}/*`),
    taskDefinitions: (family: string) => ecs(`task-definition/${family}:*`),
    anyEcs: ecs('*'),
    logGroup: (name: string) => regional('logs', `log-group:${name}`),
    parameter: (path: string) => regional('ssm', `parameter${path}`),
    secret: (path: string) => regional('secretsmanager', `secret:${path}`),
    regional,
    region,
    partition,
  };
}

export type Arns = ReturnType<typeof arns>;

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}

/** Host that ECR pushes to and pulls from. */
export function registryHost({ account, region }: Place): string {
  const suffix = partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `${account}.dkr.ecr.${region}.${suffix}`;
}
