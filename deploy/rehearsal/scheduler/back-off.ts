import type { Observations } from './snapshot';

export interface BackOffSettings {
  launchBackOffFirst: number;
  launchBackOffLongest: number;
  launchBackOffFreeRounds: number;
}

/**
 * Launches that fail before RUNNING are repeated with growing pauses, up to 15 minutes.
 * Source: "Service throttle logic", ECS developer guide.
 */
export function nextBackOff(
  before: { rounds: number; until: number },
  observed: Observations,
  now: number,
  settings: BackOffSettings,
): { rounds: number; until: number } {
  if (observed.reachedRunning > 0) return { rounds: 0, until: 0 };
  if (observed.launchFailures === 0) return before;
  const rounds = before.rounds + 1;
  const over = rounds - settings.launchBackOffFreeRounds;
  if (over <= 0) return { rounds, until: 0 };
  const pause = Math.min(
    settings.launchBackOffLongest,
    settings.launchBackOffFirst * 2 ** Math.min(over - 1, 30),
  );
  return { rounds, until: now + pause };
}
