/**
 * Monthly cost classes, as `@cost` says them below: free; low (up to $5); medium (up to $40); high (more). Each is
 * for one of its kind, in one environment, before traffic.
 */

/** What all stacks share. */
export interface ProjectSettings {
  /** Begins every name: lower-case letters, digits, hyphens. */
  readonly name: string;
  /** Twelve digits; the provider then refuses any other account. @default AWS_ACCOUNT_ID, else the caller's */
  readonly account?: string;
  /** Where the foundation is, and every environment that names no other. @default AWS_REGION, else ap-northeast-1 */
  readonly region?: string;
  /** Bucket for remote state, with a lock file. @default SLIPWAY_STATE_BUCKET, else state is local */
  readonly stateBucket?: string;
  /** Whether the state bucket refuses to be destroyed. @default true @cost free */
  readonly protect?: boolean;
  /** ARN of a policy that bounds every role these stacks make. @default none */
  readonly permissionsBoundary?: string;
  /** The repository whose workflows may take the roles. @default the one that is checked out */
  readonly github?: GithubSettings;
  /** Other pipelines whose jobs may take roles. @default none */
  readonly gitlab?: GitlabSettings;
  /** How images are kept. @default immutable tags, 500 of them */
  readonly registry?: RegistrySettings;
  /** Warns by mail before the bill does. @default none @cost free */
  readonly budget?: BudgetSettings;
  /** Writes every call of AWS's APIs to a bucket. @default false @cost low */
  readonly cloudTrail?: boolean;
  /**
   * The service-linked roles of ECS, load balancing and scaling, which a fresh account lacks: `own` makes them, `existing`
   * leaves them to AWS, which makes each at its first use. One account has each once. @default existing @cost free
   */
  readonly serviceLinkedRoles?: 'own' | 'existing';
  /**
   * CodePipeline and CodeBuild instead of GitHub Actions: one, or one for each service that has a repository of its own.
   * @default none @cost low
   */
  readonly pipeline?: PipelineSettings | readonly PipelineSettings[];
}

/** Who may take the roles: the workflows of one repository. */
export interface GithubSettings {
  /**
   * The owner alone, as in `github.com/OWNER/repository`.
   * @default that of GITHUB_REPOSITORY, else of the checkout's remote origin; with neither nobody may take a role
   */
  readonly owner?: string;
  /** The name alone. @default as for the owner */
  readonly repository?: string;
  /**
   * The first number of `gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'`. Repositories made or renamed after
   * 2026-07-15 sign in with both. @default GITHUB_REPOSITORY_OWNER_ID
   */
  readonly ownerId?: string;
  /** The second number. @default GITHUB_REPOSITORY_ID */
  readonly repositoryId?: string;
  /** The branch that builds images. @default main */
  readonly branch?: string;
  /** The GitHub environment whose jobs may apply infrastructure. @default infrastructure */
  readonly applyEnvironment?: string;
  /** An account has one OIDC provider for GitHub: `own` makes it, `existing` uses the one that is there. @default own @cost free */
  readonly provider?: 'own' | 'existing';
  /** Repositories of apps that were split off: they build, and they alone deploy the services they name. @default none */
  readonly apps?: readonly AppRepositorySettings[];
}

/** The repository of an app, and which services its workflows ship. */
export interface AppRepositorySettings {
  /** As of `github`. @default github.owner */
  readonly owner?: string;
  /** The name alone. */
  readonly repository: string;
  /** As of `github`. @default github.ownerId, where the owner is the same */
  readonly ownerId?: string;
  /** As of `github`. @default none: then only the classic subject is trusted */
  readonly repositoryId?: string;
  /** Names of services, in whichever environments they are. */
  readonly services: readonly string[];
}

/** Jobs of one GitLab project, which sign in with OIDC as GitHub's do. */
export interface GitlabSettings {
  /** Path of the project, such as `shop/web`. */
  readonly project: string;
  /** Host of the GitLab that signs. @default gitlab.com */
  readonly host?: string;
  /** The branch that builds, deploys and applies. @default main */
  readonly branch?: string;
  /** As for GitHub. @default own @cost free */
  readonly provider?: 'own' | 'existing';
}

