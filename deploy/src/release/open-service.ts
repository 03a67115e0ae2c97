import type { ECSClient } from '@aws-sdk/client-ecs';
import { ecsClient, impatientEcsClient, type ServiceName } from '../aws/ecs';
import type { Context } from '../context';
import { lookUpOutput } from '../outputs/lookup';
import type { Target } from '../target';
import type { Place } from './result';
import { ServiceDeployments } from './service-deployments';

/** One service of one run, with what talks to it. */
export interface OpenService {
  ecs: ECSClient;
  /** Never asks twice: for polls, which ask again by themselves. */
  poller: ECSClient;
  name: ServiceName;
  place: Place;
  serviceDeployments: ServiceDeployments;
}

export function openService(context: Context, target: Target): OpenService {
  const { environment, cluster, service, region } = target;
  const ecs = ecsClient(region, context.env);
  const poller = impatientEcsClient(region, context.env);
  const name = { cluster, service };
  return {
    ecs,
    poller,
    name,
    place: { environment, cluster, service, region, ...urlOf(target) },
    serviceDeployments: new ServiceDeployments(ecs, poller, name, context.sink),
  };
}

function urlOf({ outputs, service }: Target): { url?: string } {
  const url = lookUpOutput(outputs, service, 'service_url');
  return typeof url === 'string' ? { url } : {};
}
