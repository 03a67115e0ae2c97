import type {
  BudgetSettings,
  ClusterSettings,
  Ec2Settings,
  EnvironmentSettings,
  GithubSettings,
  GitlabSettings,
  HealthCheckSettings,
  IngressSettings,
  NetworkSettings,
  ObservabilitySettings,
  PipelineSettings,
  RegistrySettings,
  RunnerSettings,
  ServiceSettings,
  StorageSettings,
} from './settings';

/** Every member there, none undefined: the settings with their defaults filled in. */
type Complete<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** As `Complete`, but these stay undefined where they are not set. */
type CompleteBut<T, Open extends keyof T> = Complete<Omit<T, Open>> & {
  readonly [K in Open]: T[K] | undefined;
};

/** Where a stack goes. */
export interface Home {
  readonly project: string;
  /** Undefined where neither settings nor variables say: the account is then whoever calls. */
  readonly account: string | undefined;
  readonly region: string;
  readonly stateBucket: string | undefined;
  /** ARN of the policy that bounds every role. */
  readonly permissionsBoundary: string | undefined;
  readonly rehearsal: boolean;
}

export type Registry = Complete<RegistrySettings>;
export type Gitlab = Complete<GitlabSettings>;
export type Pipeline = CompleteBut<PipelineSettings, 'connectionArn'>;

export interface Project extends Home {
  readonly protect: boolean;
  readonly github: Github;
  readonly gitlab: Gitlab | undefined;
  readonly registry: Registry;
  readonly budget: BudgetSettings | undefined;
  readonly cloudTrail: boolean;
  readonly serviceLinkedRoles: 'own' | 'existing';
  readonly pipelines: readonly Pipeline[];
}

export interface Github extends Omit<
  Complete<GithubSettings>,
  'owner' | 'repository' | 'ownerId' | 'repositoryId' | 'apps'
> {
  /** Undefined where unknown: then nobody may take a role. */
  readonly identity: GithubIdentity | undefined;
  readonly apps: readonly AppRepository[];
}

export interface AppRepository {
  readonly identity: GithubIdentity;
  /** Names of the services that its workflows ship. */
  readonly services: readonly string[];
}

export interface GithubIdentity {
  readonly owner: string;
  readonly repository: string;
  /** Undefined where unknown: then only the classic subject is trusted. */
  readonly ids: { readonly owner: string; readonly repository: string } | undefined;
}

export type NetworkPlan = CompleteBut<NetworkSettings, 'existing'>;
export type Ec2 = Complete<Ec2Settings>;
export type ClusterPlan = CompleteBut<Omit<ClusterSettings, 'ec2'>, 'serviceConnect'> & { readonly ec2: Ec2 };
export type IngressPlan = CompleteBut<IngressSettings, 'domain' | 'certificateArn'>;
export type ObservabilityPlan = Complete<ObservabilitySettings>;
export type StoragePlan = Complete<StorageSettings>;
export type Runner = Complete<RunnerSettings>;

export interface Environment extends Home {
  readonly name: string;
  readonly preset: Exclude<EnvironmentSettings['preset'], undefined>;
  readonly protect: boolean;
  readonly encryption: 'aws' | 'own';
  readonly network: NetworkPlan;
  readonly cluster: ClusterPlan;
  readonly ingress: IngressPlan;
  readonly observability: ObservabilityPlan;
  readonly storage: StoragePlan;
  readonly runner: Runner | undefined;
  readonly services: readonly Service[];
}

export interface Service extends Omit<Complete<ServiceSettings>, 'healthCheck'> {
  readonly healthCheck: Complete<HealthCheckSettings>;
}

/** All that is built, checked and complete. */
export interface Platform {
  readonly project: Project;
  readonly environments: readonly Environment[];
  /** Of all environments, each once. */
  readonly serviceNames: readonly string[];
  /** @throws Error for a name that no settings carry. */
  environment(name: string): Environment;
}
