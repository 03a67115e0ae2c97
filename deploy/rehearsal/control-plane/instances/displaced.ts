import type { ControlPlane } from '../control-plane';
import type { Service } from '../services/service';
import type { Task } from '../tasks/task';
import { daemonHosts } from './daemons';

const none: ReadonlySet<Task> = new Set();

/**
 * Tasks of a service that no longer belong where they are, so that the scheduler has to replace them: those on draining
 * instances, and daemon tasks on instances that are no hosts any more. How many tasks a DAEMON service wants is
 * brought up to date with it. A deployment that shifts traffic is not disturbed; they move when it is over.
 */
export function findDisplaced(plane: ControlPlane, service: Service): ReadonlySet<Task> {
  if (service.status !== 'ACTIVE') return none;
  const daemon = service.schedulingStrategy === 'DAEMON';
  const hosts = daemon ? daemonHosts(plane.clusterOf(service), service) : undefined;
  if (hosts !== undefined) service.desiredCount = hosts.size;
  const [primary] = service.deployments;
  if (primary?.lifecycle?.kind === 'shift' && primary.rolloutState !== 'COMPLETED') return none;
  const displaced = [...service.tasks].filter(({ instance }) => {
    if (instance === undefined) return false;
    return hosts === undefined ? instance.status !== 'ACTIVE' : !hosts.has(instance);
  });
  return displaced.length === 0 ? none : new Set(displaced);
}
