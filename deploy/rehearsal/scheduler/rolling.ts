import { lowerLimit, upperLimit } from './limits';
import type { Action } from './plan';
import type { ServiceSnapshot, TaskSnapshot } from './snapshot';
import { surplus } from './surplus';
import { ids, isUnhealthy, stopOrder, type Tally } from './tally';

/** Which tasks to start and stop in one step. */
export interface Moves {
  starts: number;
  /** How many of the starts stand in for unhealthy tasks. */
  replacing: number;
  stopUnhealthy: readonly TaskSnapshot[];
  stop: readonly TaskSnapshot[];
}

/**
 * One step of a rolling update: starts as many as the upper limit leaves room for, stops as many old tasks as the
 * lower limit can spare. There is no fixed batch. A failed deployment moves no more.
 * Source: "Amazon ECS deployment types, rolling update", developer guide.
 */
export function rollingMoves(service: ServiceSnapshot, tasks: Tally, mayStart: boolean): Moves {
  const room = Math.max(0, upperLimit(service.desiredCount, service.maximumPercent) - tasks.occupied);
  const least = lowerLimit(service.desiredCount, service.minimumHealthyPercent);
  if (service.primary.rolloutState === 'FAILED') {
    return { starts: 0, replacing: 0, stopUnhealthy: [], stop: surplus(tasks.primary, service.desiredCount) };
  }
  const own =
    service.primary.rolloutState === 'IN_PROGRESS'
      ? replaceAtOnce(service, tasks, mayStart ? room : 0)
      : replaceWithCare(service, tasks, mayStart ? room : 0);
  const healthyLost = own.stop.filter((task) => task.health === 'healthy').length;
  const old = stopOld(tasks, tasks.healthy - healthyLost - least);
  if (old.length === 0 && own.starts === 0 && own.stop.length === 0 && own.stopUnhealthy.length === 0) {
    return { ...own, stop: breakDeadlock(service, tasks, room, mayStart) };
  }
  return { ...own, stop: [...own.stop, ...old] };
}

/** During a deployment an unhealthy new task counts as failed: it is replaced and stopped in one step. */
function replaceAtOnce(service: ServiceSnapshot, tasks: Tally, room: number): Moves {
  const unhealthy = tasks.primary.filter(isUnhealthy);
  const usable = tasks.primary.filter((task) => !isUnhealthy(task));
  const starts = Math.min(Math.max(0, service.desiredCount - usable.length), room);
  const wanted = Math.max(0, service.desiredCount - tasks.primary.length);
  return {
    starts,
    replacing: Math.max(0, starts - wanted),
    stopUnhealthy: stopOrder(unhealthy),
    stop: surplus(usable, service.desiredCount),
  };
}

/**
 * Outside a deployment a replacement is started first; the unhealthy task is stopped when the replacement is
 * healthy, or either when that is unhealthy too. Where the upper limit forbids it, one is stopped first.
 * Source: "Updating Amazon ECS service parameters", developer guide.
 */
function replaceWithCare(service: ServiceSnapshot, tasks: Tally, room: number): Moves {
  const unhealthy = stopOrder(tasks.primary.filter(isUnhealthy));
  const usable = tasks.primary.filter((task) => !isUnhealthy(task));
  const undecided = usable.filter((task) => task.health === 'undecided' && !task.ready).length;
  const over = tasks.primary.length - service.desiredCount;
  const spare = Math.max(0, Math.min(unhealthy.length, over - undecided));
  if (spare > 0) {
    return {
      starts: 0,
      replacing: 0,
      stopUnhealthy: unhealthy.slice(0, spare),
      stop: surplus(usable, service.desiredCount),
    };
  }
  const missing = Math.max(0, -over);
  const starts = Math.min(Math.max(0, service.desiredCount + unhealthy.length - tasks.primary.length), room);
  const blocked =
    unhealthy.length > 0 && room === 0 && over >= 0 && tasks.stopping.length === 0 && undecided === 0;
  return {
    starts,
    replacing: Math.max(0, starts - missing),
    stopUnhealthy: blocked ? unhealthy.slice(0, 1) : [],
    stop: surplus(usable, service.desiredCount),
  };
}

/** Old running tasks that can go: `spare` healthy ones, and those that are not healthy while the limit is kept. */
function stopOld(tasks: Tally, spare: number): TaskSnapshot[] {
  if (spare < 0) return [];
  let left = spare;
  return stopOrder(tasks.old.filter((task) => task.phase === 'running')).filter((task) => {
    if (task.health !== 'healthy') return true;
    left -= 1;
    return left >= 0;
  });
}

/** Too few are healthy to stop anything and there is no room to start: an old task that is no use gives way. */
function breakDeadlock(
  service: ServiceSnapshot,
  tasks: Tally,
  room: number,
  mayStart: boolean,
): TaskSnapshot[] {
  const waiting = [...tasks.primary, ...tasks.old].some(
    (task) => task.health === 'undecided' || task.phase === 'pending',
  );
  const wants = tasks.primary.length < service.desiredCount;
  if (!mayStart || !wants || room > 0 || waiting || tasks.stopping.length > 0) return [];
  return stopOrder(tasks.old.filter(isUnhealthy)).slice(0, 1);
}

/** The moves as actions, in the order in which AWS logs them. */
export function moveActions(moves: Moves, superseded: readonly TaskSnapshot[]): Action[] {
  const actions: Action[] = [];
  if (superseded.length > 0) actions.push({ type: 'stop-pending', taskIds: ids(superseded) });
  if (moves.starts > 0) actions.push({ type: 'start', count: moves.starts, replacing: moves.replacing });
  if (moves.stopUnhealthy.length > 0)
    actions.push({ type: 'stop-unhealthy', taskIds: ids(moves.stopUnhealthy) });
  const pending = moves.stop.filter((task) => task.phase === 'pending');
  const running = moves.stop.filter((task) => task.phase !== 'pending');
  if (pending.length > 0) actions.push({ type: 'stop-pending', taskIds: ids(pending) });
  if (running.length > 0) actions.push({ type: 'stop', taskIds: ids(running) });
  return actions;
}
