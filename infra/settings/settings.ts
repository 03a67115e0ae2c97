/** One fact about all stacks. `environments/project.ts` holds it. */
export interface ProjectSettings {
  /** Begins every name: lower-case letters, digits, hyphens. */
  readonly name: string;
  /** Twelve digits; the provider then refuses any other account. Default: `AWS_ACCOUNT_ID`, else the caller's. */
  readonly account?: string;
  /** Default: `AWS_REGION`, else ap-northeast-1. */
  readonly region?: string;
  /** Bucket for remote state, with a lock file. Default: `SLIPWAY_STATE_BUCKET`, else state is local. */
  readonly stateBucket?: string;
  readonly github?: GithubSettings;
  /** Whether the state bucket refuses to be destroyed. Default true. */
  readonly protect?: boolean;
}

/** Who may take the roles: the workflows of one repository. */
export interface GithubSettings {
  /** Default: `GITHUB_REPOSITORY`, else the checkout's remote `origin`; with none of them nobody may take a role. */
  readonly owner?: string;
  readonly repository?: string;
  /**
   * The numbers of `gh api repos/OWNER/REPOSITORY --jq '.owner.id, .id'`. Repositories made or renamed after
   * 2026-07-15 sign in with them. Default: `GITHUB_REPOSITORY_OWNER_ID` and `GITHUB_REPOSITORY_ID`.
   */
  readonly ownerId?: string;
  readonly repositoryId?: string;
  /** The branch that builds images. Default main. */
  readonly branch?: string;
  /** The GitHub environment whose jobs may apply infrastructure. Default infrastructure. */
  readonly applyEnvironment?: string;
  /** An account has one OIDC provider for GitHub: `own` makes it, `existing` uses the one that is there. Default own. */
  readonly provider?: 'own' | 'existing';
}

/** One environment. `environments/<name>.ts` holds it. */
export interface EnvironmentSettings {
  readonly name: string;
  /** As in the project, which is the default. */
  readonly account?: string;
  readonly region?: string;
  readonly stateBucket?: string;
  /** Default 10.0.0.0/16. */
  readonly cidr?: string;
  /** Size of each subnet. Default 24. */
  readonly subnetPrefix?: number;
  /** Letters of at least two zones. A letter has its own place in the CIDR: adding one renumbers nothing. Default a, c. */
  readonly zones?: readonly string[];
  /** `none` costs nothing; `single` one gateway, and one zone on which the others depend; `per-az` one each. Default single. */
  readonly nat?: 'none' | 'single' | 'per-az';
  /** Where tasks run: private subnets, or public ones with an address each. Default private. */
  readonly tasks?: 'private' | 'public';
  /** CloudWatch Container Insights of the cluster. Default enabled. */
  readonly containerInsights?: 'disabled' | 'enabled' | 'enhanced';
  /** Default 30. */
  readonly logRetentionDays?: number;
  /** Whether the load balancer refuses to be deleted. Default false. */
  readonly protect?: boolean;
  /** Who may reach the test listener (port 8080), as CIDRs. Default: the VPC alone. */
  readonly testListenerSources?: readonly string[];
  readonly services: readonly ServiceSettings[];
}

/** One service: its repository, target groups, rules, roles and log group follow from it. */
export interface ServiceSettings {
  readonly name: string;
  /** Port of the container. Default 3000. */
  readonly port?: number;
  /** Host names that reach it; none means all. */
  readonly hosts?: readonly string[];
  /** Path patterns that reach it. Default every path. */
  readonly paths?: readonly string[];
  /** Of its listener rules, lowest first. Default 100 times its place in the list. */
  readonly priority?: number;
  readonly healthCheck?: HealthCheckSettings;
  /** Seconds that a target keeps its open connections after it was taken out. Default 30. */
  readonly deregistrationDelay?: number;
  /** Ports that tasks may reach outside of the VPC. Default 443. */
  readonly outboundPorts?: readonly number[];
  /** Whether `aws ecs execute-command` may open a shell in a task. Default false. */
  readonly exec?: boolean;
  /** Responses of 5xx in one minute that set off the alarm. Default 10. */
  readonly errorsPerMinute?: number;
}

export interface HealthCheckSettings {
  /** Default /health-check. */
  readonly path?: string;
  /** Status codes that count as healthy. Default 200. */
  readonly matcher?: string;
  /** Seconds between two checks. Default 5. */
  readonly interval?: number;
  /** Seconds; below the interval. Default 3. */
  readonly timeout?: number;
  /** Checks in a row. Default 2. */
  readonly healthyCount?: number;
  /** Checks in a row. Default 3. */
  readonly unhealthyCount?: number;
}
