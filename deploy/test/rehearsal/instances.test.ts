import { addInstances, ec2Release, ec2Service, instanceGroupArn, spreadOf, texts } from './ec2';
import { matching, simulate, untilSteady, type Simulation } from './simulation';

const instanceOf = (simulation: Simulation, id = '') =>
  simulation.call('DescribeContainerInstances', { cluster: 'main', containerInstances: [id] })
    .containerInstances[0];

const amounts = (resources: { name: string; integerValue: number }[]) =>
  Object.fromEntries(resources.slice(0, 2).map(({ name, integerValue }) => [name, integerValue]));

const loadBalancers = [{ targetGroupArn: instanceGroupArn, containerName: 'web', containerPort: 80 }];

describe('the API', () => {
  test('an agent registers, tasks fill its instance, and it leaves', () => {
    const simulation = simulate();
    const { containerInstance } = simulation.call('RegisterContainerInstance', {
      cluster: 'main',
      instanceIdentityDocument: JSON.stringify({
        instanceId: 'i-0123456789abcdef0',
        instanceType: 't3.medium',
        availabilityZone: 'us-east-1c',
      }),
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 2048 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 3884 },
        { name: 'PORTS', type: 'STRINGSET', stringSetValue: ['22', '51678'] },
      ],
      attributes: [{ name: 'rack', value: 'a' }],
      tags: [{ key: 'team', value: 'web' }],
    });
    expect(containerInstance).toMatchObject({
      containerInstanceArn: matching(
        /^arn:aws:ecs:us-east-1:123456789012:container-instance\/main\/[0-9a-f]{32}$/,
      ),
      ec2InstanceId: 'i-0123456789abcdef0',
      status: 'ACTIVE',
      agentConnected: true,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      tags: [{ key: 'team', value: 'web' }],
    });
    expect(containerInstance.attributes).toEqual(
      expect.arrayContaining([
        { name: 'ecs.availability-zone', value: 'us-east-1c' },
        { name: 'ecs.instance-type', value: 't3.medium' },
        { name: 'rack', value: 'a' },
      ]),
    );
    const arn = containerInstance.containerInstanceArn;
    ec2Service(simulation, { taskDefinition: ec2Release(simulation, 'v1'), desiredCount: 2 });
    simulation.clock.advance(10_000);
    expect(instanceOf(simulation, arn)).toMatchObject({ runningTasksCount: 0, pendingTasksCount: 2 });
    untilSteady(simulation);
    const full = instanceOf(simulation, arn);
    expect(full).toMatchObject({ runningTasksCount: 2, pendingTasksCount: 0 });
    expect(amounts(full.registeredResources)).toEqual({ CPU: 2048, MEMORY: 3884 });
    expect(amounts(full.remainingResources)).toEqual({ CPU: 1536, MEMORY: 2860 });
    expect(full.remainingResources[2].stringSetValue).toEqual(['22', '51678', '49153', '49154']);
    expect(simulation.tasks()[0]).toMatchObject({
      launchType: 'EC2',
      containerInstanceArn: arn,
      availabilityZone: 'us-east-1c',
      attachments: [],
      containers: [
        {
          networkBindings: [
            { bindIP: '0.0.0.0', containerPort: 80, hostPort: matchingPort(), protocol: 'tcp' },
          ],
          networkInterfaces: [],
        },
      ],
    });
    const cluster = () =>
      simulation.call('DescribeClusters', { clusters: ['main'] }).clusters[0]
        .registeredContainerInstancesCount;
    expect(cluster()).toBe(1);
    const leave = (force: boolean) =>
      simulation.call('DeregisterContainerInstance', { cluster: 'main', containerInstance: arn, force });
    expect(() => leave(false)).toThrow('Found running tasks on the instance.');
    expect(leave(true).containerInstance).toMatchObject({ status: 'INACTIVE', agentConnected: false });
    expect(cluster()).toBe(0);
    simulation.clock.advance(30_000);
    expect(simulation.tasks()).toEqual([]);
    expect(simulation.tasks('STOPPED')[0]).toMatchObject({
      stopCode: 'TerminationNotice',
      stoppedReason: 'Host EC2 (instance i-0123456789abcdef0) deregistered.',
      containers: [{ exitCode: 137 }],
    });
    expect(
      simulation.call('DescribeContainerInstances', { cluster: 'main', containerInstances: [arn] }).failures,
    ).toEqual([{ arn, reason: 'MISSING' }]);
  });

  test('instances are listed by status and expression, and attributes by name', () => {
    const simulation = simulate();
    const ids = addInstances(simulation, { attributes: { rack: 'a' } }, { attributes: { rack: 'b' } }, {});
    const list = (input: object = {}) =>
      simulation
        .call('ListContainerInstances', { cluster: 'main', ...input })
        .containerInstanceArns.map((arn) => ids.indexOf(arn.slice(-32)));
    expect(list()).toEqual([0, 1, 2]);
    expect(list({ filter: 'attribute:rack exists' })).toEqual([0, 1]);
    expect(() => list({ filter: 'rack' })).toThrow("The filter 'rack' is not valid.");
    simulation.call('UpdateContainerInstancesState', {
      cluster: 'main',
      containerInstances: [ids[0]],
      status: 'DRAINING',
    });
    expect(list({ status: 'DRAINING' })).toEqual([0]);
    const racks = () =>
      simulation
        .call('ListAttributes', {
          cluster: 'main',
          targetType: 'container-instance',
          attributeName: 'rack',
        })
        .attributes.map(({ value, targetId }) => [ids.indexOf(targetId.slice(-32)), value]);
    expect(racks()).toEqual([
      [0, 'a'],
      [1, 'b'],
    ]);
    simulation.call('PutAttributes', {
      cluster: 'main',
      attributes: [{ name: 'rack', value: 'c', targetId: ids[2] }],
    });
    expect(racks()).toHaveLength(3);
    expect(() =>
      simulation.call('PutAttributes', { cluster: 'main', attributes: [{ name: 'rack', targetId: 'none' }] }),
    ).toThrow('The specified target was not found.');
    const only = simulation.call('ListContainerInstances', { cluster: 'main', maxResults: 2 });
    expect(only.containerInstanceArns).toHaveLength(2);
    expect(only.nextToken).toBeTruthy();
  });

  test('StartTask places where it is told, as far as there is room', () => {
    const simulation = simulate();
    const ids = addInstances(simulation, { cpu: 128 }, {});
    const { tasks, failures } = simulation.call('StartTask', {
      cluster: 'main',
      taskDefinition: ec2Release(simulation, 'v1'),
      containerInstances: [...ids, 'gone'],
    });
    expect(tasks).toMatchObject([{ containerInstanceArn: matching(ids[1] ?? ''), group: 'family:web' }]);
    expect(failures).toEqual([
      { arn: matching(ids[0] ?? ''), reason: 'RESOURCE:CPU' },
      { arn: 'gone', reason: 'MISSING' },
    ]);
    const listed = (containerInstance = '') =>
      simulation.call('ListTasks', { cluster: 'main', containerInstance }).taskArns.length;
    expect([listed(ids[0]), listed(ids[1])]).toEqual([0, 1]);
  });

  test('a cluster with instances cannot be deleted', () => {
    const simulation = simulate({ settings: { instances: { small: [{ cpu: 512 }] } } });
    simulation.call('CreateCluster', { clusterName: 'small' });
    expect(() => simulation.call('DeleteCluster', { cluster: 'small' })).toThrow(
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    );
  });
});

