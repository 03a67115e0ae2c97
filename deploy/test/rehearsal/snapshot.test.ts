import { ecsOperations } from '../../rehearsal/api/ecs';
import type { Message } from '../../rehearsal/api/operation';
import { ControlPlane } from '../../rehearsal/control-plane/control-plane';
import { decodeGraph, encodeGraph } from '../../rehearsal/control-plane/state/graph';
import type { ControlPlaneState } from '../../rehearsal/control-plane/state/state';
import { SimulatedRuntime, type Behaviour } from '../../rehearsal/runtime/simulated';
import { SimulatedSurroundings } from '../../rehearsal/surroundings/simulated';
import { VirtualClock } from '../../rehearsal/virtual-clock';
import { addInstances, ec2Release, ec2Service, instanceGroupArn } from './ec2';
import {
  createService,
  loadBalancers,
  repository,
  simulate,
  targetGroupArn,
  untilSteady,
  type Simulation,
} from './simulation';

/** A control plane of its own, on a clock that is `later` milliseconds ahead; images are pushed in the same order. */
function reload(simulation: Simulation, releases: Record<string, Behaviour>, later = 0) {
  // Nothing but JSON survives.
  const state = JSON.parse(JSON.stringify(simulation.plane.snapshot())) as ControlPlaneState;
  const clock = new VirtualClock(simulation.clock.now() + later);
  const runtime = new SimulatedRuntime(clock);
  const surroundings = new SimulatedSurroundings(clock, runtime);
  for (const [tag, behaviour] of Object.entries(releases)) surroundings.push(repository, tag, behaviour);
  surroundings.addTargetGroup({ arn: targetGroupArn });
  surroundings.addTargetGroup({ arn: instanceGroupArn, targetType: 'instance' });
  const plane = new ControlPlane({
    clock,
    runtime,
    surroundings,
    accountId: '123456789012',
    region: 'us-east-1',
  });
  plane.restore(state);
  return { clock, plane, runtime, surroundings, call: caller(plane) };
}

function caller(plane: ControlPlane) {
  const operations = ecsOperations(plane);
  return (operation: string, input: object): Message =>
    JSON.parse(JSON.stringify(operations[operation]?.(input as Message))) as Message;
}

const describeService = (plane: ControlPlane, name = 'web') =>
  (
    caller(plane)('DescribeServices', { cluster: 'main', services: [name] }) as {
      services: [Message & { events: { id: string; message: string; createdAt: number }[] }];
    }
  ).services[0];

/** What became of the service, without what differs because tasks have been started anew. */
const outcome = (plane: ControlPlane, since: number) => {
  const { deployments, desiredCount, runningCount, pendingCount, taskDefinition, events } =
    describeService(plane);
  return {
    deployments: (deployments as Message[]).map(({ id, status, rolloutState, taskDefinition: of }) => [
      id,
      status,
      rolloutState,
      of,
    ]),
    desiredCount,
    runningCount,
    pendingCount,
    taskDefinition,
    events: events
      .filter(({ createdAt }) => createdAt > since / 1000)
      .map(({ message }) => message.replace(/\(task [0-9a-f]+\)/g, '(task)'))
      .filter((message) => /completed|failed|rolling|steady/.test(message)),
  };
};

const bad: Behaviour = { exits: { after: 1000, code: 1 } };

test.each<[string, Behaviour, number]>([
  ['as it begins', {}, 5],
  ['while its tasks start', {}, 20],
  ['while the old ones stop', {}, 85],
  ['before it fails', bad, 40],
  ['while it rolls back', bad, 190],
])('a deployment that is saved %s comes to the same end', (_when, behaviour, seconds) => {
  const simulation = simulate();
  const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
  createService(simulation, {
    taskDefinition: simulation.release('v1'),
    desiredCount: 3,
    loadBalancers,
    deploymentConfiguration,
  });
  untilSteady(simulation);
  simulation.clock.advance(60_000);
  simulation.call('UpdateService', {
    cluster: 'main',
    service: 'web',
    taskDefinition: simulation.release('v2', behaviour),
  });
  simulation.clock.advance(seconds * 1000);
  const restored = reload(simulation, { v1: {}, v2: behaviour });
  const since = simulation.clock.now();
  expect(describeService(restored.plane)).toEqual(describeService(simulation.plane));
  simulation.clock.advance(1_800_000);
  restored.clock.advance(1_800_000);
  const end = outcome(simulation.plane, since);
  expect(end.deployments).toHaveLength(1);
  expect(end.deployments[0]?.slice(1, 3)).toEqual(['PRIMARY', 'COMPLETED']);
  expect(outcome(restored.plane, since)).toEqual(end);
  const healthy = restored.surroundings.targetHealth(targetGroupArn).map(({ state }) => state);
  expect(healthy).toEqual(['healthy', 'healthy', 'healthy']);
});

