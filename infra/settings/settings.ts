/**
 * Monthly cost classes, as `@cost` says them below: free; low (up to $5); medium (up to $40); high (more). Each is
 * for one of its kind, in one environment, before traffic.
 */

/** One fact about all stacks. `environments/project.ts` holds it. */
export interface ProjectSettings {
  /** Begins every name: lower-case letters, digits, hyphens. */
  readonly name: string;
  /** Twelve digits; the provider then refuses any other account. @default AWS_ACCOUNT_ID, else the caller's */
  readonly account?: string;
  /** @default AWS_REGION, else ap-northeast-1 */
  readonly region?: string;
  /** Bucket for remote state, with a lock file. @default SLIPWAY_STATE_BUCKET, else state is local */
  readonly stateBucket?: string;
  /** Whether the state bucket refuses to be destroyed. @default true */
  readonly protect?: boolean;
  /** ARN of a policy that bounds every role these stacks make. @default none */
  readonly permissionsBoundary?: string;
  readonly github?: GithubSettings;
  /** Other pipelines whose jobs may take roles. @default none */
  readonly gitlab?: GitlabSettings;
  readonly registry?: RegistrySettings;
  /** Warns by mail before the bill does. @default none @cost free */
  readonly budget?: BudgetSettings;
  /** Writes every call of AWS's APIs to a bucket. @default false @cost low */
  readonly cloudTrail?: boolean;
  /**
   * The service-linked roles of ECS, load balancing and scaling, which a fresh account lacks: `own` makes them, `existing`
   * leaves them to AWS, which makes each at its first use. One account has each once. @default existing
   */
  readonly serviceLinkedRoles?: 'own' | 'existing';
  /** CodePipeline and CodeBuild instead of GitHub Actions. @default none @cost low */
  readonly pipeline?: PipelineSettings;
}

/** Who may take the roles: the workflows of one repository. */
export interface GithubSettings {
  /** @default GITHUB_REPOSITORY, else the checkout's remote origin; with none of them nobody may take a role */
  readonly owner?: string;
  readonly repository?: string;
  /**
   * The numbers of `gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'`. Repositories made or renamed after
   * 2026-07-15 sign in with them. @default GITHUB_REPOSITORY_OWNER_ID and GITHUB_REPOSITORY_ID
   */
  readonly ownerId?: string;
  readonly repositoryId?: string;
  /** The branch that builds images. @default main */
  readonly branch?: string;
  /** The GitHub environment whose jobs may apply infrastructure. @default infrastructure */
  readonly applyEnvironment?: string;
  /** An account has one OIDC provider for GitHub: `own` makes it, `existing` uses the one that is there. @default own */
  readonly provider?: 'own' | 'existing';
}

/** Jobs of one GitLab project, which sign in with OIDC as GitHub's do. */
export interface GitlabSettings {
  /** Path of the project, such as `shop/web`. */
  readonly project: string;
  /** Host of the GitLab that signs. @default gitlab.com */
  readonly host?: string;
  /** The branch that builds, deploys and applies. @default main */
  readonly branch?: string;
  /** @default own */
  readonly provider?: 'own' | 'existing';
}

/** Where images are: once an account. */
export interface RegistrySettings {
  /** `mutable` lets a team push `latest` beside the sha; nothing here ever deploys a tag that moves. @default immutable */
  readonly tags?: 'immutable' | 'mutable';
  /** Newest tagged images that are kept; none that runs may be older. @default 500 @cost low */
  readonly keepImages?: number;
  /** Days after which untagged images go. @default 14 @unit days */
  readonly untaggedDays?: number;
  /** Other regions that get a copy of each image. @default none @cost low */
  readonly replicateTo?: readonly string[];
  /** Other accounts that may pull, twelve digits each. @default none */
  readonly pullAccounts?: readonly string[];
}

export interface BudgetSettings {
  /** @unit US dollars a month */
  readonly limit: number;
  /** Addresses that hear of 50, 80 and 100 percent, and of a forecast above. */
  readonly emails: readonly string[];
}

/** Source, build with digest, staging, manual approval, production. */
export interface PipelineSettings {
  /** `owner/repository`, as the connection knows it. */
  readonly repository: string;
  /** @default main */
  readonly branch?: string;
  /** ARN of a connection that is authorised already. @default a new one, to be authorised once in the console */
  readonly connectionArn?: string;
}