describe('network modes', () => {
  test('bridge: each task is a target of its own at a host port of its instance', () => {
    const simulation = simulate();
    simulation.surroundings.addTargetGroup({ arn: instanceGroupArn, targetType: 'instance' });
    addInstances(simulation, { ec2InstanceId: 'i-0aaaaaaaaaaaaaaa1' });
    ec2Service(simulation, {
      taskDefinition: ec2Release(simulation, 'v1'),
      desiredCount: 3,
      loadBalancers,
    });
    untilSteady(simulation);
    const targets = () =>
      simulation.surroundings
        .targetHealth(instanceGroupArn)
        .map(({ target, state }) => `${target.id} ${target.port} ${state}`);
    expect(targets()).toEqual([
      'i-0aaaaaaaaaaaaaaa1 49153 healthy',
      'i-0aaaaaaaaaaaaaaa1 49154 healthy',
      'i-0aaaaaaaaaaaaaaa1 49155 healthy',
    ]);
    const [task] = simulation.plane.clusters.get('main')?.tasks.values() ?? [];
    simulation.runtime.breakDown(task?.address ?? '', task?.id);
    simulation.clock.advance(300_000);
    expect(texts(simulation)).toContain(
      `(instance i-0aaaaaaaaaaaaaaa1) (task ${task?.id}) (port 80) is unhealthy in (target-group ${instanceGroupArn}) due to (reason Health checks failed)`,
    );
    expect(targets()).toEqual([
      'i-0aaaaaaaaaaaaaaa1 49154 healthy',
      'i-0aaaaaaaaaaaaaaa1 49155 healthy',
      'i-0aaaaaaaaaaaaaaa1 49156 healthy',
    ]);
  });

  test('host: the container port is the port of the instance', () => {
    const simulation = simulate();
    addInstances(simulation, {}, {});
    ec2Service(simulation, {
      taskDefinition: ec2Release(simulation, 'v1', {}, { body: { networkMode: 'host' } }),
      desiredCount: 3,
    });
    simulation.clock.advance(60_000);
    const bindings = simulation.tasks().map((task) => task.containers[0].networkBindings[0].hostPort);
    expect(bindings).toEqual([80, 80]);
    expect(texts(simulation).at(-1)).toContain('is already using a port required by your task');
  });

  test('none has no ports, awsvpc an interface of its own', () => {
    const simulation = simulate();
    const ids = addInstances(simulation, {});
    const run = (body: object, input: object = {}) =>
      simulation.call('RunTask', {
        cluster: 'main',
        launchType: 'EC2',
        taskDefinition: ec2Release(simulation, 'v1', {}, { body }),
        ...input,
      });
    run({ networkMode: 'none' });
    run(
      { networkMode: 'awsvpc' },
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'] } } },
    );
    simulation.clock.advance(60_000);
    const tasks = simulation.tasks();
    expect(tasks.map((task) => task.containers[0].networkBindings)).toEqual([[], []]);
    expect(tasks[1]).toMatchObject({
      attachments: [{ type: 'ElasticNetworkInterface', status: 'ATTACHED' }],
    });
    expect(spreadOf(simulation, ids)).toEqual([2]);
  });
});

