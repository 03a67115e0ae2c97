import { containerMetadata } from '../../rehearsal/control-plane/tasks/metadata';
import type { Behaviour } from '../../rehearsal/runtime/simulated';
import type { ContainerLaunch } from '../../rehearsal/runtime/runtime';
import {
  createService,
  networkConfiguration,
  simulate,
  untilSteady,
  type Simulation,
  matching,
} from './simulation';

interface ContainerInput {
  name: string;
  behaviour?: Behaviour;
  [member: string]: unknown;
}

/** Runs one stand-alone task with these containers, and records what is launched and when. */
function run(containers: ContainerInput[], input: object = {}) {
  const simulation = simulate({ settings: { metadataUri: (id) => `http://127.0.0.1/v4/${id}` } });
  const launches: { launch: ContainerLaunch; at: number }[] = [];
  const signals: string[] = [];
  const start = simulation.runtime.start.bind(simulation.runtime);
  jest.spyOn(simulation.runtime, 'start').mockImplementation((launch, listener) => {
    launches.push({ launch, at: simulation.clock.now() });
    const running = start(launch, listener);
    return {
      check: (...args) => running.check(...args),
      signal(signal) {
        signals.push(`${signal} ${launch.name} ${simulation.clock.now()}`);
        running.signal(signal);
      },
    };
  });
  const containerDefinitions = containers.map(({ behaviour = {}, ...container }) => {
    simulation.surroundings.push(container.name, '1', behaviour);
    return { image: `${container.name}:1`, ...container };
  });
  simulation.call('RegisterTaskDefinition', {
    family: 'job',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions,
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
  });
  const { tasks } = simulation.call('RunTask', {
    cluster: 'main',
    taskDefinition: 'job',
    launchType: 'FARGATE',
    networkConfiguration,
    ...input,
  });
  const { taskArn } = tasks[0];
  const task = () => simulation.call('DescribeTasks', { cluster: 'main', tasks: [taskArn] }).tasks[0];
  return { simulation, task, taskArn, launches, signals };
}

const statusAfter = (
  { simulation, task }: { simulation: Simulation; task: () => { lastStatus: string } },
  milliseconds: number,
) => {
  simulation.clock.advance(milliseconds);
  return task().lastStatus;
};

describe('the life of a task', () => {
  test('takes the time that Fargate takes', () => {
    const job = run([{ name: 'web', behaviour: { exits: { after: 30_000, code: 0 } } }]);
    expect(job.task()).toMatchObject({
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      group: 'family:job',
      version: 1,
    });
    expect(statusAfter(job, 4000)).toBe('PENDING');
    expect(statusAfter(job, 15_000)).toBe('PENDING');
    expect(statusAfter(job, 600)).toBe('RUNNING');
    expect(statusAfter(job, 30_000)).toBe('DEPROVISIONING');
    expect(statusAfter(job, 23_000)).toBe('STOPPED');
    const task = job.task();
    expect(task).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      version: 5,
      connectivity: 'CONNECTED',
      containers: [{ lastStatus: 'STOPPED', exitCode: 0, runtimeId: matching(/^[0-9a-f]{32}-\d{10}$/) }],
      attachments: [{ type: 'ElasticNetworkInterface', status: 'DELETED' }],
    });
    const since = (
      name:
        | 'connectivityAt'
        | 'pullStartedAt'
        | 'pullStoppedAt'
        | 'startedAt'
        | 'executionStoppedAt'
        | 'stoppedAt',
    ) => Math.round((task[name] - task.createdAt) * 1000);
    expect([
      since('connectivityAt'),
      since('pullStartedAt'),
      since('pullStoppedAt'),
      since('startedAt'),
    ]).toEqual([4000, 11_000, 19_000, 19_500]);
    expect(since('executionStoppedAt')).toBe(49_500);
    expect(since('stoppedAt')).toBe(72_500);
  });

  test('stopped before it runs, it never starts a container', () => {
    const job = run([{ name: 'web' }]);
    job.simulation.clock.advance(5000);
    job.simulation.call('StopTask', { cluster: 'main', task: job.taskArn, reason: 'changed my mind' });
    expect(statusAfter(job, 60_000)).toBe('STOPPED');
    expect(job.launches).toEqual([]);
    expect(job.task()).toMatchObject({ stopCode: 'UserInitiated', stoppedReason: 'changed my mind' });
    expect(job.task()).not.toHaveProperty('startedAt');
  });

  test('is forgotten about an hour after it stopped', () => {
    const job = run([{ name: 'web', behaviour: { exits: { after: 1000, code: 0 } } }]);
    job.simulation.clock.advance(3_500_000);
    expect(job.task().lastStatus).toBe('STOPPED');
    job.simulation.clock.advance(600_000);
    job.simulation.call('RunTask', {
      cluster: 'main',
      taskDefinition: 'job',
      launchType: 'FARGATE',
      networkConfiguration,
    });
    expect(job.task()).toBeUndefined();
  });
});

