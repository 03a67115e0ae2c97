import { nextBackOff } from '../../rehearsal/scheduler/back-off';
import { countFailures, failureThreshold } from '../../rehearsal/scheduler/circuit-breaker';
import { lowerLimit, upperLimit } from '../../rehearsal/scheduler/limits';

const breaker = { enable: true, rollback: true, resetOnHealthyTask: true };
const nothing = { launchFailures: 0, exits: 0, reachedRunning: 0, becameHealthy: 0 };

test.each([
  [1, 3],
  [2, 3],
  [6, 3],
  [25, 13],
  [400, 200],
  [800, 200],
])('the default threshold of %i tasks is %i', (desiredCount, threshold) => {
  expect(
    failureThreshold({ ...breaker, threshold: { type: 'BOUNDED_PERCENT', value: 50 } }, desiredCount),
  ).toBe(threshold);
});

test('the threshold can be configured', () => {
  expect(failureThreshold({ ...breaker, threshold: { type: 'UNBOUNDED_PERCENT', value: 50 } }, 800)).toBe(
    400,
  );
  expect(failureThreshold({ ...breaker, threshold: { type: 'UNBOUNDED_PERCENT', value: 50 } }, 1)).toBe(1);
  expect(failureThreshold({ ...breaker, threshold: { type: 'COUNT', value: 7 } }, 1)).toBe(7);
});

test('each failed task counts once; a task that becomes healthy starts the count anew, unless told not to', () => {
  expect(countFailures(2, { ...nothing, launchFailures: 1, exits: 2 }, 3, true)).toBe(8);
  expect(countFailures(2, { ...nothing, becameHealthy: 1, exits: 1 }, 0, true)).toBe(1);
  expect(countFailures(2, { ...nothing, becameHealthy: 1, exits: 1 }, 0, false)).toBe(3);
});

test('limits round in favour of availability', () => {
  expect([lowerLimit(1, 50), lowerLimit(3, 75), lowerLimit(4, 0)]).toEqual([1, 3, 0]);
  expect([upperLimit(1, 150), upperLimit(3, 125), upperLimit(4, 200)]).toEqual([1, 3, 8]);
});

test('pauses between failed launches double up to the longest; a task that runs ends them', () => {
  const settings = { launchBackOffFirst: 10, launchBackOffLongest: 35, launchBackOffFreeRounds: 1 };
  const pauses: number[] = [];
  let state = { rounds: 0, until: 0 };
  for (let i = 0; i < 5; i += 1) {
    state = nextBackOff(state, { ...nothing, launchFailures: 1 }, 1000, settings);
    pauses.push(Math.max(0, state.until - 1000));
  }
  expect(pauses).toEqual([0, 10, 20, 35, 35]);
  expect(nextBackOff(state, nothing, 2000, settings)).toBe(state);
  expect(nextBackOff(state, { ...nothing, reachedRunning: 1 }, 2000, settings)).toEqual({
    rounds: 0,
    until: 0,
  });
});