/** One environment. `environments/<name>.ts` holds it. */
export interface EnvironmentSettings {
  readonly name: string;
  /**
   * What the other options are when they are not set. `small`: public tasks, no NAT, week-long logs; `standard`: private
   * tasks behind one NAT gateway; `isolated`: private tasks without a way to the internet, endpoints, own keys, WAF.
   * @default standard
   */
  readonly preset?: 'small' | 'standard' | 'isolated';
  /** As in the project, which is the default. */
  readonly account?: string;
  readonly region?: string;
  readonly stateBucket?: string;
  /** Whether the load balancer, file system and buckets refuse to be destroyed. @default false */
  readonly protect?: boolean;
  /** `own` makes a KMS key for logs, topics and files; `aws` uses AWS's. @default aws; isolated: own @cost low */
  readonly encryption?: 'aws' | 'own';
  readonly network?: NetworkSettings;
  readonly cluster?: ClusterSettings;
  readonly ingress?: IngressSettings;
  readonly observability?: ObservabilitySettings;
  readonly storage?: StorageSettings;
  /** A host that runs GitLab's jobs in a private subnet. @default none @cost medium */
  readonly runner?: RunnerSettings;
  readonly services: readonly ServiceSettings[];
}

export interface NetworkSettings {
  /** @default 10.0.0.0/16 */
  readonly cidr?: string;
  /** Size of each subnet. @default 24 @unit bits of the prefix */
  readonly subnetPrefix?: number;
  /** Letters of at least two zones. A letter has its own place in the CIDR: adding one renumbers nothing. @default a, c */
  readonly zones?: readonly string[];
  /** `single` is one gateway, and one zone on which the others depend; `per-az` one each. @default single; small, isolated: none @cost medium */
  readonly nat?: 'none' | 'single' | 'per-az';
  /** Where tasks run: private subnets, or public ones with an address each. @default private; small: public */
  readonly tasks?: 'private' | 'public';
  /**
   * Ways to AWS's APIs that stay inside: `s3` is the free gateway; `tasks` are those that private tasks need without NAT
   * (ecr.api, ecr.dkr, logs, secretsmanager, ssm, ssmmessages, kms, sts), in each zone. @default s3; isolated: tasks @cost high
   */
  readonly endpoints?: 'none' | 's3' | 'tasks';
  /** More interface endpoints, by the last part of their name: `sqs`. @default none @cost medium */
  readonly moreEndpoints?: readonly string[];
  /** Subnets without any route out of the VPC, for databases. @default false; isolated: true */
  readonly isolatedTier?: boolean;
  /** Records of every connection, in CloudWatch Logs. @default true; small: false @cost low */
  readonly flowLogs?: boolean;
  /** A network that is there already; all else here but `tasks` is then its own affair. @default none */
  readonly existing?: ExistingNetworkSettings;
}

export interface ExistingNetworkSettings {
  readonly vpcId: string;
  readonly cidr: string;
  readonly publicSubnetIds: readonly string[];
  readonly privateSubnetIds: readonly string[];
}

export interface ClusterSettings {
  /** @default enabled; small: disabled; isolated: enhanced @cost low */
  readonly containerInsights?: 'disabled' | 'enabled' | 'enhanced';
  /** Whether sessions of `aws ecs execute-command` are written to a log group. @default true; small: false @cost free */
  readonly logExec?: boolean;
  /** Which providers a task may take; Fargate and EC2 do not mix in one strategy. @default fargate */
  readonly capacity?: 'fargate' | 'ec2';
  readonly ec2?: Ec2Settings;
  /** The role and activation with which machines elsewhere join (ECS Anywhere). @default false */
  readonly external?: boolean;
  /** Name under which services find each other (Service Connect), such as `shop.internal`. @default none */
  readonly serviceConnect?: string;
}

/** An auto scaling group whose instances join the cluster; `capacity: 'ec2'` only. */
export interface Ec2Settings {
  /** @default t3.small @cost medium */
  readonly instanceType?: string;
  /** @default x86_64 */
  readonly architecture?: 'x86_64' | 'arm64';
  /** @default 1 @unit instances */
  readonly min?: number;
  /** @default 5 @unit instances */
  readonly max?: number;
  /** Of the root disk. @default 30 @unit GiB */
  readonly diskSize?: number;
  /**
   * `provider`: ECS scales the group to what tasks reserve, and drains instances; `alarms`: one instance more above 75
   * percent of reserved CPU or memory, one less below 30. @default provider
   */
  readonly scaling?: 'provider' | 'alarms';
}

