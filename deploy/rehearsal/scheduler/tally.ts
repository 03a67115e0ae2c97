import type { ServiceSnapshot, TaskSnapshot } from './snapshot';

/** The tasks of a service, sorted by what a step asks of them. */
export interface Tally {
  /** Tasks that are to run, of the primary deployment. */
  primary: TaskSnapshot[];
  /** Tasks that are to run and to be replaced: those of older deployments, and displaced ones. */
  old: TaskSnapshot[];
  /** Tasks on their way out. */
  stopping: TaskSnapshot[];
  /** RUNNING + PENDING + STOPPING: what the upper limit is about. */
  occupied: number;
  /** What the lower limit is about. */
  healthy: number;
}

export function tally(service: ServiceSnapshot): Tally {
  const result: Tally = { primary: [], old: [], stopping: [], occupied: 0, healthy: 0 };
  for (const task of service.tasks) {
    if (task.phase === 'stopped') continue;
    result.occupied += 1;
    if (task.phase === 'stopping') {
      result.stopping.push(task);
      continue;
    }
    if (task.health === 'healthy') result.healthy += 1;
    const stays = task.deploymentId === service.primary.id && !task.displaced;
    (stays ? result.primary : result.old).push(task);
  }
  return result;
}

export function isUnhealthy(task: TaskSnapshot): boolean {
  return typeof task.health === 'object';
}

/** Tasks with a lower number are of less use. */
export const usefulness = (task: TaskSnapshot): number => {
  if (task.phase === 'pending') return 0;
  if (isUnhealthy(task)) return 1;
  return task.health === 'undecided' ? 2 : 3;
};

/** Those that may be stopped, the least useful first; among equals the oldest. */
export function stopOrder(tasks: readonly TaskSnapshot[]): TaskSnapshot[] {
  return tasks
    .filter((task) => !task.protected)
    .sort((a, b) => usefulness(a) - usefulness(b) || a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
}

export const ids = (tasks: readonly TaskSnapshot[]): string[] => tasks.map((task) => task.id);
