import { isPending } from '../tasks/task';
import type { RevisionCounts, Service, ServiceRevision } from './service';

export interface TaskCounts {
  running: number;
  pending: number;
}

/** RUNNING and pending tasks of a service, in all and by deployment. */
export function countTasks(service: Service): { all: TaskCounts; byDeployment: Map<string, TaskCounts> } {
  const all = { running: 0, pending: 0 };
  const byDeployment = new Map<string, TaskCounts>();
  for (const task of service.tasks) {
    const running = task.lastStatus === 'RUNNING';
    if (!running && !isPending(task)) continue;
    const id = task.deploymentId ?? '';
    let counts = byDeployment.get(id);
    if (counts === undefined) byDeployment.set(id, (counts = { running: 0, pending: 0 }));
    const member = running ? 'running' : 'pending';
    counts[member] += 1;
    all[member] += 1;
  }
  return { all, byDeployment };
}

export function revisionCounts(service: Service, revision: ServiceRevision): RevisionCounts {
  const id = `ecs-svc/${revision.number}`;
  const counts = countTasks(service).byDeployment.get(id);
  const listed = service.deployments.find((deployment) => deployment.id === id);
  return {
    requested: listed?.desiredCount ?? 0,
    running: counts?.running ?? 0,
    pending: counts?.pending ?? 0,
  };
}
