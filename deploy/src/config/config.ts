/** slipway.yml or ecspresso.yml, read, rendered and checked. Paths are absolute. */
export interface Config {
  path: string;
  directory: string;
  service: string;
  cluster: string;
  region: string | undefined;
  taskDefinition: string;
  serviceDefinition: string | undefined;
  timeoutSeconds: number;
  /** For a config without environments, and for each that has none of its own. */
  outputs: string | undefined;
  environments: Readonly<Record<string, EnvironmentConfig>>;
  states: readonly StateConfig[];
}

export interface EnvironmentConfig {
  region: string | undefined;
  /** Where infrastructure put what it exports: `ssm://`, `s3://`, `https://`, or a file relative to the config. */
  outputs: string | undefined;
  /** Feeds `env` and `must_env`, below the process's own environment. */
  env: Readonly<Record<string, string>>;
}

/** A Terraform state that `plugins` names, read by `<prefix>tfstate`. */
export interface StateConfig {
  prefix: string;
  /** As `outputs` of an environment. */
  location: string;
}
