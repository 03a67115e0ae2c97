import { totalmem } from 'node:os';
import { keepTasks, rollServices } from './load';

const GIB = 2 ** 30;

test('virtual time: a thousand services of ten tasks roll, all of them', () => {
  expect(rollServices(1000, 10).rolled).toBe(1000);
});

// A Node process of its own for each task: about 20 MB that it does not share with the others.
const withMemory = totalmem() >= 8 * GIB ? test : test.skip;

withMemory(
  'real time: 200 task processes keep passing their health checks (needs 8 GiB of memory)',
  async () => {
    const result = await keepTasks(200, 15, 10);
    expect(result).toMatchObject({ running: 200, healthy: 200, failedChecks: 0 });
    // Checks begin an interval after the one before, so in any window all but the last may be behind by one.
    expect(result.checks).toBeGreaterThan(result.dueChecks - 200);
  },
);
