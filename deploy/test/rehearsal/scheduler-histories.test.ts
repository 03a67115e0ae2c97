import fc from 'fast-check';
import { history, play } from './history';

test('random histories keep the limits, end, and roll back to the last completed revision', () => {
  fc.assert(
    fc.property(history, (plan) => {
      play(plan);
    }),
    { numRuns: 300 },
  );
});

test('the same seed gives the same history', () => {
  fc.assert(
    fc.property(history, (plan) => {
      expect(play(plan)).toEqual(play(plan));
    }),
    { numRuns: 20 },
  );
});