/** Where images are: once an account. */
export interface RegistrySettings {
  /** `mutable` lets a team push `latest` beside the sha; nothing here ever deploys a tag that moves. @default immutable @cost free */
  readonly tags?: 'immutable' | 'mutable';
  /** Newest tagged images that are kept; none that runs may be older. @default 500 @unit images @cost low */
  readonly keepImages?: number;
  /** Days after which untagged images go. @default 14 @unit days */
  readonly untaggedDays?: number;
  /** Other regions that get a copy of each image. @default none @cost low */
  readonly replicateTo?: readonly string[];
  /** Other accounts that may pull, twelve digits each. @default none */
  readonly pullAccounts?: readonly string[];
}

/** A budget of the whole account. */
export interface BudgetSettings {
  /** What the account is meant to cost. @unit US dollars a month */
  readonly limit: number;
  /** Addresses that hear of 50, 80 and 100 percent, and of a forecast above. */
  readonly emails: readonly string[];
}

/** Source, tests, build with digest, staging, manual approval, production. */
export interface PipelineSettings {
  /** `owner/repository`, as the connection knows it. */
  readonly repository: string;
  /** The service that it ships. @default the only one */
  readonly service?: string;
  /** Whose pushes start it. @default main */
  readonly branch?: string;
  /** Environments in their order; each after the first waits for an approval. @default staging, production */
  readonly environments?: readonly string[];
  /** ARN of a connection that is authorised already. @default a new one, to be authorised once in the console */
  readonly connectionArn?: string;
  /** Where the repository is, for a new connection. @default GitHub @cost free */
  readonly provider?: 'GitHub' | 'GitLab' | 'Bitbucket';
  /** Folder in the repository with the buildspec files. @default deploy/ci */
  readonly buildspecs?: string;
  /** Processor that images are built on, and so for. @default x86_64 @cost free */
  readonly architecture?: 'x86_64' | 'arm64';
  /** Addresses that hear of approvals that are waited for, and of failed runs. @default none */
  readonly emails?: readonly string[];
}

/** One network, cluster and load balancer with its services. */
export interface EnvironmentSettings {
  /** Part of every name in it: lower-case letters, digits, hyphens. */
  readonly name: string;
  /**
   * What the other options are when they are not set. `small`: public tasks, no NAT, week-long logs; `standard`: private
   * tasks behind one NAT gateway; `isolated`: private tasks without a way to the internet, endpoints, own keys, WAF.
   * @default standard @cost high
   */
  readonly preset?: 'small' | 'standard' | 'isolated';
  /** Twelve digits. @default the project's */
  readonly account?: string;
  /** Where it is. @default the project's */
  readonly region?: string;
  /** A bucket of its own for its state, such as one in its own account. @default the project's */
  readonly stateBucket?: string;
  /** Whether the load balancer, file system and buckets refuse to be destroyed. @default false @cost free */
  readonly protect?: boolean;
  /** `own` makes a KMS key for logs, topics and files; `aws` uses AWS's. @default aws; isolated: own @cost low */
  readonly encryption?: 'aws' | 'own';
  /** Where addresses come from. @default a VPC of its own, as the preset has it */
  readonly network?: NetworkSettings;
  /** What tasks run on. @default Fargate */
  readonly cluster?: ClusterSettings;
  /** What stands before them. @default an application load balancer with HTTP at its own name */
  readonly ingress?: IngressSettings;
  /** What is written down and told. @default log groups, alarms and a topic, as the preset has it */
  readonly observability?: ObservabilitySettings;
  /** What is kept. @default none */
  readonly storage?: StorageSettings;
  /** A host that runs the jobs of the project's `gitlab` in a private subnet. @default none @cost medium */
  readonly runner?: RunnerSettings;
  /** At least one. */
  readonly services: readonly ServiceSettings[];
}