describe('several containers', () => {
  test('start as their dependencies allow and stop in reverse', () => {
    const job = run([
      {
        name: 'web',
        dependsOn: [
          { containerName: 'proxy', condition: 'HEALTHY' },
          { containerName: 'migrate', condition: 'SUCCESS' },
        ],
      },
      { name: 'migrate', essential: false, behaviour: { exits: { after: 5000, code: 0 } } },
      {
        name: 'proxy',
        behaviour: { answersAfter: 12_000 },
        healthCheck: { command: ['CMD', 'true'], interval: 5, retries: 5 },
      },
    ]);
    job.simulation.clock.advance(60_000);
    expect(job.launches.map(({ launch }) => launch.name)).toEqual(['migrate', 'proxy', 'web']);
    expect((job.launches[2]?.at ?? 0) - (job.launches[0]?.at ?? 0)).toBe(15_000);
    expect(job.task()).toMatchObject({ lastStatus: 'RUNNING', healthStatus: 'HEALTHY' });
    job.simulation.call('StopTask', { cluster: 'main', task: job.taskArn });
    job.simulation.clock.advance(60_000);
    expect(job.signals.map((signal) => signal.split(' ').slice(0, 2).join(' '))).toEqual([
      'SIGTERM web',
      'SIGTERM proxy',
    ]);
    expect(job.task().lastStatus).toBe('STOPPED');
  });

  test('a dependency that fails stops the task before it runs', () => {
    const job = run([
      { name: 'web', dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }] },
      { name: 'migrate', essential: false, behaviour: { exits: { after: 1000, code: 3 } } },
    ]);
    job.simulation.clock.advance(60_000);
    expect(job.task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
    expect(job.launches.map(({ launch }) => launch.name)).toEqual(['migrate']);
  });

  test('a dependency that is not met within its start timeout stops the task', () => {
    const job = run([
      { name: 'web', dependsOn: [{ containerName: 'proxy', condition: 'HEALTHY' }] },
      {
        name: 'proxy',
        startTimeout: 20,
        behaviour: { answersAfter: 'never' },
        healthCheck: { command: ['CMD', 'true'], interval: 5 },
      },
    ]);
    job.simulation.clock.advance(38_000);
    expect(job.task()).toMatchObject({ lastStatus: 'PENDING' });
    job.simulation.clock.advance(60_000);
    expect(job.task()).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' });
  });

  test('the task goes on without a container that is not essential, and ends with one that is', () => {
    const job = run([
      { name: 'web', behaviour: { exits: { after: 40_000, code: 9 } } },
      { name: 'helper', essential: false, behaviour: { exits: { after: 5000, code: 1 } } },
      { name: 'agent' },
    ]);
    job.simulation.clock.advance(30_000);
    expect(job.task()).toMatchObject({
      lastStatus: 'RUNNING',
      containers: [{}, { lastStatus: 'STOPPED', exitCode: 1 }, {}],
    });
    job.simulation.clock.advance(60_000);
    expect(job.task().containers).toMatchObject([{ exitCode: 9 }, { exitCode: 1 }, { exitCode: 143 }]);
  });

  test('a restart policy restarts in place, if the container ran long enough and its code is not ignored', () => {
    const restartPolicy = { enabled: true, ignoredExitCodes: [0], restartAttemptPeriod: 60 };
    const job = run([
      { name: 'web' },
      { name: 'long', essential: false, restartPolicy, behaviour: { exits: { after: 61_000, code: 1 } } },
      { name: 'short', essential: false, restartPolicy, behaviour: { exits: { after: 10_000, code: 1 } } },
      { name: 'done', essential: false, restartPolicy, behaviour: { exits: { after: 61_000, code: 0 } } },
    ]);
    job.simulation.clock.advance(90_000);
    const counts = new Map<string, number>();
    for (const { launch } of job.launches) counts.set(launch.name, (counts.get(launch.name) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ web: 1, long: 2, short: 1, done: 1 });
  });
});