test('EXTERNAL runs on instances registered by hand, without a balancer', () => {
  const simulation = simulate();
  const input = { taskDefinition: ec2Release(simulation, 'v1'), desiredCount: 2, launchType: 'EXTERNAL' };
  simulation.surroundings.addTargetGroup({ arn: instanceGroupArn, targetType: 'instance' });
  expect(() => ec2Service(simulation, { ...input, loadBalancers })).toThrow(
    'The EXTERNAL launch type does not support load balancers.',
  );
  addInstances(simulation, {});
  const service = ec2Service(simulation, input);
  expect(service.availabilityZoneRebalancing).toBe('DISABLED');
  simulation.clock.advance(60_000);
  expect(texts(simulation)).toEqual([
    'was unable to place a task because no container instance met all of its requirements.',
  ]);
  const ids = addInstances(simulation, { launchType: 'EXTERNAL' });
  untilSteady(simulation);
  expect(spreadOf(simulation, ids)).toEqual([2]);
  expect(instanceOf(simulation, ids[0]).ec2InstanceId).toMatch(/^mi-/);
  expect(simulation.tasks()[0].launchType).toBe('EXTERNAL');
});

describe('draining', () => {
  const drain = (simulation: Simulation, id = '') =>
    simulation.call('UpdateContainerInstancesState', {
      cluster: 'main',
      containerInstances: [id],
      status: 'DRAINING',
    });
  const settled = (minimumHealthyPercent: number, maximumPercent: number) => {
    const simulation = simulate();
    const ids = addInstances(simulation, {}, {});
    ec2Service(simulation, {
      taskDefinition: ec2Release(simulation, 'v1'),
      desiredCount: 4,
      availabilityZoneRebalancing: 'DISABLED',
      deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
    });
    untilSteady(simulation);
    simulation.clock.advance(60_000);
    return { simulation, ids, since: texts(simulation).length };
  };
  const moves = (simulation: Simulation, since: number) =>
    texts(simulation)
      .slice(since)
      .map((text) => /^has (\w+) (\d+)/.exec(text)?.slice(1, 3).join(' ') ?? text);

  test.each([
    [100, 200, ['started 2', 'stopped 2', 'has reached a steady state.']],
    [50, 100, ['stopped 2', 'started 2', 'has reached a steady state.']],
    [100, 150, ['started 2', 'stopped 2', 'has reached a steady state.']],
  ])('with %i/%i %% the tasks move as the limits allow', (minimum, maximum, expected) => {
    const { simulation, ids, since } = settled(minimum, maximum);
    drain(simulation, ids[0]);
    simulation.clock.advance(300_000);
    expect(moves(simulation, since)).toEqual(expected);
    expect(spreadOf(simulation, ids)).toEqual([0, 4]);
    expect(simulation.service().deployments).toHaveLength(1);
    simulation.call('DeregisterContainerInstance', { cluster: 'main', containerInstance: ids[0] });
  });

  test('with 100/100 % nothing can move', () => {
    const { simulation, ids, since } = settled(100, 100);
    drain(simulation, ids[0]);
    simulation.clock.advance(300_000);
    expect(moves(simulation, since)).toEqual([matching(/^was unable to stop or start tasks/)]);
    expect(spreadOf(simulation, ids)).toEqual([2, 2]);
  });

  test('pending tasks go at once, stand-alone tasks stay', () => {
    const simulation = simulate();
    const ids = addInstances(simulation, {}, {});
    const run = (input: object) =>
      simulation.call('RunTask', { cluster: 'main', launchType: 'EC2', ...input });
    run({ taskDefinition: ec2Release(simulation, 'once', {}, { family: 'once' }) });
    ec2Service(simulation, { taskDefinition: ec2Release(simulation, 'v1'), desiredCount: 2 });
    simulation.clock.advance(10_000);
    const [alone] = simulation.tasks().filter((task) => task.group === 'family:once');
    const home = ids.findIndex((id) => alone?.containerInstanceArn.endsWith(id));
    drain(simulation, ids[home]);
    simulation.clock.advance(11_000);
    expect(texts(simulation).some((text) => /^stopped \d pending tasks\.$/.test(text))).toBe(true);
    untilSteady(simulation);
    const spread = spreadOf(simulation, ids);
    expect([spread[home], spread[1 - home]]).toEqual([1, 2]);
  });

  test('a machine that is gone takes its tasks along, and the service replaces them', () => {
    const { simulation, ids } = settled(100, 200);
    const instance = simulation.plane.clusters.get('main')?.instances.get(ids[0] ?? '');
    if (instance) simulation.plane.instances.terminate(instance);
    simulation.clock.advance(120_000);
    expect(spreadOf(simulation, ids)).toEqual([0, 4]);
    expect(simulation.tasks('STOPPED')[0].stoppedReason).toBe(
      `Host EC2 (instance ${instance?.ec2InstanceId}) terminated.`,
    );
  });
});

function matchingPort(): unknown {
  return expect.any(Number);
}
