import type { ControlPlane } from '../control-plane';
import type { Task } from './task';

/**
 * Spreads tasks over the availability zones of their subnets: the zone with the fewest comes next, and in it the
 * subnet with the fewest. Undefined where there is no subnet.
 * @param peers tasks of the same service or group.
 * @param zone the only zone that will do, that of a container instance.
 * Source: "Amazon ECS on AWS Fargate", developer guide: Fargate spreads tasks over zones by best effort.
 */
export function chooseSubnet(
  plane: ControlPlane,
  subnets: readonly string[],
  peers: Iterable<Task>,
  zone: string | undefined,
): { subnetId: string; zone: string } | undefined {
  const zones = subnets.map((subnetId, index) => zoneOf(plane, subnetId, index));
  const inZone = new Map<string, number>();
  const inSubnet = new Map<string, number>();
  const count = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1);
  for (const task of peers) {
    if (task.desiredStatus === 'STOPPED') continue;
    count(inZone, task.availabilityZone);
    if (task.subnetId !== undefined) count(inSubnet, task.subnetId);
  }
  let best: { subnetId: string; zone: string; crowd: readonly [number, number] } | undefined;
  for (const [index, subnetId] of subnets.entries()) {
    const here = zones[index] as string;
    if (zone !== undefined && here !== zone && zones.includes(zone)) continue;
    const crowd = [inZone.get(here) ?? 0, inSubnet.get(subnetId) ?? 0] as const;
    if (
      best === undefined ||
      crowd[0] < best.crowd[0] ||
      (crowd[0] === best.crowd[0] && crowd[1] < best.crowd[1])
    ) {
      best = { subnetId, zone: here, crowd };
    }
  }
  return best && { subnetId: best.subnetId, zone: best.zone };
}

/** Of a subnet that nothing is known of: the region's zones in turn. */
function zoneOf(plane: ControlPlane, subnetId: string, index: number): string {
  return plane.surroundings.subnetZone?.(subnetId) ?? `${plane.region}${'abc'[index % 3]}`;
}
