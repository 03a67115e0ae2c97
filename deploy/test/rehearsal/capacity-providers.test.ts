import { addInstances, ec2Release, ec2Service, spreadOf, texts } from './ec2';
import {
  createService,
  matching,
  networkConfiguration,
  simulate,
  untilSteady,
  type Simulation,
} from './simulation';

function withProviders(): Simulation {
  const simulation = simulate();
  for (const name of ['old', 'new']) {
    simulation.call('CreateCapacityProvider', {
      name,
      autoScalingGroupProvider: {
        autoScalingGroupArn: `arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/${name}`,
      },
    });
  }
  simulation.call('PutClusterCapacityProviders', {
    cluster: 'main',
    capacityProviders: ['FARGATE', 'FARGATE_SPOT', 'old', 'new'],
    defaultCapacityProviderStrategy: [],
  });
  return simulation;
}

test('a service fills the base, then follows the weights, on instances of each provider', () => {
  const simulation = withProviders();
  const ids = addInstances(simulation, { capacityProvider: 'old' }, { capacityProvider: 'new' }, {});
  ec2Service(simulation, {
    taskDefinition: ec2Release(simulation, 'v1'),
    desiredCount: 6,
    launchType: undefined,
    capacityProviderStrategy: [
      { capacityProvider: 'old', base: 2, weight: 1 },
      { capacityProvider: 'new', weight: 3 },
    ],
  });
  untilSteady(simulation);
  expect(spreadOf(simulation, ids)).toEqual([3, 3, 0]);
  expect(simulation.tasks()[0]).toMatchObject({ launchType: 'EC2', capacityProviderName: 'old' });
});

test('a provider without instances is said once', () => {
  const simulation = withProviders();
  addInstances(simulation, {});
  ec2Service(simulation, {
    taskDefinition: ec2Release(simulation, 'v1'),
    desiredCount: 1,
    launchType: undefined,
    capacityProviderStrategy: [{ capacityProvider: 'old', weight: 1 }],
  });
  simulation.clock.advance(300_000);
  expect(texts(simulation)).toEqual([
    'was unable to reach steady state. Reason: No Container Instances were found in your capacity provider.',
  ]);
  addInstances(simulation, { capacityProvider: 'old' });
  untilSteady(simulation);
  expect(simulation.tasks()).toHaveLength(1);
});

test.each<[string, object[], string]>([
  [
    'mixed kinds',
    [{ capacityProvider: 'FARGATE', weight: 1 }, { capacityProvider: 'old' }],
    'cannot contain both Fargate and Auto Scaling group capacity providers',
  ],
  [
    'two bases',
    [
      { capacityProvider: 'old', base: 1, weight: 1 },
      { capacityProvider: 'new', base: 1 },
    ],
    'only one capacity provider with a base',
  ],
  ['no weight', [{ capacityProvider: 'old' }, { capacityProvider: 'new' }], 'with a weight above 0'],
  ['a weight too high', [{ capacityProvider: 'old', weight: 1001 }], 'between 0 and 1000'],
  ['an unknown one', [{ capacityProvider: 'other', weight: 1 }], "capacity provider 'other' was not found"],
])('a strategy with %s is refused', (_name, capacityProviderStrategy, message) => {
  const simulation = withProviders();
  const taskDefinition = ec2Release(simulation, 'v1');
  const input = { taskDefinition, desiredCount: 1, launchType: undefined, capacityProviderStrategy };
  expect(() => ec2Service(simulation, input)).toThrow(message);
  expect(() =>
    simulation.call('RunTask', { cluster: 'main', taskDefinition, capacityProviderStrategy }),
  ).toThrow(message);
});

test('the default strategy of a cluster must use its own providers, and one in use stays', () => {
  const simulation = withProviders();
  const put = (capacityProviders: string[], defaultCapacityProviderStrategy: object[] = []) =>
    simulation.call('PutClusterCapacityProviders', {
      cluster: 'main',
      capacityProviders,
      defaultCapacityProviderStrategy,
    }).cluster;
  expect(() => put(['FARGATE'], [{ capacityProvider: 'old', weight: 1 }])).toThrow(
    'cannot contain a capacity provider that is not associated with the cluster',
  );
  put(['old', 'new'], [{ capacityProvider: 'old', weight: 1 }]);
  const service = ec2Service(simulation, {
    taskDefinition: ec2Release(simulation, 'v1'),
    desiredCount: 0,
    launchType: undefined,
  });
  expect(service.capacityProviderStrategy).toEqual([{ capacityProvider: 'old', weight: 1 }]);
  expect(() => put(['new'])).toThrow('The specified capacity provider is in use and cannot be removed.');
  expect(put(['old'])).toMatchObject({ capacityProviders: ['old'], defaultCapacityProviderStrategy: [] });
});

