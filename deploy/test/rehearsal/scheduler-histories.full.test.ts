import fc from 'fast-check';
import { history, play } from './history';

test('5,000 random histories keep the limits, end, and roll back to the last completed revision', () => {
  fc.assert(
    fc.property(history, (plan) => {
      play(plan);
    }),
    { numRuns: 5000 },
  );
});
