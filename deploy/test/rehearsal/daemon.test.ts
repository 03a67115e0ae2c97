import { addInstances, ec2Release, ec2Service, spreadOf, texts } from './ec2';
import { matching, simulate, untilSteady, type Simulation } from './simulation';

const daemon = (simulation: Simulation, input: object = {}) =>
  ec2Service(simulation, { serviceName: 'agent', schedulingStrategy: 'DAEMON', ...input });

const agent = (simulation: Simulation, tag = 'agent1', cpu = 256) =>
  ec2Release(simulation, tag, {}, { family: 'agent', container: { cpu } });

const drain = (simulation: Simulation, id = '', status = 'DRAINING') =>
  simulation.call('UpdateContainerInstancesState', { cluster: 'main', containerInstances: [id], status });

const tasksOf = (simulation: Simulation, group: string) =>
  simulation.tasks().filter((task) => task.group === `service:${group}`);

test('one task on each active instance that meets the constraints', () => {
  const simulation = simulate();
  const ids = addInstances(simulation, { attributes: { disk: 'ssd' } }, {}, { attributes: { disk: 'ssd' } });
  daemon(simulation, {
    taskDefinition: agent(simulation),
    placementConstraints: [{ type: 'memberOf', expression: 'attribute:disk == ssd' }],
  });
  untilSteady(simulation, 'agent');
  expect(spreadOf(simulation, ids)).toEqual([1, 0, 1]);
  expect(simulation.service('agent')).toMatchObject({
    schedulingStrategy: 'DAEMON',
    desiredCount: 2,
    runningCount: 2,
    deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    availabilityZoneRebalancing: 'DISABLED',
  });
  const [late = ''] = addInstances(simulation, { attributes: { disk: 'ssd' } });
  simulation.call('PutAttributes', {
    cluster: 'main',
    attributes: [{ name: 'disk', value: 'ssd', targetId: ids[1] }],
  });
  simulation.clock.advance(60_000);
  expect(spreadOf(simulation, [...ids, late])).toEqual([1, 1, 1, 1]);
  simulation.call('DeleteAttributes', { cluster: 'main', attributes: [{ name: 'disk', targetId: ids[0] }] });
  simulation.clock.advance(120_000);
  expect(spreadOf(simulation, [...ids, late])).toEqual([0, 1, 1, 1]);
  expect(simulation.service('agent').desiredCount).toBe(3);
});

