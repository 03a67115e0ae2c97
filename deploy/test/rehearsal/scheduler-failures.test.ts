import { ApiError } from '../../rehearsal/api/ecs';
import {
  createService,
  loadBalancers,
  simulate,
  targetGroupArn,
  untilSteady,
  type Simulation,
  matching,
} from './simulation';

const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true } };
const crash = { exits: { after: 2000, code: 1 } };
const healthCheck = { healthCheck: { command: ['CMD-SHELL', 'exit 0'], interval: 5, retries: 2 } };

function steadyService(input: object = {}, container: object = {}): Simulation {
  const simulation = simulate();
  createService(simulation, {
    taskDefinition: simulation.release('v1', {}, { ...container }),
    desiredCount: 1,
    deploymentConfiguration: breaker,
    ...input,
  });
  untilSteady(simulation);
  simulation.clock.advance(60_000);
  return simulation;
}

function update(simulation: Simulation, input: object): number {
  const before = simulation.events().length;
  simulation.call('UpdateService', { cluster: 'main', service: 'web', ...input });
  return before;
}

const lastServiceDeployment = (simulation: Simulation) => {
  const { serviceDeployments } = simulation.call('ListServiceDeployments', {
    cluster: 'main',
    service: 'web',
  });
  const arns = [serviceDeployments[0].serviceDeploymentArn];
  return simulation.call('DescribeServiceDeployments', { serviceDeploymentArns: arns }).serviceDeployments[0];
};

const texts = (simulation: Simulation, since: number) =>
  simulation
    .events()
    .slice(since)
    .map(({ text }) => text);

