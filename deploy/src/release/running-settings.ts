import type { JsonObject } from '../definition/definitions';
import type { Json } from '../outputs/outputs';
import { primaryOf, type Running } from './running';

/** What of a running service stands neither in DescribeServices nor in its task definition. */
export interface Details {
  /** Of the service revision that runs; undefined where that cannot be read. */
  monitoring: Json | undefined;
  gatewayConnectors: Json | undefined;
  /** By container: the digest that its tasks really run, whatever the tag points at by now. */
  digests: ReadonlyMap<string, string>;
  /** The Service Connect namespace as the definition writes it, where that is the one the service is in. */
  namespace: string | undefined;
}

export const noDetails: Details = {
  monitoring: undefined,
  gatewayConnectors: undefined,
  digests: new Map(),
  namespace: undefined,
};

/**
 * The settings of a service in the form of its definition. Some stand on the deployment, not on the service itself;
 * where CodeDeploy or something else deploys, they stand on the task set.
 */
export function settingsOf({ service }: Running, details: Details): JsonObject {
  const primary = primaryOf(service);
  const taskSet = service.taskSets?.find(({ status }) => status === 'PRIMARY') ?? service.taskSets?.[0];
  const settings = asJson({
    ...service,
    ...(taskSet !== undefined && {
      launchType: taskSet.launchType ?? service.launchType,
      capacityProviderStrategy: taskSet.capacityProviderStrategy ?? service.capacityProviderStrategy,
      platformVersion: taskSet.platformVersion ?? service.platformVersion,
      networkConfiguration: taskSet.networkConfiguration ?? service.networkConfiguration,
      loadBalancers: taskSet.loadBalancers ?? service.loadBalancers,
      serviceRegistries: taskSet.serviceRegistries ?? service.serviceRegistries,
    }),
    serviceConnectConfiguration: primary?.serviceConnectConfiguration,
    volumeConfigurations: primary?.volumeConfigurations,
    vpcLatticeConfigurations: primary?.vpcLatticeConfigurations,
    monitoring: details.monitoring,
    gatewayConnectors: details.gatewayConnectors,
  });
  const connect = settings['serviceConnectConfiguration'];
  if (details.namespace !== undefined && connect !== undefined) {
    settings['serviceConnectConfiguration'] = { ...(connect as JsonObject), namespace: details.namespace };
  }
  return settings;
}

export function asJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as Record<string, Json>;
}