/** A VPC with a public and a private subnet in each zone, and rules for each tier. */
export interface NetworkSettings {
  /** Of the VPC; those of two environments that may be connected one day must not overlap. @default 10.0.0.0/16 */
  readonly cidr?: string;
  /** Size of each subnet. @default 24 @unit bits of the prefix */
  readonly subnetPrefix?: number;
  /** Letters of at least two zones. A letter has its own place in the CIDR: adding one renumbers nothing. @default a, c */
  readonly zones?: readonly string[];
  /** `single` is one gateway, and one zone on which the others depend; `per-az` one each. @default single; small, isolated: none @cost medium */
  readonly nat?: 'none' | 'single' | 'per-az';
  /** Where tasks run: private subnets, or public ones with an address each ($4 a month). @default private; small: public @cost low */
  readonly tasks?: 'private' | 'public';
  /**
   * Ways to AWS's APIs that stay inside: `s3` is the free gateway; `tasks` are those that private tasks need without NAT
   * (ecr.api, ecr.dkr, logs, secretsmanager, ssm, ssmmessages, kms, sts), in each zone. @default s3; isolated: tasks @cost high
   */
  readonly endpoints?: 'none' | 's3' | 'tasks';
  /** More interface endpoints, by the last part of their name: `sqs`. @default none @cost medium */
  readonly moreEndpoints?: readonly string[];
  /** Subnets without any route out of the VPC, for databases. @default false; isolated: true @cost free */
  readonly isolatedTier?: boolean;
  /** Records of every connection, in CloudWatch Logs. @default true; small: false @cost low */
  readonly flowLogs?: boolean;
  /** A network that is there already; all else here but `tasks` is then its own affair. @default none */
  readonly existing?: ExistingNetworkSettings;
}

/** A VPC that is there already: nothing is made in it but security groups and what is put into its subnets. */
export interface ExistingNetworkSettings {
  /** `vpc-0a1b2c3d` */
  readonly vpcId: string;
  /** The whole of the VPC's network. */
  readonly cidr: string;
  /** Where the load balancer is: two zones at least. */
  readonly publicSubnetIds: readonly string[];
  /** Where tasks, instances and the file system are. Empty with `tasks: 'public'`. */
  readonly privateSubnetIds: readonly string[];
  /** Told to apps, and used by nothing here. @default none */
  readonly isolatedSubnetIds?: readonly string[];
}

/** Where tasks run. */
export interface ClusterSettings {
  /** Metrics of tasks and containers, of which enhanced has more. @default enabled; small: disabled; isolated: enhanced @cost low */
  readonly containerInsights?: 'disabled' | 'enabled' | 'enhanced';
  /** Whether sessions of `aws ecs execute-command` are written to a log group. @default true; small: false @cost free */
  readonly logExec?: boolean;
  /** Which providers a task may take; Fargate and EC2 do not mix in one strategy. @default fargate @cost free */
  readonly capacity?: 'fargate' | 'ec2';
  /** The instances, of `capacity: 'ec2'`. @default one t3.small to five */
  readonly ec2?: Ec2Settings;
  /** The role and activation with which machines elsewhere join (ECS Anywhere). @default false @cost free */
  readonly external?: boolean;
  /** Name under which services find each other (Service Connect), such as `shop.internal`. @default none */
  readonly serviceConnect?: string;
}

/** An auto scaling group whose instances join the cluster; `capacity: 'ec2'` only. */
export interface Ec2Settings {
  /** Of each instance. @default t3.small @cost medium */
  readonly instanceType?: string;
  /** Of the instances, and so of the images. @default x86_64 @cost free */
  readonly architecture?: 'x86_64' | 'arm64';
  /** Fewest. @default 1 @unit instances */
  readonly min?: number;
  /** Most. @default 5 @unit instances */
  readonly max?: number;
  /** Of the root disk. @default 30 @unit GiB @cost low */
  readonly diskSize?: number;
  /**
   * `provider`: ECS scales the group to what tasks reserve, and drains instances; `alarms`: one instance more above 75
   * percent of reserved CPU or memory, one less below 30. @default provider @cost free
   */
  readonly scaling?: 'provider' | 'alarms';
}

