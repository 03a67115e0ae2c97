import { parseQuery } from '../../rehearsal/control-plane/instances/query';
import { addInstances, ec2Release, ec2Service, spreadOf, texts } from './ec2';
import { simulate, untilSteady, type Simulation } from './simulation';

const noRoom = 'was unable to place a task because no container instance met all of its requirements.';
const more = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

function placed(input: {
  instances: Parameters<typeof addInstances>[1][];
  desiredCount: number;
  service?: object;
  change?: Parameters<typeof ec2Release>[3];
}): { simulation: Simulation; ids: string[] } {
  const simulation = simulate();
  const ids = addInstances(simulation, ...input.instances);
  ec2Service(simulation, {
    taskDefinition: ec2Release(simulation, 'v1', {}, input.change),
    desiredCount: input.desiredCount,
    ...input.service,
  });
  simulation.clock.advance(120_000);
  return { simulation, ids };
}

const zones = [{ zone: 'us-east-1a' }, { zone: 'us-east-1a' }, { zone: 'us-east-1b' }];

test.each<[string, object[], number, number[]]>([
  ['nothing (zones are spread)', [], 4, [1, 1, 2]],
  ['spread over instances', [{ type: 'spread', field: 'instanceId' }], 6, [2, 2, 2]],
  ['spread over zones', [{ type: 'spread', field: 'attribute:ecs.availability-zone' }], 6, [2, 1, 3]],
  ['binpack by CPU', [{ type: 'binpack', field: 'cpu' }], 6, [6, 0, 0]],
  ['binpack by memory', [{ type: 'binpack', field: 'memory' }], 9, [8, 1, 0]],
  [
    'zones, then binpack',
    [
      { type: 'spread', field: 'attribute:ecs.availability-zone' },
      { type: 'binpack', field: 'memory' },
    ],
    6,
    [3, 0, 3],
  ],
])('places by %s', (_name, placementStrategy, desiredCount, expected) => {
  const { simulation, ids } = placed({ instances: zones, desiredCount, service: { placementStrategy } });
  expect(spreadOf(simulation, ids)).toEqual(expected);
});

test('random placement follows from the seed', () => {
  const spread = (seed: number) => {
    const simulation = simulate({ seed });
    const ids = addInstances(simulation, {}, {}, {});
    ec2Service(simulation, {
      taskDefinition: ec2Release(simulation, 'v1'),
      desiredCount: 9,
      placementStrategy: [{ type: 'random' }],
    });
    simulation.clock.advance(60_000);
    return spreadOf(simulation, ids);
  };
  expect(spread(3)).toEqual(spread(3));
  const seen = new Set([1, 2, 3, 4, 5].map((seed) => spread(seed).join()));
  expect(seen.size).toBeGreaterThan(1);
});

test.each<[string, object, object, string]>([
  ['CPU', { cpu: 512 }, {}, 'has insufficient CPU units available'],
  ['memory', { memory: 1024 }, {}, 'has insufficient memory available'],
  [
    'a port',
    {},
    { container: { portMappings: [{ containerPort: 80, hostPort: 8080 }] } },
    'is already using a port required by your task',
  ],
])('%s runs out', (_name, room, change, lack) => {
  const { simulation, ids } = placed({ instances: [room], desiredCount: 3, change });
  const running = simulation.tasks().length;
  expect(running).toBe(change && 'container' in change ? 1 : 2);
  expect(texts(simulation)).toContain(
    `${noRoom} The closest matching (container-instance ${ids[0]}) ${lack}. ${more}`,
  );
  // It is said once, not at every step.
  expect(texts(simulation).filter((text) => text.startsWith(noRoom))).toHaveLength(1);
  // Room that comes later is taken.
  addInstances(simulation, { cpu: 4096 }, { cpu: 4096 });
  untilSteady(simulation);
  expect(simulation.tasks()).toHaveLength(3);
});

test('an instance without an attribute that the task needs is said to miss it', () => {
  const { simulation, ids } = placed({
    instances: [{ attributes: { 'ecs.capability.task-eni': '' } }],
    desiredCount: 1,
    change: { container: { healthCheck: { command: ['CMD', 'true'] } } },
  });
  expect(texts(simulation)).toEqual([
    `${noRoom} The closest matching (container-instance ${ids[0]}) is missing an attribute required by your task. ${more}`,
  ]);
});

