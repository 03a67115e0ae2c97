import { relative } from 'node:path';
import { stringify } from 'yaml';

export interface AdoptedConfig {
  service: string;
  /** A name, or a template that gives it. */
  cluster: string;
  region: string | undefined;
  environment: string | undefined;
  outputs: string | undefined;
  tfstate: string | undefined;
  /** Seconds; how long a deployment may take. */
  timeout: string;
  taskDefinition: string;
  serviceDefinition: string;
}

/** slipway.yml for one service. */
export function configText(config: AdoptedConfig, directory: string): string {
  const { environment, outputs, region, tfstate } = config;
  const place = {
    ...(region === undefined ? {} : { region }),
    ...(outputs === undefined ? {} : { outputs }),
  };
  const document = {
    service: config.service,
    cluster: config.cluster,
    ...(environment === undefined ? place : {}),
    task_definition: config.taskDefinition,
    service_definition: config.serviceDefinition,
    timeout: config.timeout,
    ...(tfstate === undefined ? {} : { plugins: [{ name: 'tfstate', config: stateOf(tfstate, directory) }] }),
    ...(environment === undefined ? {} : { environments: { [environment]: place } }),
  };
  return stringify(document, { lineWidth: 0 });
}

function stateOf(location: string, directory: string): { url: string } | { path: string } {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location)) return { url: location };
  const path = relative(directory, location).replaceAll('\\', '/');
  return { path: path.startsWith('../../..') ? location : path };
}
