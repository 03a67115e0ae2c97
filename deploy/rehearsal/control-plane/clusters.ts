import { nameOf } from './arns';
import type { Cluster } from './cluster';
import type { ControlPlane } from './control-plane';
import { errors } from './errors';

/** The ACTIVE cluster of that name or ARN; `default` where none is given. */
export function findCluster(plane: ControlPlane, nameOrArn: string | undefined): Cluster {
  const cluster = plane.clusters.get(nameOf(nameOrArn ?? 'default'));
  if (cluster === undefined) throw errors.clusterNotFound();
  if (cluster.status !== 'ACTIVE') throw errors.clusterInactive();
  return cluster;
}

export function clusterCounts(cluster: Cluster): { running: number; pending: number; services: number } {
  let running = 0;
  let pending = 0;
  for (const task of cluster.tasks.values()) {
    if (task.lastStatus === 'RUNNING') running += 1;
    else if (task.desiredStatus === 'RUNNING') pending += 1;
  }
  let services = 0;
  for (const service of cluster.services.values()) if (service.status === 'ACTIVE') services += 1;
  return { running, pending, services };
}

/** Marks it INACTIVE. @throws where services, tasks or container instances are left in it. */
export function deleteCluster(cluster: Cluster): void {
  for (const service of cluster.services.values()) {
    if (service.status !== 'INACTIVE') throw errors.containsServices();
  }
  for (const task of cluster.tasks.values()) {
    if (task.lastStatus !== 'STOPPED') throw errors.containsTasks();
  }
  if (cluster.instances.size > 0) throw errors.containsInstances();
  cluster.status = 'INACTIVE';
}