test('distinctInstance takes an instance once, memberOf only those that match', () => {
  const distinct = placed({
    instances: [{}, {}],
    desiredCount: 3,
    service: { placementConstraints: [{ type: 'distinctInstance' }] },
  });
  expect(spreadOf(distinct.simulation, distinct.ids)).toEqual([1, 1]);
  expect(texts(distinct.simulation)).toContain(noRoom);

  const member = placed({
    instances: [{ attributes: { rack: 'a' } }, { attributes: { rack: 'b' } }, {}],
    desiredCount: 4,
    service: { placementConstraints: [{ type: 'memberOf', expression: 'attribute:rack == b' }] },
  });
  expect(spreadOf(member.simulation, member.ids)).toEqual([0, 4, 0]);
});

test.each([
  ['attribute:rack == a', true],
  ['attribute:rack equals "a"', true],
  ['attribute:rack != a', false],
  ['attribute:missing != a', true],
  ['attribute:rack in [b, a]', true],
  ['attribute:rack !in [b, a]', false],
  ['attribute:rack not_in [b]', true],
  ['attribute:rack exists', true],
  ['attribute:missing exists', false],
  ['attribute:missing !exists', true],
  ['attribute:ecs.instance-type =~ t3.*', true],
  ['attribute:ecs.instance-type matches m5.*', false],
  ['attribute:ecs.instance-type !~ m5.*', true],
  ['attribute:generation > 9', true],
  ['attribute:generation <= 9', false],
  ['attribute:rack == b or attribute:generation == 10', true],
  ['attribute:rack == a and not(attribute:generation == 10)', false],
  ['(attribute:rack == b || attribute:rack == a) && attribute:generation exists', true],
  ['runningTasksCount == 0', true],
  ['agentConnected == true', true],
  ['task:group == service:web', false],
])('the expression %s is %s', (expression, expected) => {
  const simulation = simulate();
  const instance = simulation.plane.instances.add('main', {
    attributes: { rack: 'a', generation: '10', 'ecs.instance-type': 't3.small' },
  });
  expect(parseQuery(expression)?.(instance)).toBe(expected);
});

test.each([
  '',
  'rack',
  'rack == a',
  'attribute:rack ==',
  'attribute:rack == a b',
  '(attribute:a exists',
  'attribute:a in b',
])('the expression %j is refused', (expression) => {
  const simulation = simulate();
  const taskDefinition = ec2Release(simulation, 'v1');
  expect(() =>
    ec2Service(simulation, {
      taskDefinition,
      desiredCount: 1,
      placementConstraints: [{ type: 'memberOf', expression }],
    }),
  ).toThrow(`The placement constraint expression '${expression}' is not valid.`);
});

test('Fargate takes neither constraints nor strategies', () => {
  const simulation = simulate();
  const input = { taskDefinition: simulation.release('v1'), desiredCount: 1, launchType: 'FARGATE' };
  const vpc = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'] } } };
  expect(() =>
    ec2Service(simulation, { ...input, ...vpc, placementConstraints: [{ type: 'distinctInstance' }] }),
  ).toThrow('Placement constraints are not supported with FARGATE launch type.');
  expect(() => ec2Service(simulation, { ...input, ...vpc, placementStrategy: [{ type: 'random' }] })).toThrow(
    'Placement strategies are not supported with FARGATE launch type.',
  );
});

test('RunTask says what is short', () => {
  const simulation = simulate();
  const [id] = addInstances(simulation, { cpu: 512 });
  const run = (input: object) => simulation.call('RunTask', { cluster: 'main', launchType: 'EC2', ...input });
  const { tasks, failures } = run({ taskDefinition: ec2Release(simulation, 'v1'), count: 3 });
  expect(tasks).toHaveLength(2);
  expect(failures).toEqual([
    { arn: `arn:aws:ecs:us-east-1:123456789012:container-instance/main/${id}`, reason: 'RESOURCE:CPU' },
  ]);
  expect(() => run({ launchType: 'EXTERNAL', taskDefinition: ec2Release(simulation, 'v2') })).toThrow(
    'No Container Instances were found in your cluster.',
  );
});
