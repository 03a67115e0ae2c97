import {
  createService,
  loadBalancers,
  simulate,
  targetGroupArn,
  untilSteady,
  type Simulation,
  matching,
} from './simulation';

const stuck =
  'was unable to stop or start tasks during a deployment because of the service deployment configuration. Update the minimumHealthyPercent or maximumPercent value and try again.';

/** A service of release v1 at rest. */
function steadyService(
  desiredCount: number,
  minimum: number,
  maximum: number,
  input: object = {},
): Simulation {
  const simulation = simulate();
  createService(simulation, {
    taskDefinition: simulation.release('v1'),
    desiredCount,
    deploymentConfiguration: { minimumHealthyPercent: minimum, maximumPercent: maximum },
    ...input,
  });
  untilSteady(simulation);
  // Without any check a task counts as healthy 40 s after RUNNING.
  simulation.clock.advance(60_000);
  return simulation;
}

function update(simulation: Simulation, input: object): number {
  const before = simulation.events().length;
  simulation.call('UpdateService', { cluster: 'main', service: 'web', ...input });
  return before;
}

/** What the scheduler did since, as `start 2`, `stop 1`, `stuck`, `completed`, `steady`. */
function moves(simulation: Simulation, since: number): string[] {
  return simulation
    .events()
    .slice(since)
    .flatMap(({ text }) => {
      const started = /^has started (\d+) tasks/.exec(text);
      const stopped = /^has stopped (\d+) running tasks/.exec(text);
      if (started) return [`start ${started[1]}`];
      if (stopped) return [`stop ${stopped[1]}`];
      if (text === stuck) return ['stuck'];
      if (text.endsWith('deployment completed.')) return ['completed'];
      if (text === 'has reached a steady state.') return ['steady'];
      return [];
    });
}

