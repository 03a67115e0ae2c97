import { nameOf } from '../arns';
import { findCluster } from '../clusters';
import type { ControlPlane } from '../control-plane';
import { errors } from '../errors';
import type { Service } from './service';

/** By name or ARN, whatever its status. @throws ClusterNotFoundException, ServiceNotFoundException */
export function findService(plane: ControlPlane, cluster: string | undefined, nameOrArn: string): Service {
  const service = findCluster(plane, cluster).services.get(nameOf(nameOrArn));
  if (service === undefined) throw errors.serviceNotFound();
  return service;
}

/** @throws also ServiceNotActiveException for one that is DRAINING or INACTIVE. */
export function findActiveService(
  plane: ControlPlane,
  cluster: string | undefined,
  nameOrArn: string,
): Service {
  const service = findService(plane, cluster, nameOrArn);
  if (service.status !== 'ACTIVE') throw errors.serviceNotActive();
  return service;
}