describe('Spot', () => {
  const onSpot = (behaviour = {}, container = {}) => {
    const simulation = withProviders();
    createService(simulation, {
      taskDefinition: simulation.release('v1', behaviour, container),
      desiredCount: 1,
      launchType: undefined,
      networkConfiguration,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    });
    untilSteady(simulation);
    return { simulation, arn: simulation.tasks()[0].taskArn };
  };
  const describeTask = (simulation: Simulation, arn: string) =>
    simulation.call('DescribeTasks', { cluster: 'main', tasks: [arn] }).tasks[0];

  test('a task is warned with SIGTERM, ends, and is replaced', () => {
    const { simulation, arn } = onSpot({ stopsAfter: 20_000 });
    const warnedAt = simulation.clock.now();
    simulation.plane.interrupt(arn);
    expect(describeTask(simulation, arn)).toMatchObject({
      lastStatus: 'RUNNING',
      desiredStatus: 'STOPPED',
      stopCode: 'TerminationNotice',
      stoppedReason: 'Your Spot Task was interrupted.',
    });
    simulation.clock.advance(120_000);
    const stopped = describeTask(simulation, arn);
    expect(stopped).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'SpotInterruption',
      stoppedReason: 'Your Spot Task was interrupted.',
      containers: [{ exitCode: 143 }],
    });
    expect(stopped.executionStoppedAt - warnedAt / 1000).toBeCloseTo(20, 3);
    untilSteady(simulation);
    expect(simulation.tasks()).toMatchObject([
      { lastStatus: 'RUNNING', capacityProviderName: 'FARGATE_SPOT' },
    ]);
  });

  test('whatever is left after two minutes is killed', () => {
    const { simulation, arn } = onSpot({ stopsAfter: 'never' }, { stopTimeout: 120 });
    simulation.plane.interrupt(arn);
    simulation.clock.advance(119_000);
    expect(describeTask(simulation, arn).lastStatus).toBe('RUNNING');
    simulation.clock.advance(2_000);
    expect(describeTask(simulation, arn)).toMatchObject({
      stopCode: 'SpotInterruption',
      containers: [{ exitCode: 137 }],
    });
  });

  test('only Spot capacity is taken back', () => {
    const simulation = simulate();
    createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 1 });
    untilSteady(simulation);
    const [task] = simulation.tasks();
    expect(() => simulation.plane.interrupt(task.taskArn)).toThrow('only tasks of FARGATE_SPOT');
    expect(() => simulation.plane.interrupt('none')).toThrow('there is no task none');
  });
});

describe('availability zones', () => {
  const zonesOf = (simulation: Simulation) =>
    simulation
      .tasks()
      .map((task) => task.availabilityZone)
      .sort();

  test('Fargate spreads the tasks of a service over the zones of its subnets', () => {
    const simulation = simulate();
    const subnets = { 'subnet-a1': 'us-east-1a', 'subnet-a2': 'us-east-1a', 'subnet-b': 'us-east-1b' };
    for (const [subnet, zone] of Object.entries(subnets)) simulation.surroundings.zones.set(subnet, zone);
    createService(simulation, {
      taskDefinition: simulation.release('v1'),
      desiredCount: 4,
      networkConfiguration: { awsvpcConfiguration: { subnets: Object.keys(subnets) } },
    });
    untilSteady(simulation);
    expect(zonesOf(simulation)).toEqual(['us-east-1a', 'us-east-1a', 'us-east-1b', 'us-east-1b']);
    const used = simulation.tasks().map((task) => task.attachments[0].details[0].value);
    expect(used.sort()).toEqual(['subnet-a1', 'subnet-a2', 'subnet-b', 'subnet-b']);
    // What is lost in a zone comes back there.
    const [lost] = simulation.tasks().filter((task) => task.availabilityZone === 'us-east-1b');
    simulation.call('StopTask', { cluster: 'main', task: lost?.taskArn });
    simulation.clock.advance(120_000);
    expect(zonesOf(simulation)).toEqual(['us-east-1a', 'us-east-1a', 'us-east-1b', 'us-east-1b']);
  });

  test('scaling in takes tasks of the zone that has the most', () => {
    const simulation = simulate();
    createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 6 });
    untilSteady(simulation);
    // Two of zone a are lost at once and come back; the others stay older.
    for (const task of simulation
      .tasks()
      .filter((one) => one.availabilityZone === 'us-east-1a')
      .slice(0, 2))
      simulation.call('StopTask', { cluster: 'main', task: task.taskArn });
    simulation.clock.advance(120_000);
    simulation.call('UpdateService', { cluster: 'main', service: 'web', desiredCount: 2 });
    simulation.clock.advance(120_000);
    expect(zonesOf(simulation)).toEqual(['us-east-1a', 'us-east-1b']);
  });

  test('rebalancing is on unless it cannot be', () => {
    const simulation = simulate();
    const taskDefinition = ec2Release(simulation, 'v1');
    let count = 0;
    const create = (input: object) =>
      ec2Service(simulation, {
        taskDefinition,
        desiredCount: 0,
        serviceName: `web-${(count += 1)}`,
        ...input,
      }).availabilityZoneRebalancing;
    const byZone = { type: 'spread', field: 'attribute:ecs.availability-zone' };
    const impossible = [
      { deploymentConfiguration: { maximumPercent: 100 } },
      { launchType: 'EXTERNAL' },
      { placementStrategy: [{ type: 'random' }] },
      {
        placementConstraints: [
          { type: 'memberOf', expression: 'attribute:ecs.availability-zone == us-east-1a' },
        ],
      },
    ];
    expect(create({})).toBe('ENABLED');
    expect(create({ placementStrategy: [byZone, { type: 'random' }] })).toBe('ENABLED');
    for (const input of impossible) {
      expect(create(input)).toBe('DISABLED');
      expect(() => create({ ...input, availabilityZoneRebalancing: 'ENABLED' })).toThrow(
        "The service couldn't be created because Availability Zone Rebalancing does not support ",
      );
    }
    expect(() =>
      simulation.call('UpdateService', {
        cluster: 'main',
        service: 'web-1',
        placementStrategy: [{ type: 'random' }],
      }),
    ).toThrow("The service couldn't be updated because Availability Zone Rebalancing does not support ");
    expect(simulation.service('web-1')).toMatchObject({
      availabilityZoneRebalancing: 'ENABLED',
      serviceName: matching('web-1'),
    });
  });
});
