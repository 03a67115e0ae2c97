import type { Message } from '../api/operation';
import type { Store } from './store';

/** What a task asks of AWS and of others before its containers run. `internet`: any registry that is not ECR. */
export type Destination = 'ecr.api' | 'ecr.dkr' | 's3' | 'secretsmanager' | 'ssm' | 'logs' | 'internet';

/** A task's interface, as far as it decides what can be reached. */
export interface TaskNetwork {
  subnetId: string | undefined;
  publicAddress: boolean;
}

/**
 * Whether a task reaches a service: by an endpoint of its VPC, or by a route out that works for it. Where nothing is
 * known of the routes of its VPC, everything can be reached.
 * Source: "Task networking for Amazon ECS tasks on Fargate", developer guide.
 */
export function reaches(store: Store, network: TaskNetwork, destination: Destination): boolean {
  const subnet = network.subnetId === undefined ? undefined : store.subnets.get(network.subnetId);
  // The network of a rehearsal without infrastructure stands in nobody's way.
  if (subnet === undefined || subnet.defaultForAz === true) return true;
  const tables = [...store.routeTables.values()].filter(({ vpcId }) => vpcId === subnet.vpcId);
  if (tables.length === 0) return true;
  const table = tableOf(tables, subnet);
  return hasEndpoint(store, subnet, table, destination) || leadsOut(store, table, network.publicAddress);
}

/** The table that the subnet is associated with, else the main one of its VPC, which leads nowhere unless it is known. */
function tableOf(tables: readonly Message[], subnet: Message): Message | undefined {
  const associated = (test: (association: Message) => boolean) =>
    tables.find((table) => ((table.associationSet ?? []) as Message[]).some(test));
  return (
    associated(({ subnetId }) => subnetId === subnet.subnetId) ?? associated(({ main }) => main === true)
  );
}

function leadsOut(store: Store, table: Message | undefined, publicAddress: boolean): boolean {
  const routes = ((table?.routeSet ?? []) as Message[]).filter(
    ({ destinationCidrBlock, state }) => destinationCidrBlock === '0.0.0.0/0' && state === 'active',
  );
  return routes.some(({ natGatewayId, gatewayId, ...others }) => {
    if (typeof natGatewayId === 'string') return store.natGateways.get(natGatewayId)?.state === 'available';
    if (typeof gatewayId === 'string' && gatewayId.startsWith('igw-')) return publicAddress;
    return gatewayId === undefined && (others.transitGatewayId ?? others.networkInterfaceId) !== undefined;
  });
}

/** An interface endpoint answers under the service's own name only with private DNS; a gateway is part of the routes. */
function hasEndpoint(
  store: Store,
  subnet: Message,
  table: Message | undefined,
  destination: Destination,
): boolean {
  const name = `com.amazonaws.${store.region}.${destination}`;
  return [...store.vpcEndpoints.values()].some((endpoint) => {
    if (endpoint.vpcId !== subnet.vpcId || endpoint.serviceName !== name || endpoint.state !== 'available')
      return false;
    if (endpoint.vpcEndpointType !== 'Gateway') return endpoint.privateDnsEnabled === true;
    return ((endpoint.routeTableIdSet ?? []) as string[]).includes(String(table?.routeTableId));
  });
}