test.each([
  [0, 'stop 4', 'start 4'],
  [50, 'stop 2', 'start 2', 'stop 2', 'start 2'],
  [75, 'stop 1', 'start 1', 'stop 1', 'start 1', 'stop 1', 'start 1', 'stop 1', 'start 1'],
])('a new version keeps %i %% and never runs twice on an instance', (minimumHealthyPercent, ...expected) => {
  const simulation = simulate();
  const ids = addInstances(simulation, {}, {}, {}, {});
  daemon(simulation, {
    taskDefinition: agent(simulation),
    deploymentConfiguration: { minimumHealthyPercent, maximumPercent: 100 },
  });
  untilSteady(simulation, 'agent');
  simulation.clock.advance(60_000);
  const since = texts(simulation, 'agent').length;
  simulation.call('UpdateService', {
    cluster: 'main',
    service: 'agent',
    taskDefinition: agent(simulation, 'agent2'),
  });
  const instances = [...(simulation.plane.clusters.get('main')?.instances.values() ?? [])];
  simulation.clock.runUntil(() => {
    for (const { tasks } of instances) expect(tasks.size).toBeLessThanOrEqual(1);
    return false;
  }, simulation.clock.now() + 900_000);
  const moves = texts(simulation, 'agent')
    .slice(since)
    .flatMap((text) => {
      const [, what = '', count = ''] = /^has (started|stopped) (\d+)/.exec(text) ?? [];
      return what === '' ? [] : [`${what === 'started' ? 'start' : 'stop'} ${count}`];
    });
  expect(moves).toEqual(expected);
  expect(spreadOf(simulation, ids)).toEqual([1, 1, 1, 1]);
  expect(simulation.service('agent').deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
});

test('daemon tasks are the first to start on an instance, and the last to leave one that drains', () => {
  const simulation = simulate();
  daemon(simulation, { taskDefinition: agent(simulation, 'agent1', 1024) });
  ec2Service(simulation, { taskDefinition: ec2Release(simulation, 'v1'), desiredCount: 6 });
  simulation.clock.advance(60_000);
  const ids = addInstances(simulation, { cpu: 2048 });
  simulation.clock.runUntil(() => simulation.tasks().length > 0, simulation.clock.now() + 60_000);
  expect(tasksOf(simulation, 'agent')).toHaveLength(1);
  simulation.clock.advance(60_000);
  // 1024 of 2048 units are the daemon's.
  expect(tasksOf(simulation, 'web')).toHaveLength(4);
  expect(texts(simulation).at(-1)).toContain('has insufficient CPU units available');

  const [other = ''] = addInstances(simulation, { cpu: 4096, memory: 8192 });
  untilSteady(simulation);
  drain(simulation, ids[0]);
  const order: string[] = [];
  const instance = simulation.plane.clusters.get('main')?.instances.get(ids[0] ?? '');
  let left = [...(instance?.tasks ?? [])];
  simulation.clock.runUntil(() => {
    const now = [...(instance?.tasks ?? [])];
    for (const task of left) if (!now.includes(task)) order.push(task.group);
    left = now;
    return left.length === 0;
  }, simulation.clock.now() + 600_000);
  expect(order.at(-1)).toBe('service:agent');
  expect(order).toHaveLength(5);
  simulation.clock.advance(60_000);
  expect(spreadOf(simulation, [ids[0] ?? '', other])).toEqual([0, 7]);
  drain(simulation, ids[0], 'ACTIVE');
  simulation.clock.advance(60_000);
  expect(spreadOf(simulation, [ids[0] ?? ''])).toEqual([1]);
});

test('a daemon task that has no room is said so', () => {
  const simulation = simulate();
  const [id] = addInstances(simulation, { cpu: 256 });
  daemon(simulation, { taskDefinition: agent(simulation, 'agent1', 512) });
  simulation.clock.advance(60_000);
  expect(texts(simulation, 'agent')).toEqual([
    `was unable to place a task because no container instance met all of its requirements. The closest matching (container-instance ${id}) has insufficient CPU units available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  ]);
});

test('the place of a daemon task is kept while it is replaced', () => {
  const simulation = simulate();
  addInstances(simulation, { cpu: 1024 });
  daemon(simulation, { taskDefinition: agent(simulation, 'agent1', 512) });
  ec2Service(simulation, { taskDefinition: ec2Release(simulation, 'v1'), desiredCount: 4 });
  untilSteady(simulation, 'agent');
  simulation.clock.advance(60_000);
  simulation.call('UpdateService', {
    cluster: 'main',
    service: 'agent',
    taskDefinition: agent(simulation, 'agent2', 512),
  });
  simulation.clock.advance(300_000);
  expect(tasksOf(simulation, 'agent')).toMatchObject([{ taskDefinitionArn: matching(/agent:2$/) }]);
  expect(tasksOf(simulation, 'web')).toHaveLength(2);
});

test('what the strategy does not have is refused', () => {
  const simulation = simulate();
  const refuse = (input: object) => () => daemon(simulation, { taskDefinition: agent(simulation), ...input });
  expect(refuse({ desiredCount: 2 })).toThrow(
    'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
  );
  expect(refuse({ launchType: 'FARGATE' })).toThrow(
    'The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again',
  );
  expect(refuse({ deploymentConfiguration: { maximumPercent: 200 } })).toThrow('maximumPercent');
  expect(refuse({ availabilityZoneRebalancing: 'ENABLED' })).toThrow('Availability Zone Rebalancing');
  // The network comes first.
  expect(refuse({ taskDefinition: simulation.release('v1'), desiredCount: 2 })).toThrow(
    "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
  );
  daemon(simulation, { taskDefinition: agent(simulation) });
  expect(() =>
    simulation.call('UpdateService', { cluster: 'main', service: 'agent', desiredCount: 1 }),
  ).toThrow('The daemon scheduling strategy does not support a desired count');
});
