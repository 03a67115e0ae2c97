import type { Action } from './plan';
import type { ServiceSnapshot } from './snapshot';
import { ids } from './tally';

/** Targets of tasks that run now, and of those that no longer do. */
export function registrations(service: ServiceSnapshot): Action[] {
  const missing = service.tasks.filter((task) => task.phase === 'running' && task.targets === 'missing');
  const leaving = service.tasks.filter(
    (task) => (task.phase === 'stopping' || task.phase === 'stopped') && task.targets === 'registered',
  );
  const actions: Action[] = [];
  if (missing.length > 0) actions.push({ type: 'register', taskIds: ids(missing) });
  if (leaving.length > 0) actions.push({ type: 'deregister', taskIds: ids(leaving) });
  return actions;
}

export function holdsTasks(service: ServiceSnapshot, deploymentId: string): boolean {
  return service.tasks.some((task) => task.deploymentId === deploymentId && task.phase !== 'stopped');
}
