import type { DeleteServiceRequest } from '@aws-sdk/client-ecs';
import { nameOf } from '../arns';
import { findCluster } from '../clusters';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import { ApiError } from '../../api/operation';
import type { Service } from './service';

/** The service drains: it runs no new tasks, and is INACTIVE when its tasks have stopped. */
export function deleteService(plane: ControlPlane, request: DeleteServiceRequest): Service {
  const cluster = findCluster(plane, request.cluster);
  const service = cluster.services.get(nameOf(request.service ?? ''));
  // Without a message, as recorded.
  if (service === undefined) throw new ApiError('ServiceNotFoundException', '');
  if (service.status === 'INACTIVE') throw errors.serviceNotActive();
  if (service.status === 'DRAINING') return service;
  if (service.desiredCount > 0 && request.force !== true && service.schedulingStrategy === 'REPLICA') {
    throw errors.invalidParameter('The service cannot be stopped while it is scaled above 0.');
  }
  service.status = 'DRAINING';
  service.desiredCount = 0;
  for (const deployment of service.deployments) {
    deployment.status = 'DRAINING';
    deployment.desiredCount = 0;
  }
  service.serviceDeployments = [];
  plane.serviceLoop.touch(service);
  return service;
}
