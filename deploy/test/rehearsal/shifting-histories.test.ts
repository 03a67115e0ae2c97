import fc from 'fast-check';
import { playShifting, shiftingHistory } from './shifting-history';

test('random histories with shifting traffic: weights are whole, production can serve, all deployments end', () => {
  fc.assert(
    fc.property(shiftingHistory, (plan) => {
      playShifting(plan);
    }),
    { numRuns: 200 },
  );
});

test('the same seed gives the same history', () => {
  fc.assert(
    fc.property(shiftingHistory, (plan) => {
      expect(playShifting(plan)).toEqual(playShifting(plan));
    }),
    { numRuns: 10 },
  );
});
