import type { EnvironmentSettings, GithubSettings, HealthCheckSettings, ServiceSettings } from './settings';

/** Every member there, none undefined: the settings with their defaults filled in. */
type Complete<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** Where a stack goes. */
export interface Home {
  readonly project: string;
  /** Undefined where neither settings nor variables say: the account is then whoever calls. */
  readonly account: string | undefined;
  readonly region: string;
  readonly stateBucket: string | undefined;
  readonly rehearsal: boolean;
}

export interface Project extends Home {
  readonly protect: boolean;
  readonly github: Github;
}

export interface Github extends Omit<
  Complete<GithubSettings>,
  'owner' | 'repository' | 'ownerId' | 'repositoryId'
> {
  /** Undefined where unknown: then nobody may take a role. */
  readonly identity: GithubIdentity | undefined;
}

export interface GithubIdentity {
  readonly owner: string;
  readonly repository: string;
  /** Undefined where unknown: then only the classic subject is trusted. */
  readonly ids: { readonly owner: string; readonly repository: string } | undefined;
}

export interface Environment
  extends Home, Omit<Complete<EnvironmentSettings>, 'account' | 'region' | 'stateBucket' | 'services'> {
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