/** How requests come in. */
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
  /** Of one address in five minutes; `firewall` only. @default 2000 @unit requests */
  readonly rateLimit?: number;
  /** A bucket with each request, kept 90 days. @default true; small: false @cost low */
  readonly accessLogs?: boolean;
  /** Who may reach it, as CIDRs. @default everybody */
  readonly sources?: readonly string[];
  /** Who may reach the test listener (port 8080), as CIDRs. @default the VPC alone */
  readonly testSources?: readonly string[];
}

/** What is written down, and who hears of what goes wrong. */
export interface ObservabilitySettings {
  /** How long CloudWatch keeps what containers and the VPC wrote. @default 30; small: 7; isolated: 365 @unit days @cost low */
  readonly logRetentionDays?: number;
  /** Addresses that hear of alarms and failed deployments. @default none */
  readonly emails?: readonly string[];
  /** A page of charts in CloudWatch, a row for each service. @default true; small: false @cost low */
  readonly dashboard?: boolean;
}

/** What tasks keep, and what they are given at their start. */
export interface StorageSettings {
  /** A file system that tasks of every zone can mount. @default false @cost low */
  readonly fileSystem?: boolean;
  /** A bucket for env files that ECS reads at the start of a task. @default false @cost free */
  readonly envFiles?: boolean;
  /** Names of empty secrets under `<project>/<environment>/`, to be filled by hand. @default none @cost low */
  readonly secrets?: readonly string[];
}

/** A host that is entered by Session Manager alone. */
export interface RunnerSettings {
  /** Of the host. @default t3.small @cost medium */
  readonly instanceType?: string;
  /** Name of the secret with the runner's token, under `<project>/<environment>/`: made empty, and filled by hand. */
  readonly tokenSecret: string;
  /** At once. @default 2 @unit jobs */
  readonly concurrency?: number;
  /** Of its disk. @default 50 @unit GiB @cost low */
  readonly diskSize?: number;
}

/** One service: its repository, target groups, rules, roles and log group follow from it. */
export interface ServiceSettings {
  /** Of the ECS service, and part of what is made for it: lower-case letters, digits, hyphens. */
  readonly name: string;
  /** On which the container listens. @default 3000 @unit TCP port */
  readonly port?: number;
  /** `awsvpc` gives each task an address; `bridge` shares the instance's, with ports of its choice (EC2 only). @default awsvpc @cost free */
  readonly networkMode?: 'awsvpc' | 'bridge';
  /** Host names that reach it. @default every host */
  readonly hosts?: readonly string[];
  /** Path patterns that reach it. @default every path */
  readonly paths?: readonly string[];
  /**
   * Of its listener rules: the lowest that fits a request has it.
   * @default 100 times its place in the list; 10000 more without paths, 10000 more again without hosts @unit place from 1 to 50000
   */
  readonly priority?: number;
  /** When a task may be asked. @default /health-check answers 200, two checks of 5 seconds */
  readonly healthCheck?: HealthCheckSettings;
  /** How long a target keeps its open connections after it was taken out. @default 30 @unit seconds */
  readonly deregistrationDelay?: number;
  /** That tasks may reach outside of the VPC. @default 443 @unit TCP ports */
  readonly outboundPorts?: readonly number[];
  /** Whether `aws ecs execute-command` may open a shell in a task. @default false @cost free */
  readonly exec?: boolean;
  /** Of 5xx in one minute, above which the alarm is set off. @default 10 @unit responses @cost low */
  readonly errorsPerMinute?: number;
  /** Mean response time of a minute, above which the alarm is set off. @default 2 @unit seconds @cost low */
  readonly slowSeconds?: number;
}

/** How the load balancer finds out that a task may be asked. */
export interface HealthCheckSettings {
  /** What is asked. @default /health-check */
  readonly path?: string;
  /** Status codes that count as healthy. @default 200 */
  readonly matcher?: string;
  /** Between two checks. @default 5 @unit seconds */
  readonly interval?: number;
  /** Below the interval. @default 3 @unit seconds */
  readonly timeout?: number;
  /** Good answers before a task is asked. @default 2 @unit checks in a row */
  readonly healthyCount?: number;
  /** Bad ones before it is asked no more. @default 3 @unit checks in a row */
  readonly unhealthyCount?: number;
}