test('SIGKILL follows SIGTERM after the stop timeout', () => {
  const job = run([{ name: 'web', stopTimeout: 7, behaviour: { stopsAfter: 'never' } }]);
  job.simulation.clock.advance(30_000);
  job.simulation.call('StopTask', { cluster: 'main', task: job.taskArn });
  job.simulation.clock.advance(60_000);
  const at = job.signals.map((signal) => Number(signal.split(' ')[2]));
  expect(job.signals.map((signal) => signal.split(' ')[0])).toEqual(['SIGTERM', 'SIGKILL']);
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBe(7000);
  expect(job.task().containers[0].exitCode).toBe(137);
});

test('health: failures within the start period do not count; UNHEALTHY after the retries', () => {
  const healthCheck = { command: ['CMD', 'true'], interval: 5, retries: 3, startPeriod: 60 };
  const job = run([{ name: 'web', healthCheck, behaviour: { answersAfter: 'never' } }]);
  job.simulation.clock.advance(79_000);
  expect(job.task().healthStatus).toBe('UNKNOWN');
  job.simulation.clock.advance(20_000);
  expect(job.task()).toMatchObject({ healthStatus: 'UNHEALTHY', lastStatus: 'RUNNING' });
});

test('the environment: definition, secrets, overrides, and what Fargate adds', () => {
  const simulation = simulate();
  simulation.surroundings.secrets.set('/db/password', { value: 'hunter2' });
  const job = run(
    [
      {
        name: 'web',
        environment: [
          { name: 'LEVEL', value: 'info' },
          { name: 'PORT', value: '1' },
        ],
        command: ['serve'],
      },
    ],
    {
      overrides: {
        containerOverrides: [
          { name: 'web', command: ['migrate'], environment: [{ name: 'PORT', value: '2' }] },
        ],
      },
    },
  );
  job.simulation.clock.advance(30_000);
  const launch = job.launches[0]?.launch;
  expect(launch?.environment).toMatchObject({
    LEVEL: 'info',
    PORT: '2',
    AWS_REGION: 'us-east-1',
    AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
  });
  expect(launch?.environment.ECS_CONTAINER_METADATA_URI_V4).toMatch(
    /^http:\/\/127\.0\.0\.1\/v4\/[0-9a-f]{32}-\d{10}$/,
  );
  expect(launch?.command).toEqual(['migrate']);
  const runtimeId = job.task().containers[0].runtimeId;
  expect(containerMetadata(job.simulation.plane, runtimeId, '/task')).toMatchObject({
    TaskARN: job.taskArn,
    Family: 'job',
    Limits: { CPU: 0.25, Memory: 512 },
    Containers: [{ Name: 'web', KnownStatus: 'RUNNING' }],
  });
  expect(containerMetadata(job.simulation.plane, runtimeId, '')).toMatchObject({ Name: 'web' });
  expect(containerMetadata(job.simulation.plane, 'unknown-1', '')).toBeUndefined();
});

test('secrets reach the container, and its output the log stream', () => {
  const simulation = simulate();
  simulation.surroundings.secrets.set('/db/password', { value: 'hunter2' });
  const options = {
    'awslogs-group': '/ecs/web',
    'awslogs-region': 'us-east-1',
    'awslogs-stream-prefix': 'web',
  };
  const started = jest.spyOn(simulation.runtime, 'start');
  createService(simulation, {
    taskDefinition: simulation.release(
      'v1',
      { output: ['listening'] },
      {
        secrets: [{ name: 'PASSWORD', valueFrom: '/db/password' }],
        logConfiguration: { logDriver: 'awslogs', options },
      },
    ),
    desiredCount: 1,
  });
  untilSteady(simulation);
  const [task] = simulation.tasks();
  expect(started.mock.calls[0]?.[0].environment.PASSWORD).toBe('hunter2');
  expect(simulation.surroundings.logs.get(`/ecs/web web/web/${task.taskArn.split('/').at(-1)}`)).toEqual([
    'listening',
  ]);
});