export interface IngressSettings {
  /** `network` is for TCP, without rules: one service an environment. @default application @cost medium */
  readonly kind?: 'application' | 'network';
  /** Name whose records point here, such as `staging.example.com`; HTTPS comes with it, and HTTP redirects. @default none */
  readonly domain?: string;
  /** Hosted zone: `own` makes one for the domain, else the id of the one that holds it. @default own @cost low */
  readonly zone?: string;
  /** ARN of a certificate that is there already. @default one is made, and validated by DNS @cost free */
  readonly certificateArn?: string;
  /** CloudFront in front; the balancer then lets only it in. @default false @cost low */
  readonly cloudFront?: boolean;
  /** AWS's managed rules, and a limit of requests per address. @default false; isolated: true @cost low */
  readonly firewall?: boolean;
  /** Requests of one address in five minutes; `firewall` only. @default 2000 */
  readonly rateLimit?: number;
  /** A bucket with each request, kept 90 days. @default true; small: false @cost low */
  readonly accessLogs?: boolean;
  /** Who may reach it, as CIDRs. @default everybody */
  readonly sources?: readonly string[];
  /** Who may reach the test listener (port 8080), as CIDRs. @default the VPC alone */
  readonly testSources?: readonly string[];
}

export interface ObservabilitySettings {
  /** @default 30; small: 7; isolated: 365 @unit days @cost low */
  readonly logRetentionDays?: number;
  /** Addresses that hear of alarms and failed deployments. @default none */
  readonly emails?: readonly string[];
  /** @default true; small: false @cost low */
  readonly dashboard?: boolean;
}

export interface StorageSettings {
  /** A file system that tasks of every zone can mount. @default false @cost low */
  readonly fileSystem?: boolean;
  /** A bucket for env files that ECS reads at the start of a task. @default false @cost free */
  readonly envFiles?: boolean;
  /** Names of empty secrets under `<project>/<environment>/`, to be filled by hand. @default none @cost low */
  readonly secrets?: readonly string[];
}

export interface RunnerSettings {
  /** @default t3.small */
  readonly instanceType?: string;
  /** Name of the secret with the runner's token, under `<project>/<environment>/`. */
  readonly tokenSecret: string;
}

/** One service: its repository, target groups, rules, roles and log group follow from it. */
export interface ServiceSettings {
  readonly name: string;
  /** Port of the container. @default 3000 */
  readonly port?: number;
  /** `awsvpc` gives each task an address; `bridge` shares the instance's, with ports of its choice (EC2 only). @default awsvpc */
  readonly networkMode?: 'awsvpc' | 'bridge';
  /** Host names that reach it; none means all. */
  readonly hosts?: readonly string[];
  /** Path patterns that reach it. @default every path */
  readonly paths?: readonly string[];
  /** Of its listener rules, lowest first. @default 100 times its place in the list */
  readonly priority?: number;
  readonly healthCheck?: HealthCheckSettings;
  /** How long a target keeps its open connections after it was taken out. @default 30 @unit seconds */
  readonly deregistrationDelay?: number;
  /** Ports that tasks may reach outside of the VPC. @default 443 */
  readonly outboundPorts?: readonly number[];
  /** Whether `aws ecs execute-command` may open a shell in a task. @default false */
  readonly exec?: boolean;
  /** Responses of 5xx in one minute that set off the alarm. @default 10 */
  readonly errorsPerMinute?: number;
  /** Mean response time of a minute that sets off the alarm. @default 2 @unit seconds */
  readonly slowSeconds?: number;
}

export interface HealthCheckSettings {
  /** @default /health-check */
  readonly path?: string;
  /** Status codes that count as healthy. @default 200 */
  readonly matcher?: string;
  /** Between two checks. @default 5 @unit seconds */
  readonly interval?: number;
  /** Below the interval. @default 3 @unit seconds */
  readonly timeout?: number;
  /** @default 2 @unit checks in a row */
  readonly healthyCount?: number;
  /** @default 3 @unit checks in a row */
  readonly unhealthyCount?: number;
}
