import { serving } from './shifting-tools';
import { untilSteady } from './simulation';

const criteria = (healthyPercent: number, sourceServiceRevisionCleanup: string) => ({
  minimumHealthyPercent: 50,
  maximumPercent: 150,
  earlySuccessCriteria: { enable: true, healthyPercent, sourceServiceRevisionCleanup },
});

test('DEFERRED succeeds as soon as enough new tasks are healthy, and tidies up afterwards', () => {
  const simulation = serving(criteria(50, 'DEFERRED'), { desiredCount: 4, loadBalancers: [] });
  simulation.ship('v2');
  expect(simulation.untilEnded().status).toBe('SUCCESSFUL');
  const [primary, active] = simulation.service().deployments;
  expect(primary).toMatchObject({ rolloutState: 'COMPLETED' });
  expect(primary.runningCount).toBeGreaterThanOrEqual(2);
  expect((primary.runningCount ?? 0) < 4 || (active?.runningCount ?? 0) > 0).toBe(true);
  untilSteady(simulation);
  expect(simulation.service().deployments).toMatchObject([{ runningCount: 4 }]);
});

test('BLOCKING waits until the old tasks are gone', () => {
  const simulation = serving(criteria(50, 'BLOCKING'), { desiredCount: 4, loadBalancers: [] });
  const [old] = simulation.service().deployments;
  simulation.ship('v2');
  simulation.untilEnded();
  const running = simulation.tasks().filter(({ startedBy }) => startedBy === old.id);
  expect(running.filter(({ desiredStatus }) => desiredStatus === 'RUNNING')).toEqual([]);
  expect(simulation.deployment().status).toBe('SUCCESSFUL');
});

test('the bake time comes before success', () => {
  const simulation = serving(
    { ...criteria(100, 'DEFERRED'), bakeTimeInMinutes: 5 },
    { desiredCount: 2, loadBalancers: [] },
  );
  simulation.ship('v2');
  const before = simulation.seconds();
  simulation.untilEnded();
  expect(simulation.seconds() - before).toBeGreaterThan(300);
});

test('switched off it changes nothing', () => {
  const simulation = serving({ earlySuccessCriteria: { enable: false } }, { loadBalancers: [] });
  const before = simulation.seconds();
  simulation.ship('v2');
  simulation.untilEnded();
  expect(simulation.tasks().every(({ taskDefinitionArn }) => taskDefinitionArn.endsWith(':2'))).toBe(true);
  expect(simulation.seconds()).toBeGreaterThan(before);
});
