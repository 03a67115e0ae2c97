import type { AutoscalingConfig } from '../autoscaling/autoscaling-config';
import type { JsonObject } from '../definition/definitions';

export type { AutoscalingConfig };

/** slipway.yml or ecspresso.yml, read, rendered and checked. Paths are absolute. */
export interface Config {
  path: string;
  directory: string;
  /** For services that name none. */
  cluster: string;
  region: string | undefined;
  timeoutSeconds: number;
  /** For a config without environments, and for each that has none of its own. */
  outputs: string | undefined;
  environments: Readonly<Record<string, EnvironmentConfig>>;
  states: readonly StateConfig[];
  /** What else `plugins` adds to templates. */
  plugins: readonly PluginConfig[];
  /** At least one, in the file's order; `service` on top is one. */
  services: readonly ServiceConfig[];
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
  /** A state that cannot be read is taken as an empty one, with a warning. */
  optional: boolean;
}

/** A plugin that reads AWS: its functions get the prefix in front. */
export interface PluginConfig {
  name: 'ssm' | 'secretsmanager' | 'cloudformation';
  prefix: string;
}

/** One service, with everything that the config says of it. */
export interface ServiceConfig {
  /** Name of the ECS service; empty in a config of ecspresso that has none. */
  service: string;
  cluster: string;
  taskDefinition: string;
  serviceDefinition: string | undefined;
  timeoutSeconds: number;
  /** Names of other services of this config that are deployed before this one. */
  dependsOn: readonly string[];
  /** One-off tasks with the new image, before the service is updated. */
  before: readonly StepConfig[];
  /** One-off tasks with the new image, once it serves. */
  after: readonly StepConfig[];
  /** Requests that must succeed once the new version serves. */
  smoke: readonly SmokeConfig[];
  autoscaling: AutoscalingConfig | undefined;
  codedeploy: CodeDeployConfig | undefined;
  /** As it stands there; only its `Hooks` are used. */
  appspec: JsonObject | undefined;
  /** Keys of tags that are left as they are, on the service and on the task definition. */
  ignoreTags: readonly string[];
}

export interface StepConfig {
  name: string;
  /** The first container, where none is named. */
  container: string | undefined;
  command: readonly string[];
  timeoutSeconds: number;
}

export interface SmokeConfig {
  url: string;
  status: number;
  /** What the body must hold. */
  contains: string | undefined;
  /** How long it may take until the answer is right, with repeated requests. */
  timeoutSeconds: number;
}

export interface CodeDeployConfig {
  applicationName: string | undefined;
  deploymentGroupName: string | undefined;
  deploymentConfigName: string | undefined;
}
