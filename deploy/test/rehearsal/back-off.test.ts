import { createService, simulate, untilSteady } from './simulation';

test('launches that fail come ever more rarely, after 15 minutes at the latest; an update begins anew', () => {
  const simulation = simulate();
  const taskDefinition = simulation.release('v1', {
    failsToStart: 'CannotStartContainerError: no such file',
  });
  createService(simulation, { taskDefinition, desiredCount: 1 });
  simulation.clock.advance(6 * 3_600_000);
  const starts = () => simulation.events().filter(({ text }) => text.startsWith('has started'));
  const gaps = starts()
    .slice(1)
    .map(({ at }, index) => at - (starts()[index]?.at ?? 0));
  // Between two starts lie the pause and the task that fails in it, rounded up to whole steps.
  const paused = gaps.slice(3);
  expect([...paused].sort((a, b) => a - b)).toEqual(paused);
  expect(gaps[0]).toBeLessThanOrEqual(60);
  expect(gaps.at(-1)).toBeGreaterThanOrEqual(900);
  expect(gaps.at(-1)).toBeLessThanOrEqual(960);

  const before = starts().length;
  const now = simulation.clock.now();
  simulation.call('UpdateService', { cluster: 'main', service: 'web', forceNewDeployment: true });
  simulation.clock.advance(15_000);
  expect(starts()).toHaveLength(before + 1);
  simulation.call('UpdateService', {
    cluster: 'main',
    service: 'web',
    taskDefinition: simulation.release('v2'),
  });
  untilSteady(simulation);
  expect(simulation.clock.now() - now).toBeLessThan(180_000);
});

test('tasks that reach RUNNING before they end are not held back', () => {
  const simulation = simulate();
  createService(simulation, {
    taskDefinition: simulation.release('v1', { exits: { after: 2_000, code: 1 } }),
    desiredCount: 1,
  });
  simulation.clock.advance(1_800_000);
  const starts = simulation.events().filter(({ text }) => text.startsWith('has started'));
  const gaps = starts.slice(1).map(({ at }, index) => at - (starts[index]?.at ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(60);
});
