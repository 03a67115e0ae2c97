import type { ECSClient, Service } from '@aws-sdk/client-ecs';
import { describeService, type ServiceName } from '../aws/ecs';
import { SlipwayError } from '../errors';

/**
 * A service that can be worked on, whoever deploys it.
 * @throws SlipwayError SERVICE_NOT_FOUND, SERVICE_DRAINING, CLUSTER_NOT_FOUND
 */
export async function activeService(ecs: ECSClient, name: ServiceName): Promise<Service> {
  const service = await describeService(ecs, name);
  if (service?.status === 'DRAINING') {
    throw new SlipwayError(
      'SERVICE_DRAINING',
      `service ${name.service} in ${name.cluster} is being deleted (status DRAINING, ${service.runningCount ?? 0} tasks left)`,
      { hint: 'deploy it again once its tasks have stopped; "slipway status" shows it' },
    );
  }
  if (service === undefined || service.status !== 'ACTIVE') throw noService(name);
  return service;
}

export function noService({ service, cluster }: ServiceName): SlipwayError {
  return new SlipwayError('SERVICE_NOT_FOUND', `service ${service} does not exist in ${cluster}`, {
    hint: '"slipway deploy" creates it',
  });
}
