import type { Task } from '../../rehearsal/control-plane/tasks/task';
import {
  createService,
  loadBalancers,
  repository,
  simulate,
  targetGroupArn,
  untilSteady,
  type Simulation,
} from './simulation';

/** One thing that happened: seconds, and what. */
type Moment = readonly [at: number, what: string];

const step = 10;

/** The same things in the same order, and between any two of them as much time as at AWS, give or take one step. */
function expectReplay(ours: readonly Moment[], observed: readonly Moment[]): void {
  expect(ours.map(([, what]) => what)).toEqual(observed.map(([, what]) => what));
  const gaps = (moments: readonly Moment[]) =>
    moments.slice(1).map(([at, what], index) => ({ what, gap: at - (moments[index]?.[0] ?? 0) }));
  const theirs = gaps(observed);
  const off = gaps(ours).filter(({ gap }, index) => Math.abs(gap - (theirs[index]?.gap ?? 0)) > step);
  expect({ off, ours, observed }).toEqual({ off: [], ours, observed });
}

const kinds: readonly [RegExp, string][] = [
  [/^has started \d+ tasks: .*due to an unhealthy status/, 'started replacement'],
  [/^has started \d+ tasks/, 'started'],
  [/^has stopped \d+ running tasks/, 'stopped'],
  [/^stopped \d+ pending tasks/, 'stopped pending'],
  [/^registered/, 'registered'],
  [/^deregistered/, 'deregistered'],
  [/has begun draining connections/, 'draining'],
  [/failed container health checks/, 'failed container check'],
  [/is unhealthy in \(target-group/, 'unhealthy target'],
  [/deployment completed\.$/, 'completed'],
  [/deployment failed: tasks failed to start\.$/, 'deployment failed'],
  [/^rolling back to deployment/, 'rolling back'],
  [/^has reached a steady state/, 'steady'],
];

function eventsSince(simulation: Simulation, since: number): Moment[] {
  return simulation.events().flatMap(({ at, text }): Moment[] => {
    if (at < since) return [];
    const what = kinds.find(([pattern]) => pattern.test(text))?.[1] ?? text;
    return [[at, what]];
  });
}

const seconds = (simulation: Simulation, start: number) => (simulation.clock.now() - start) / 1000;

/** Every status that a task goes through, with when. */
function watchStatus(simulation: Simulation, start: number, task: Task, until: number): Moment[] {
  const moments: Moment[] = [];
  simulation.clock.runUntil(
    () => {
      if (moments.at(-1)?.[1] !== task.lastStatus)
        moments.push([seconds(simulation, start), task.lastStatus]);
      return task.lastStatus === 'STOPPED';
    },
    simulation.clock.now() + until * 1000,
  );
  return moments;
}

const taskOf = (simulation: Simulation, arn: string) =>
  simulation.plane.clusters.get('main')?.tasks.get(arn.split('/').at(-1) ?? '') as Task;

test('a rolling update of one task behind a load balancer', () => {
  const simulation = simulate();
  const start = simulation.clock.now();
  simulation.surroundings.addTargetGroup({ arn: targetGroupArn, interval: 45, deregistrationDelay: 20 });
  createService(simulation, {
    taskDefinition: simulation.release('v1', { startsAfter: 12_000 }),
    desiredCount: 1,
    loadBalancers,
  });
  untilSteady(simulation);
  const since = seconds(simulation, start) + 60;
  simulation.clock.advance(60_000);
  simulation.call('UpdateService', {
    cluster: 'main',
    service: 'web',
    taskDefinition: simulation.release('v2', { startsAfter: 12_000, stopsAfter: 2_300 }),
  });
  simulation.clock.advance(600_000);
  const ours = eventsSince(simulation, since);
  expectReplay(ours, [
    [1.844, 'started'],
    [42.269, 'registered'],
    [92.396, 'stopped'],
    [102.516, 'deregistered'],
    [102.522, 'draining'],
    [154.385, 'completed'],
    [154.386, 'steady'],
  ]);
  // The first step comes 7 to 15 s after the call.
  expect((ours[0]?.[0] ?? 0) - since).toBeGreaterThanOrEqual(7);
  expect((ours[0]?.[0] ?? 0) - since).toBeLessThanOrEqual(15);
});

test('the circuit breaker rolls back after container health checks failed', () => {
  const simulation = simulate();
  const container = {
    healthCheck: { command: ['CMD', 'check'], interval: 20, retries: 2 },
    stopTimeout: 60,
  };
  createService(simulation, {
    taskDefinition: simulation.release('v1', { startsAfter: 35_000, stopsAfter: 'never' }, container),
    desiredCount: 1,
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  });
  untilSteady(simulation);
  // The new version serves long enough for the old task to go, and is broken from then on.
  const broken = simulation.release('v2', { failsAfter: 42_000, stopsAfter: 'never' }, container);
  simulation.call('UpdateService', { cluster: 'main', service: 'web', taskDefinition: broken });
  const image = simulation.surroundings.image(`${repository}:v2`);
  const until = (pattern: RegExp) =>
    simulation.clock.runUntil(
      () => simulation.events().some(({ text }) => pattern.test(text)),
      simulation.clock.now() + 3_600_000,
    );
  until(/^has stopped 1 running/);
  simulation.runtime.script(image?.digest ?? '', {
    startsAfter: 10_000,
    answersAfter: 'never',
    stopsAfter: 'never',
  });
  until(/failed container health checks/);
  until(/deployment failed/);
  simulation.clock.advance(900_000);
  const events = eventsSince(simulation, 0);
  const failed = events.findIndex(([, what]) => what === 'deployment failed');
  // From the last replacement on.
  expectReplay(events.slice(failed - 3), [
    [48.057, 'started replacement'],
    [48.095, 'failed container check'],
    [48.096, 'stopped'],
    [112.148, 'deployment failed'],
    [112.149, 'rolling back'],
    [130.266, 'started'],
    [210, 'stopped'],
    [303.059, 'completed'],
    [303.06, 'steady'],
  ]);
});

test('a task that the load balancer finds unhealthy is replaced, and stopped when the other is healthy', () => {
  const simulation = simulate();
  const start = simulation.clock.now();
  simulation.surroundings.addTargetGroup({
    arn: targetGroupArn,
    interval: 2.5,
    deregistrationDelay: 30,
  });
  createService(simulation, { taskDefinition: simulation.release('v1'), desiredCount: 1, loadBalancers });
  untilSteady(simulation);
  simulation.clock.advance(62_000);
  const [old] = simulation.tasks();
  const health = () =>
    simulation.surroundings.targetHealth(targetGroupArn).map(({ target, state }) => [target.id, state]);
  const oldAddress = taskOf(simulation, old.taskArn).address;
  simulation.runtime.breakDown(oldAddress);
  const targets: Moment[] = [];
  let before = JSON.stringify(health());
  const since = seconds(simulation, start);
  simulation.clock.runUntil(() => {
    const now = JSON.stringify(health());
    if (now === before) return false;
    before = now;
    const states = new Map(health() as [string, string][]);
    const at = seconds(simulation, start);
    const said = new Set(targets.map(([, what]) => what));
    const say = (what: string, holds: boolean) => {
      if (holds && !said.has(what)) targets.push([at, what]);
    };
    say('target unhealthy', states.get(oldAddress) === 'unhealthy');
    say(
      'target healthy',
      [...states].some(([id, state]) => id !== oldAddress && state === 'healthy'),
    );
    say('target gone', said.has('target healthy') && !states.has(oldAddress));
    return false;
  }, simulation.clock.now() + 300_000);
  const all = [...eventsSince(simulation, since), ...targets].sort((a, b) => a[0] - b[0]);
  expectReplay(all, [
    [209.4, 'target unhealthy'],
    [221.4, 'started replacement'],
    [249.6, 'registered'],
    [251.9, 'target healthy'],
    [267.9, 'unhealthy target'],
    [267.9, 'stopped'],
    [278.1, 'deregistered'],
    [278.1, 'draining'],
    [287.8, 'steady'],
    [308.7, 'target gone'],
  ]);
});

test('a task that stops waits for its targets to drain', () => {
  const simulation = simulate();
  const start = simulation.clock.now();
  simulation.surroundings.addTargetGroup({ arn: targetGroupArn, deregistrationDelay: 300 });
  createService(simulation, {
    taskDefinition: simulation.release('v1', { stopsAfter: 'never' }, { stopTimeout: 47 }),
    desiredCount: 1,
    loadBalancers,
  });
  untilSteady(simulation);
  const [task] = simulation.tasks();
  simulation.call('StopTask', { cluster: 'main', task: task.taskArn });
  expectReplay(watchStatus(simulation, start, taskOf(simulation, task.taskArn), 900), [
    [37, 'DEACTIVATING'],
    [398, 'STOPPING'],
    [445, 'DEPROVISIONING'],
    [461, 'STOPPED'],
  ]);
});

test('a task without target group starts and stops as quickly as on Fargate', () => {
  const simulation = simulate();
  createService(simulation, {
    taskDefinition: simulation.release('v1', { stopsAfter: 2_300 }),
    desiredCount: 1,
  });
  untilSteady(simulation);
  const [task] = simulation.tasks();
  expectReplay(
    [
      [task.createdAt, 'created'],
      [task.connectivityAt, 'connected'],
      [task.pullStartedAt, 'pull started'],
      [task.pullStoppedAt, 'pull stopped'],
      [task.startedAt, 'started'],
    ],
    [
      [0, 'created'],
      [4, 'connected'],
      [13, 'pull started'],
      [21, 'pull stopped'],
      [21.5, 'started'],
    ],
  );
  // Seen 8.5 s after the start: neither health check nor load balancer is waited for.
  const steady = simulation.plane.clusters.get('main')?.services.get('web')?.steadySince ?? 0;
  expect(Math.abs(steady / 1000 - task.startedAt - 8.5)).toBeLessThanOrEqual(step);
  simulation.call('UpdateService', { cluster: 'main', service: 'web', desiredCount: 0 });
  const since = simulation.events().length;
  simulation.clock.advance(120_000);
  const stopped = simulation.tasks('STOPPED')[0];
  expectReplay(
    [
      [stopped.stoppingAt, 'stopping'],
      [stopped.executionStoppedAt, 'execution stopped'],
      [stopped.stoppedAt, 'stopped'],
    ],
    [
      [0, 'stopping'],
      [2.3, 'execution stopped'],
      [25.9, 'stopped'],
    ],
  );
  // After a scale to 0 the service is steady one step later, while the task still stops.
  const [stop, rest] = simulation.events().slice(since);
  expect(stop?.text).toMatch(/^has stopped 1 running tasks/);
  expect(rest?.text).toBe('has reached a steady state.');
  expect(Math.round((rest?.at ?? 0) - (stop?.at ?? 0))).toBe(step);
});
