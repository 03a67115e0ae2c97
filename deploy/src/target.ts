import type { Config, ServiceConfig } from './config/config';
import type { Definitions } from './definition/definitions';
import type { Outputs } from './outputs/outputs';

/** One service in one environment, with all that was read for it. The value that the release side starts from. */
export interface Target {
  config: Config;
  /** What the config says of this service. */
  serviceConfig: ServiceConfig;
  environment: string | undefined;
  service: string;
  cluster: string;
  region: string;
  timeoutSeconds: number;
  outputs: Outputs;
}

/** A target whose definitions are rendered and valid. `rollback`, `status` and `history` never need one. */
export interface RenderedTarget extends Target {
  definitions: Definitions;
}
