import type { TaskSnapshot } from './snapshot';
import { stopOrder, usefulness } from './tally';

/**
 * The tasks that are too many: the least useful ones, and among equals those of the zone that has the most, so that
 * what stays is spread.
 * Source: "Amazon ECS services", developer guide, on scaling in.
 */
export function surplus(usable: readonly TaskSnapshot[], desiredCount: number): TaskSnapshot[] {
  const over = usable.length - desiredCount;
  if (over <= 0) return [];
  const inZone = new Map<string, number>();
  for (const { zone } of usable) inZone.set(zone, (inZone.get(zone) ?? 0) + 1);
  const left = stopOrder(usable);
  const chosen: TaskSnapshot[] = [];
  while (chosen.length < over) {
    const [first] = left;
    if (first === undefined) break;
    let next = first;
    for (const task of left) {
      if (usefulness(task) !== usefulness(first)) break;
      if ((inZone.get(task.zone) ?? 0) > (inZone.get(next.zone) ?? 0)) next = task;
    }
    left.splice(left.indexOf(next), 1);
    inZone.set(next.zone, (inZone.get(next.zone) ?? 0) - 1);
    chosen.push(next);
  }
  return chosen;
}
