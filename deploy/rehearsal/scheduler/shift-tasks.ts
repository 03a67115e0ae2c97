import type { Action } from './plan';
import { moveActions, rollingMoves } from './rolling';
import type { ServiceSnapshot, TaskSnapshot } from './snapshot';
import { ids, tally, type Tally } from './tally';

/** A service of which only one deployment exists. */
function only(
  service: ServiceSnapshot,
  id: string,
  rolloutState: ServiceSnapshot['primary']['rolloutState'],
): { view: ServiceSnapshot; tasks: Tally } {
  const view: ServiceSnapshot = {
    ...service,
    primary: { ...service.primary, id, rolloutState },
    tasks: service.tasks.filter((task) => task.deploymentId === id),
  };
  return { view, tasks: tally(view) };
}

/** Keeps a deployment that serves at the desired count: what breaks is replaced with care. */
export function maintain(service: ServiceSnapshot, id: string, mayStart: boolean): Action[] {
  const { view, tasks } = only(service, id, 'COMPLETED');
  return startedIn(id, moveActions(rollingMoves(view, tasks, mayStart), []));
}

/** Brings the new deployment to the desired count, whatever other deployments run beside it. */
export function scaleUp(service: ServiceSnapshot, mayStart: boolean): Action[] {
  const { id, rolloutState } = service.primary;
  const { view, tasks } = only(service, id, rolloutState);
  return moveActions(rollingMoves(view, tasks, mayStart), []);
}

/** Whether a deployment runs the desired count, and all its tasks are healthy. */
export function isScaled(service: ServiceSnapshot, id: string): boolean {
  const live = liveTasks(service, (deploymentId) => deploymentId === id);
  return live.length === service.desiredCount && live.every((task) => task.phase === 'running' && task.ready);
}

/** Whether a deployment could take traffic: one of its tasks is healthy, or there are to be none. */
export function canServe(service: ServiceSnapshot, id: string | undefined): boolean {
  if (service.desiredCount === 0) return true;
  return service.tasks.some(
    (task) =>
      task.deploymentId === id && task.phase === 'running' && (task.ready || task.health === 'healthy'),
  );
}

/** Tasks that are to run, of the deployments that are meant. */
export function liveTasks(
  service: ServiceSnapshot,
  meant: (deploymentId: string) => boolean,
): TaskSnapshot[] {
  return service.tasks.filter(
    (task) => meant(task.deploymentId) && (task.phase === 'pending' || task.phase === 'running'),
  );
}

/** Stops tasks: pending ones at once and without a word about each. */
export function stopAll(tasks: readonly TaskSnapshot[]): Action[] {
  const pending = tasks.filter((task) => task.phase === 'pending');
  const running = tasks.filter((task) => task.phase === 'running' && !task.protected);
  return [
    ...(pending.length > 0 ? [{ type: 'stop-pending', taskIds: ids(pending) } as const] : []),
    ...(running.length > 0 ? [{ type: 'stop', taskIds: ids(running) } as const] : []),
  ];
}

function startedIn(deploymentId: string, actions: readonly Action[]): Action[] {
  return actions.map((action) => (action.type === 'start' ? { ...action, deploymentId } : action));
}