describe('a rolling update', () => {
  test.each([
    [1, 100, 200, ['start 1', 'stop 1']],
    [1, 50, 200, ['start 1', 'stop 1']],
    [1, 0, 100, ['stop 1', 'start 1']],
    [2, 50, 100, ['stop 1', 'start 1', 'stop 1', 'start 1']],
    [4, 50, 100, ['stop 2', 'start 2', 'stop 2', 'start 2']],
    [4, 100, 200, ['start 4', 'stop 4']],
    [4, 100, 150, ['start 2', 'stop 2', 'start 2', 'stop 2']],
  ])('of %i tasks with %i/%i %% moves within the limits', (desired, minimum, maximum, expected) => {
    const simulation = steadyService(desired, minimum, maximum);
    const since = update(simulation, { taskDefinition: simulation.release('v2') });
    simulation.clock.advance(900_000);
    expect(moves(simulation, since)).toEqual([...expected, 'completed', 'steady']);
    expect(simulation.service()).toMatchObject({ runningCount: desired, pendingCount: 0 });
    expect(simulation.tasks().every((task) => task.taskDefinitionArn.endsWith('web:2'))).toBe(true);
  });

  test.each([
    [1, 50, 100],
    [1, 100, 100],
    [1, 100, 150],
    [2, 75, 100],
    [3, 100, 125],
  ])('of %i tasks with %i/%i %% is stuck, and says so once in six hours', (desired, minimum, maximum) => {
    const simulation = steadyService(desired, minimum, maximum);
    const since = update(simulation, { taskDefinition: simulation.release('v2') });
    simulation.clock.advance(5 * 3_600_000);
    expect(moves(simulation, since)).toEqual(['stuck']);
    expect(simulation.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 0 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: desired },
    ]);
    simulation.clock.advance(2 * 3_600_000);
    expect(moves(simulation, since)).toEqual(['stuck', 'stuck']);
  });

  test('that is stuck goes on when the limits are widened', () => {
    const simulation = steadyService(1, 100, 150);
    const since = update(simulation, { taskDefinition: simulation.release('v2') });
    simulation.clock.advance(600_000);
    update(simulation, { deploymentConfiguration: { maximumPercent: 200 } });
    simulation.clock.advance(600_000);
    expect(moves(simulation, since)).toEqual(['stuck', 'start 1', 'stop 1', 'completed', 'steady']);
  });

  test('behind a load balancer registers, waits for health, stops, deregisters, drains, completes', () => {
    const simulation = steadyService(1, 100, 200, { loadBalancers });
    const [first] = simulation.tasks();
    const since = update(simulation, { taskDefinition: simulation.release('v2') });
    const called = simulation.clock.now() / 1000 - Date.UTC(2026, 0, 1) / 1000;
    simulation.clock.advance(900_000);
    const events = simulation.events().slice(since);
    const [second] = simulation.tasks();
    const id = (task: { taskArn: string }) => task.taskArn.split('/').at(-1);
    expect(events.map(({ text }) => text)).toEqual([
      `has started 1 tasks: (task ${id(second)}).`,
      `registered 1 targets in (target-group ${targetGroupArn})`,
      `has stopped 1 running tasks: (task ${id(first)}).`,
      `deregistered 1 targets in (target-group ${targetGroupArn})`,
      `has begun draining connections on 1 tasks.`,
      `(deployment ${second.startedBy}) deployment completed.`,
      'has reached a steady state.',
    ]);
    const at = events.map((event) => event.at - called);
    const [
      started = 0,
      registered = 0,
      stopped = 0,
      deregistered = 0,
      draining = 0,
      completed = 0,
      steady = 0,
    ] = at;
    expect(started).toBeLessThanOrEqual(15);
    expect(registered - started).toBeGreaterThanOrEqual(19.5);
    expect(stopped).toBeGreaterThan(registered);
    expect(deregistered - stopped).toBeCloseTo(10, 3);
    expect(draining).toBe(deregistered);
    expect(completed - draining).toBeGreaterThan(30);
    expect(steady).toBe(completed);
    expect(
      simulation
        .service()
        .events.some((event) =>
          event.message.startsWith(`(service web, taskSet ${first.startedBy}) has begun`),
        ),
    ).toBe(true);
  });

  test('stops a task in order: deregister, drain, SIGTERM, deprovision', () => {
    const simulation = steadyService(1, 100, 200, { loadBalancers });
    const [task] = simulation.tasks();
    const statuses: string[] = [];
    update(simulation, { taskDefinition: simulation.release('v2') });
    for (let i = 0; i < 300; i += 1) {
      simulation.clock.advance(1000);
      const now = simulation.call('DescribeTasks', { cluster: 'main', tasks: [task.taskArn] }).tasks[0];
      if (statuses.at(-1) !== now.lastStatus) statuses.push(now.lastStatus);
    }
    expect(statuses).toEqual(['RUNNING', 'DEACTIVATING', 'STOPPING', 'DEPROVISIONING', 'STOPPED']);
    const stopped = simulation.call('DescribeTasks', { cluster: 'main', tasks: [task.taskArn] }).tasks[0];
    expect(stopped).toMatchObject({
      desiredStatus: 'STOPPED',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Scaling activity initiated by (deployment ${task.startedBy})`,
      containers: [{ exitCode: 143, lastStatus: 'STOPPED' }],
      version: 5,
    });
    expect(stopped.executionStoppedAt - stopped.stoppingAt).toBeGreaterThan(40);
    expect(stopped.stoppedAt - stopped.executionStoppedAt).toBeCloseTo(23, 3);
  });
});

describe('deployments[]', () => {
  test('a newer deployment supersedes one that runs; its pending tasks die at once', () => {
    const simulation = steadyService(2, 100, 200);
    update(simulation, { taskDefinition: simulation.release('v2') });
    simulation.clock.advance(15_000);
    expect(simulation.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', pendingCount: 2, desiredCount: 2 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 2 },
    ]);
    const since = update(simulation, { taskDefinition: simulation.release('v3') });
    expect(simulation.service().deployments).toMatchObject([
      { status: 'PRIMARY', taskDefinition: matching(/web:3$/) },
      { status: 'ACTIVE', rolloutState: 'IN_PROGRESS', taskDefinition: matching(/web:2$/) },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', taskDefinition: matching(/web:1$/) },
    ]);
    simulation.clock.advance(10_000);
    expect(simulation.events()[since]?.text).toBe('stopped 2 pending tasks.');
    simulation.clock.advance(900_000);
    expect(simulation.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'COMPLETED', taskDefinition: matching(/web:3$/) },
    ]);
    const { serviceDeployments } = simulation.call('ListServiceDeployments', {
      cluster: 'main',
      service: 'web',
    });
    expect(serviceDeployments).toMatchObject([
      { status: 'SUCCESSFUL' },
      { status: 'STOPPED', statusReason: 'Replaced by a new service deployment.' },
      { status: 'SUCCESSFUL' },
    ]);
  });

  test('the desired count of the PRIMARY follows at the scheduler, not at the call', () => {
    const simulation = steadyService(1, 100, 200);
    const { service } = simulation.call('UpdateService', {
      cluster: 'main',
      service: 'web',
      desiredCount: 3,
    });
    expect(service.desiredCount).toBe(3);
    expect(service.deployments).toMatchObject([{ desiredCount: 1 }]);
    simulation.clock.advance(10_000);
    expect(simulation.service().deployments).toMatchObject([
      { desiredCount: 3, runningCount: 1, pendingCount: 2 },
    ]);
  });

  test.each([
    ['desiredCount', { desiredCount: 3 }, false],
    ['the same task definition', { taskDefinition: 'web:1' }, false],
    ['the deployment configuration', { deploymentConfiguration: { maximumPercent: 150 } }, false],
    ['the grace period', { healthCheckGracePeriodSeconds: 60 }, false],
    ['enableExecuteCommand', { enableExecuteCommand: true }, false],
    ['forceNewDeployment', { forceNewDeployment: true }, true],
    ['the platform version', { platformVersion: '1.4.0' }, true],
    ['the network', { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-c'] } } }, true],
    ['load balancers', { loadBalancers }, true],
  ])('%s: whether it starts a deployment', (_what, input, starts) => {
    const simulation = steadyService(1, 100, 200);
    update(simulation, input);
    expect(simulation.service().deployments).toHaveLength(starts ? 2 : 1);
  });

  test('a deployment and its revision carry the same number; the service deployment an id of its own', () => {
    const simulation = steadyService(1, 100, 200);
    const service = simulation.service();
    const number = service.deployments[0].id.split('/')[1];
    expect(number).toMatch(/^\d{19}$/);
    expect(service.currentServiceRevisions).toEqual([
      {
        arn: matching(`service-revision/main/web/${number}$`),
        requestedTaskCount: 1,
        runningTaskCount: 1,
        pendingTaskCount: 0,
      },
    ]);
    expect(service).not.toHaveProperty('currentServiceDeployment');
    update(simulation, { forceNewDeployment: true });
    simulation.clock.advance(1000);
    expect(simulation.service().currentServiceDeployment).toMatch(
      /service-deployment\/main\/web\/[A-Za-z0-9_-]{21}$/,
    );
  });

  test('an image is resolved once for a deployment', () => {
    const simulation = steadyService(1, 100, 200);
    const digest = simulation.tasks()[0].containers[0].imageDigest;
    simulation.surroundings.push('123456789012.dkr.ecr.us-east-1.amazonaws.com/web', 'v1');
    update(simulation, { desiredCount: 2 });
    simulation.clock.advance(60_000);
    expect(simulation.tasks().map((task) => task.containers[0].imageDigest)).toEqual([digest, digest]);
    update(simulation, { forceNewDeployment: true });
    simulation.clock.advance(600_000);
    const digests = simulation.tasks().map((task) => task.containers[0].imageDigest);
    expect(digests[0]).not.toBe(digest);
    expect(new Set(digests).size).toBe(1);
  });
});

describe('at rest', () => {
  test('the steady event comes again after six hours', () => {
    const simulation = steadyService(1, 100, 200);
    const since = simulation.events().length;
    simulation.clock.advance(6.5 * 3_600_000);
    expect(moves(simulation, since)).toEqual(['steady']);
  });

  test('scaling in stops the surplus; the steady event does not wait for the stopped tasks', () => {
    const simulation = steadyService(3, 100, 200);
    const since = update(simulation, { desiredCount: 0 });
    simulation.clock.advance(900_000);
    const events = simulation.events().slice(since);
    expect(moves(simulation, since)).toEqual(['stop 3', 'steady']);
    expect((events[1]?.at ?? 0) - (events[0]?.at ?? 0)).toBeCloseTo(10, 3);
  });

  test('protected tasks outlive a scale-in', () => {
    const simulation = steadyService(2, 100, 200);
    const [kept] = simulation.tasks();
    simulation.call('UpdateTaskProtection', {
      cluster: 'main',
      tasks: [kept.taskArn],
      protectionEnabled: true,
    });
    update(simulation, { desiredCount: 1 });
    simulation.clock.advance(120_000);
    expect(simulation.tasks().map((task) => task.taskArn)).toEqual([kept.taskArn]);
  });

  test('a thousand services at rest are not stepped', () => {
    const simulation = simulate();
    const taskDefinition = simulation.release('v1');
    for (let i = 0; i < 1000; i += 1)
      createService(simulation, { serviceName: `web-${i}`, taskDefinition, desiredCount: 0 });
    simulation.clock.advance(60_000);
    const steps = jest.spyOn(simulation.plane.surroundings, 'targetHealth');
    const before = [...(simulation.plane.clusters.get('main')?.services.values() ?? [])].map(
      ({ lastStep }) => lastStep,
    );
    simulation.clock.advance(3_600_000);
    const after = [...(simulation.plane.clusters.get('main')?.services.values() ?? [])].map(
      ({ lastStep }) => lastStep,
    );
    expect(after).toEqual(before);
    expect(steps).not.toHaveBeenCalled();
  });
});