describe('the circuit breaker', () => {
  test.each([
    ['exits at once', crash, /^Essential container in task exited$/],
    [
      'cannot start',
      { failsToStart: 'CannotStartContainerError: no such file' },
      /^CannotStartContainerError/,
    ],
  ])(
    'rolls back to the last completed deployment, under its own id, when the container %s',
    (_how, behaviour, reason) => {
      const simulation = steadyService();
      const good = simulation.service().deployments[0].id;
      const since = update(simulation, { taskDefinition: simulation.release('v2', behaviour) });
      const bad = simulation.service().deployments[0].id;
      simulation.clock.runUntil(
        () => simulation.service().deployments[0].id === good,
        simulation.clock.now() + 900_000,
      );
      expect(simulation.service()).toMatchObject({
        taskDefinition: matching(/web:1$/),
        deployments: [
          {
            id: good,
            status: 'PRIMARY',
            rolloutState: 'IN_PROGRESS',
            rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${good}.`,
          },
          {
            id: bad,
            status: 'ACTIVE',
            rolloutState: 'FAILED',
            rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
            failedTasks: 3,
          },
        ],
      });
      expect(lastServiceDeployment(simulation)).toMatchObject({
        status: 'ROLLBACK_IN_PROGRESS',
        statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
        deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
        rollback: { serviceRevisionArn: matching(good.replace('ecs-svc/', '')) },
      });
      simulation.clock.advance(300_000);
      expect(simulation.service().deployments).toMatchObject([
        { id: good, rolloutState: 'COMPLETED', rolloutStateReason: `ECS deployment ${good} completed.` },
      ]);
      expect(lastServiceDeployment(simulation).status).toBe('ROLLBACK_SUCCESSFUL');
      expect(texts(simulation, since).slice(-4)).toEqual([
        `(deployment ${bad}) deployment failed: tasks failed to start.`,
        `rolling back to deployment ${good}.`,
        `(deployment ${good}) deployment completed.`,
        'has reached a steady state.',
      ]);
      const failed = simulation.tasks('STOPPED').filter((task) => task.startedBy === bad);
      expect(failed).toHaveLength(3);
      for (const task of failed) expect(task.stoppedReason).toMatch(reason);
    },
  );

  test('replaces unhealthy tasks of the deployment, says why, and rolls back', () => {
    const deploymentConfiguration = { ...breaker, minimumHealthyPercent: 0 };
    const simulation = steadyService({ deploymentConfiguration }, healthCheck);
    const since = update(simulation, {
      taskDefinition: simulation.release('v2', { answersAfter: 'never' }, healthCheck),
    });
    simulation.clock.advance(600_000);
    const said = texts(simulation, since).map((text) =>
      text.replace(/[0-9a-f]{32}/g, 'ID').replace(/\/\d{19}/g, '/N'),
    );
    expect(said).toEqual([
      'has started 1 tasks: (task ID).',
      'has stopped 1 running tasks: (task ID).',
      'has started 1 tasks: (task ID).  Amazon ECS replaced 1 tasks due to an unhealthy status.',
      '(task ID) failed container health checks.',
      'has stopped 1 running tasks: (task ID).',
      'has started 1 tasks: (task ID).  Amazon ECS replaced 1 tasks due to an unhealthy status.',
      '(task ID) failed container health checks.',
      'has stopped 1 running tasks: (task ID).',
      '(task ID) failed container health checks.',
      'has stopped 1 running tasks: (task ID).',
      '(deployment ecs-svc/N) deployment failed: tasks failed to start.',
      'rolling back to deployment ecs-svc/N.',
      'has started 1 tasks: (task ID).',
      '(deployment ecs-svc/N) deployment completed.',
      'has reached a steady state.',
    ]);
    const [first] = simulation.tasks('STOPPED').filter((task) => task.taskDefinitionArn.endsWith('web:2'));
    expect(first).toMatchObject({
      stoppedReason: 'Task failed container health checks',
      healthStatus: 'UNHEALTHY',
    });
  });

  test('counts targets that never become healthy, once the grace period is over', () => {
    const simulation = steadyService({ loadBalancers, healthCheckGracePeriodSeconds: 60 });
    const since = update(simulation, { taskDefinition: simulation.release('v2', { answersAfter: 'never' }) });
    simulation.clock.advance(75_000);
    expect(texts(simulation, since).filter((text) => text.includes('unhealthy'))).toEqual([]);
    simulation.clock.advance(900_000);
    const said = texts(simulation, since);
    expect(said).toContainEqual(
      matching(
        /^\(task [0-9a-f]{32}\) \(port 80\) is unhealthy in \(target-group arn:.*0123456789abcdef\) due to \(reason Health checks failed\)$/,
      ),
    );
    expect(simulation.service()).toMatchObject({ taskDefinition: matching(/web:1$/) });
    const failed = simulation.tasks('STOPPED').find((task) => task.taskDefinitionArn.endsWith('web:2'));
    expect(failed?.stoppedReason).toBe(`Task failed ELB health checks in (target-group ${targetGroupArn})`);
  });

  test('leaves a failed first deployment as it is: there is nothing to go back to', () => {
    const simulation = simulate();
    createService(simulation, {
      taskDefinition: simulation.release('v1', crash),
      desiredCount: 1,
      deploymentConfiguration: breaker,
    });
    simulation.clock.advance(900_000);
    expect(simulation.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED', failedTasks: 3 },
    ]);
    expect(lastServiceDeployment(simulation)).toMatchObject({
      status: 'ROLLBACK_FAILED',
      statusReason: 'No rollback candidate was found to run the rollback.',
    });
    const before = simulation.events().length;
    simulation.clock.advance(3_600_000);
    expect(simulation.events()).toHaveLength(before);
  });

  test('without rollback the deployment stays FAILED and the old tasks stay', () => {
    const simulation = steadyService({
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    update(simulation, { taskDefinition: simulation.release('v2', crash) });
    simulation.clock.advance(900_000);
    expect(simulation.service().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED', runningCount: 0 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 1 },
    ]);
    expect(lastServiceDeployment(simulation)).toMatchObject({
      status: 'STOPPED',
    });
  });

  test('a second failing deployment during a rollback finds no candidate and stalls', () => {
    const simulation = steadyService({ loadBalancers, desiredCount: 2 });
    update(simulation, { taskDefinition: simulation.release('v2', crash) });
    simulation.clock.runUntil(
      () => simulation.events().some(({ text }) => text.startsWith('rolling back')),
      simulation.clock.now() + 900_000,
    );
    const since = update(simulation, { taskDefinition: simulation.release('v3', crash) });
    simulation.clock.advance(1_800_000);
    expect(texts(simulation, since).filter((text) => text.startsWith('rolling back'))).toEqual([]);
    expect(simulation.service().deployments[0]).toMatchObject({ status: 'PRIMARY', rolloutState: 'FAILED' });
    expect(simulation.service().runningCount).toBe(2);
    expect(lastServiceDeployment(simulation).status).toBe('ROLLBACK_FAILED');
  });

  test('failing launches are repeated with growing pauses when there is no breaker', () => {
    const simulation = steadyService({ deploymentConfiguration: {} });
    const since = update(simulation, {
      taskDefinition: simulation.release('v2', { failsToStart: 'CannotStartContainerError: x' }),
    });
    simulation.clock.advance(4 * 3_600_000);
    const starts = simulation
      .events()
      .slice(since)
      .filter(({ text }) => text.startsWith('has started'));
    const gaps = starts.slice(1).map(({ at }, index) => at - (starts[index]?.at ?? 0));
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(900);
    expect(gaps.at(-1)).toBeLessThan(1000);
    expect([...gaps].sort((a, b) => a - b)).toEqual(gaps);
    expect(texts(simulation, since)).toContain(
      'is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
    );
    expect(simulation.service().deployments[0].rolloutState).toBe('IN_PROGRESS');
    update(simulation, { taskDefinition: 'web:1' });
    simulation.clock.advance(120_000);
    expect(simulation.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED', failedTasks: 0 }]);
  });
});

describe('outside a deployment', () => {
  test('an unhealthy task is replaced first, and stopped when its replacement is healthy', () => {
    const simulation = steadyService({ loadBalancers });
    const [task] = simulation.tasks();
    const since = simulation.events().length;
    const digest = task.containers[0].imageDigest;
    simulation.runtime.script(digest, {});
    simulation.runtime.breakDown(task.containers[0].networkInterfaces[0].privateIpv4Address);
    simulation.clock.advance(300_000);
    const said = texts(simulation, since).map((text) =>
      text
        .replace(/[0-9a-f]{32}/g, 'ID')
        .replace(/\/\d{19}/g, '/N')
        .replace(targetGroupArn, 'ARN'),
    );
    expect(said).toEqual([
      'has started 1 tasks: (task ID).  Amazon ECS replaced 1 tasks due to an unhealthy status.',
      'registered 1 targets in (target-group ARN)',
      '(task ID) (port 80) is unhealthy in (target-group ARN) due to (reason Health checks failed)',
      'has stopped 1 running tasks: (task ID).',
      'deregistered 1 targets in (target-group ARN)',
      'has begun draining connections on 1 tasks.',
      'has reached a steady state.',
    ]);
    const events = simulation.events().slice(since);
    const drained = simulation.call('DescribeTasks', { cluster: 'main', tasks: [task.taskArn] }).tasks[0];
    // Steady before the load balancer has finished draining.
    expect(events.at(-1)?.at).toBeLessThan(drained.executionStoppedAt - Date.UTC(2026, 0, 1) / 1000);
    expect(simulation.service().deployments).toMatchObject([{ rolloutState: 'COMPLETED', runningCount: 1 }]);
  });

  test('where the upper limit leaves no room, the unhealthy task is stopped first', () => {
    const simulation = steadyService({
      loadBalancers,
      deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 },
    });
    const [task] = simulation.tasks();
    const since = simulation.events().length;
    simulation.runtime.breakDown(task.containers[0].networkInterfaces[0].privateIpv4Address);
    simulation.clock.advance(300_000);
    const kinds = texts(simulation, since).flatMap((text) => /^has (started|stopped)/.exec(text)?.[1] ?? []);
    expect(kinds).toEqual(['stopped', 'started']);
  });

  test('a task that crashes is replaced', () => {
    const simulation = steadyService();
    const [task] = simulation.tasks();
    simulation.call('StopTask', { cluster: 'main', task: task.taskArn, reason: 'a test' });
    simulation.clock.advance(120_000);
    const stopped = simulation.tasks('STOPPED')[0];
    expect(stopped).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'a test' });
    expect(simulation.service()).toMatchObject({
      runningCount: 1,
      deployments: [{ rolloutState: 'COMPLETED', failedTasks: 0 }],
    });
  });
});

describe('StopServiceDeployment', () => {
  test('rolls back, also without a circuit breaker', () => {
    const simulation = steadyService({ deploymentConfiguration: {} });
    const good = simulation.service().deployments[0].id;
    update(simulation, { taskDefinition: simulation.release('v2') });
    simulation.clock.advance(15_000);
    const { serviceDeploymentArn } = lastServiceDeployment(simulation);
    simulation.call('StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' });
    expect(lastServiceDeployment(simulation).status).toBe('ROLLBACK_REQUESTED');
    simulation.clock.advance(300_000);
    expect(lastServiceDeployment(simulation).status).toBe('ROLLBACK_SUCCESSFUL');
    expect(simulation.service().deployments).toMatchObject([{ id: good, rolloutState: 'COMPLETED' }]);
    expect(() => simulation.call('StopServiceDeployment', { serviceDeploymentArn })).toThrow(
      new ApiError(
        'ConflictException',
        'The service deployment cannot be stopped because its status is ROLLBACK_SUCCESSFUL.',
      ),
    );
  });
});

describe('deployment alarms', () => {
  const alarms = { alarms: { alarmNames: ['errors'], enable: true, rollback: true } };

  test('an alarm that goes off fails the deployment and rolls it back', () => {
    const simulation = steadyService({ deploymentConfiguration: alarms });
    simulation.surroundings.alarms.set('errors', 'OK');
    const since = update(simulation, { taskDefinition: simulation.release('v2') });
    simulation.clock.advance(20_000);
    simulation.surroundings.alarms.set('errors', 'ALARM');
    simulation.clock.advance(300_000);
    expect(texts(simulation, since)).toContainEqual(matching(/deployment failed: alarm detected\.$/));
    expect(simulation.service().taskDefinition).toMatch(/web:1$/);
    expect(lastServiceDeployment(simulation)).toMatchObject({
      status: 'ROLLBACK_SUCCESSFUL',
      alarms: { status: 'TRIGGERED', alarmNames: ['errors'], triggeredAlarmNames: ['errors'] },
    });
  });

  test('an alarm that is on at the start is ignored for the whole deployment', () => {
    const simulation = steadyService({ deploymentConfiguration: alarms });
    simulation.surroundings.alarms.set('errors', 'ALARM');
    update(simulation, { taskDefinition: simulation.release('v2') });
    simulation.clock.advance(600_000);
    expect(simulation.service()).toMatchObject({
      taskDefinition: matching(/web:2$/),
      deployments: [{ rolloutState: 'COMPLETED' }],
    });
  });
});