test('a service at rest stays at rest, with its tasks', () => {
  const simulation = simulate();
  createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 2, loadBalancers });
  untilSteady(simulation);
  const before = simulation.tasks();
  const restored = reload(simulation, { v1: {} });
  const events = describeService(simulation.plane).events.map(({ id }) => id);
  restored.clock.advance(600_000);
  const after = restored.call('DescribeTasks', {
    cluster: 'main',
    tasks: before.map((task) => task.taskArn),
  });
  expect(
    (after.tasks as Message[]).map(({ taskArn, lastStatus, startedAt }) => [taskArn, lastStatus, startedAt]),
  ).toEqual(before.map((task) => [task.taskArn, 'RUNNING', task.startedAt]));
  // Nothing but that it is steady has been said since.
  const later = describeService(restored.plane).events.filter(({ id }) => !events.includes(id));
  expect(later.map(({ message }) => message)).toEqual(['(service web) has reached a steady state.']);
  // Its tasks are watched again: one that breaks is replaced.
  const [task] = restored.plane.clusters.get('main')?.tasks.values() ?? [];
  restored.runtime.breakDown(task?.address ?? '');
  restored.clock.advance(300_000);
  expect(describeService(restored.plane)).toMatchObject({ runningCount: 2, pendingCount: 0 });
  expect(task?.lastStatus).toBe('STOPPED');
});

test('instances, daemons and stand-alone tasks go on; the clock need not be the same', () => {
  const simulation = simulate();
  simulation.surroundings.addTargetGroup({ arn: instanceGroupArn, targetType: 'instance' });
  addInstances(simulation, {}, {});
  ec2Service(simulation, {
    serviceName: 'agent',
    schedulingStrategy: 'DAEMON',
    taskDefinition: ec2Release(simulation, 'agent', {}, { family: 'agent' }),
  });
  ec2Service(simulation, {
    taskDefinition: ec2Release(simulation, 'v1'),
    desiredCount: 2,
    loadBalancers: [{ targetGroupArn: instanceGroupArn, containerName: 'web', containerPort: 80 }],
  });
  untilSteady(simulation);
  simulation.call('RunTask', {
    cluster: 'main',
    launchType: 'EC2',
    taskDefinition: ec2Release(simulation, 'once', {}, { family: 'once' }),
    clientToken: 'once',
  });
  simulation.clock.advance(3_000);
  const day = 86_400_000;
  const restored = reload(simulation, { agent: {}, v1: {}, once: {} }, -day);
  restored.clock.advance(300_000);
  const instances = [...(restored.plane.clusters.get('main')?.instances.values() ?? [])];
  expect(instances.map(({ tasks }) => tasks.size).sort()).toEqual([2, 3]);
  expect(restored.surroundings.targetHealth(instanceGroupArn).map(({ state }) => state)).toEqual([
    'healthy',
    'healthy',
  ]);
  const { desiredCount, events, createdAt } = describeService(restored.plane, 'agent');
  expect(desiredCount).toBe(2);
  expect(Number(createdAt)).toBeCloseTo(simulation.service('agent').createdAt - day / 1000, 3);
  expect(events.length - simulation.events('agent').length).toBeLessThanOrEqual(1);
  // The same request with the same token is still known.
  const again = restored.call('RunTask', {
    cluster: 'main',
    launchType: 'EC2',
    taskDefinition: 'once:1',
    clientToken: 'once',
  }) as { tasks: [{ taskArn: string }] };
  expect(again.tasks[0].taskArn).toBe(
    simulation.tasks().find((task) => task.group === 'family:once')?.taskArn,
  );
});

test('a state is loaded once, and where it belongs', () => {
  const simulation = simulate();
  const state = simulation.plane.snapshot();
  expect(() => simulation.plane.restore(state)).toThrow('holds no cluster');
  const fresh = () => {
    const clock = new VirtualClock();
    const runtime = new SimulatedRuntime(clock);
    return new ControlPlane({
      clock,
      runtime,
      surroundings: new SimulatedSurroundings(clock, runtime),
      accountId: '123456789012',
      region: 'eu-west-1',
    });
  };
  expect(() => fresh().restore(state)).toThrow('is of account 123456789012 in us-east-1');
  expect(() => fresh().restore({ ...state, version: 2 as 1 })).toThrow('has version 2');
});

test('values that refer to each other survive as JSON', () => {
  const shared = { name: 'shared', $odd: 1 };
  const whole = {
    list: [shared, shared, undefined, Number.POSITIVE_INFINITY],
    map: new Map<unknown, unknown>([['a', shared]]),
    set: new Set([1, 2]),
    nothing: null,
    self: undefined as unknown,
  };
  whole.self = whole;
  const copy = decodeGraph(
    JSON.parse(JSON.stringify(encodeGraph(whole))) as ReturnType<typeof encodeGraph>,
    (_name, value) => value,
  ) as typeof whole;
  expect(copy).toEqual(whole);
  expect(copy.self).toBe(copy);
  expect(copy.list[0]).toBe(copy.map.get('a'));
  expect(() => encodeGraph({ deep: [{ run: () => undefined }] })).toThrow('state.deep[0].run is a function');
  expect(() => encodeGraph({ when: new Date() })).toThrow('state.when is an instance of Date');
});
