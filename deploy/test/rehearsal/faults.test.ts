import { Agent, request } from 'node:http';
import { ECSClient, ListClustersCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import {
  ElasticLoadBalancingV2Client,
  DescribeLoadBalancersCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { S3Client, ListBucketsCommand } from '@aws-sdk/client-s3';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { FaultName } from '../../rehearsal/faults';
import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';
import { VirtualClock } from '../../rehearsal/virtual-clock';
import { clientOf, rehearsalOf } from './support';

const target = 'AmazonEC2ContainerServiceV20141113.ListClusters';
const rehearsal = rehearsalOf();
afterEach(() => rehearsal.get().faults.clear());

const list = () => new ECSClient(clientOf(rehearsal.get())).send(new ListClustersCommand({}));
const balancers = () =>
  new ElasticLoadBalancingV2Client(clientOf(rehearsal.get())).send(new DescribeLoadBalancersCommand({}));
const buckets = () => new S3Client(clientOf(rehearsal.get())).send(new ListBucketsCommand({}));

test.each<[FaultName, string, string, string]>([
  ['throttling', 'ThrottlingException', 'Throttling', 'SlowDown'],
  ['server-error', 'ServerException', 'InternalFailure', 'InternalError'],
  ['expired-credentials', 'ExpiredTokenException', 'ExpiredToken', 'ExpiredToken'],
  ['access-denied', 'AccessDeniedException', 'AccessDenied', 'AccessDenied'],
])('%s is told in the words of each protocol', async (fault, json, query, s3) => {
  await rehearsal.get().faults.set(fault);
  await expect(list()).rejects.toMatchObject({ name: json });
  await expect(balancers()).rejects.toMatchObject({ name: query });
  await expect(buckets()).rejects.toMatchObject({ name: s3 });
  await rehearsal.get().faults.clear(fault);
  await list();
});

test('access denied names who, what and why', async () => {
  await rehearsal.get().faults.set('access-denied', { service: 'ecs', operations: ['ListClusters'] });
  await expect(list()).rejects.toThrow(
    'User: arn:aws:iam::123456789012:user/rehearsal is not authorized to perform: ecs:ListClusters on resource: * ' +
      'because no identity-based policy allows the ecs:ListClusters action',
  );
  await balancers();
});

test('a fault can end by itself, and meet every other call', async () => {
  const { faults } = rehearsal.get();
  await faults.set('throttling', { times: 1 });
  await expect(list()).rejects.toMatchObject({ name: 'ThrottlingException' });
  await list();
  await faults.set('server-error', { every: 2 });
  await expect(list()).rejects.toMatchObject({ name: 'ServerException' });
  await list();
  await expect(list()).rejects.toMatchObject({ name: 'ServerException' });
});

test('credentials handed out after the old ones expired are good', async () => {
  await rehearsal.get().faults.set('expired-credentials');
  const sts = new STSClient(clientOf(rehearsal.get()));
  const RoleArn = 'arn:aws:iam::123456789012:role/small-execution';
  const { Credentials } = await sts.send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'again', WebIdentityToken: 't' }),
  );
  const fresh = { accessKeyId: Credentials?.AccessKeyId ?? '', secretAccessKey: 'x', sessionToken: 'y' };
  await new ECSClient({ ...clientOf(rehearsal.get()), credentials: fresh }).send(new ListClustersCommand({}));
  await expect(list()).rejects.toMatchObject({ name: 'ExpiredTokenException' });
});

test('connections are reset, refused, and taken again on the same port', async () => {
  const { faults, endpoint } = rehearsal.get();
  await faults.set('connection-reset', { times: 1 });
  await expect(list()).rejects.toThrow(/ECONNRESET/);
  await list();
  await faults.set('connection-refused');
  await expect(list()).rejects.toThrow(/ECONNREFUSED/);
  await faults.clear('connection-refused');
  await list();
  expect(rehearsal.get().endpoint).toBe(endpoint);
});

test('a connection that was busy when the port closed is not kept alive', async () => {
  const { faults, endpoint } = rehearsal.get();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const asked = request(endpoint, { agent, method: 'POST', headers: { 'x-amz-target': target } });
      asked.once('response', (response) => {
        response.resume().once('end', () => resolve(response.statusCode));
      });
      asked.once('error', reject).end('{}');
    });
  await faults.set('slow-api', { delay: 50 });
  const [status] = await Promise.all([
    ask(),
    new Promise((resolve) => setTimeout(resolve, 10)).then(() => faults.set('connection-refused')),
  ]);
  expect(status).toBe(200);
  await expect(ask()).rejects.toThrow(/ECONNREFUSED/);
  agent.destroy();
});

test('a slow API answers all the same', async () => {
  await rehearsal.get().faults.set('slow-api', { delay: 30 });
  const started = performance.now();
  await list();
  expect(performance.now() - started).toBeGreaterThanOrEqual(25);
});

test('an unknown fault is refused by name', async () => {
  await expect(rehearsal.get().faults.set('gremlins' as FaultName)).rejects.toThrow(
    /no fault is named "gremlins"/,
  );
});

test('the token buckets of ECS refill with the clock', async () => {
  const clock = new VirtualClock();
  const limited = await startRehearsal({ clock, runtime: 'simulated', rateLimits: true });
  try {
    const ecs = new ECSClient(clientOf(limited));
    const register = () =>
      ecs.send(
        new RegisterTaskDefinitionCommand({
          family: 'f',
          containerDefinitions: [{ name: 'a', image: 'sample/ok:1', memory: 64 }],
        }),
      );
    for (let call = 0; call < 20; call += 1) await register();
    await expect(register()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
    clock.advance(1000);
    await register();
    await expect(register()).rejects.toMatchObject({ name: 'ThrottlingException' });
  } finally {
    await limited.stop();
  }
});

describe('faults of containers', () => {
  let clock: VirtualClock;
  let started: Rehearsal;
  beforeEach(async () => {
    clock = new VirtualClock();
    started = await startRehearsal({ clock, runtime: 'simulated' });
    await started.call('ecs', 'CreateCluster', { clusterName: 'main' });
  });
  afterEach(() => started.stop());

  /** Runs a task of an image, and says what became of it after so many seconds. */
  async function taskAfter(seconds: number, image = 'sample/ok:1', more: object = {}) {
    await started.call('ecs', 'RegisterTaskDefinition', {
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'web', image, ...more }],
    });
    const { tasks } = await started.call('ecs', 'RunTask', {
      cluster: 'main',
      taskDefinition: 'web',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: [...started.store.subnets.keys()] } },
    });
    const arns = (tasks as { taskArn: string }[]).map(({ taskArn }) => taskArn);
    clock.advance(seconds * 1000);
    // Checks of a container answer in a microtask.
    await new Promise((resolve) => setImmediate(resolve));
    return started.call('ecs', 'DescribeTasks', { cluster: 'main', tasks: arns });
  }

  const stopped = (exitCode: number, reason?: string) => ({
    tasks: [
      {
        stopCode: 'EssentialContainerExited',
        containers: [{ exitCode, ...(reason === undefined ? {} : { reason }) }],
      },
    ],
  });

  test.each<[FaultName, object]>([
    ['crash-at-start', stopped(1)],
    ['crash-later', stopped(1)],
    ['out-of-memory', stopped(137, 'OutOfMemoryError: Container killed due to memory usage')],
    ['never-healthy', { tasks: [{ lastStatus: 'RUNNING' }] }],
    ['slow-start', { tasks: [{ lastStatus: 'RUNNING' }] }],
  ])('%s', async (fault, expected) => {
    await started.faults.set(fault, { subject: 'sample/ok:1' });
    expect(await taskAfter(60)).toMatchObject(expected);
    // Only what the fault is about meets it.
    expect(await taskAfter(60, 'sample/ok:2')).toMatchObject({ tasks: [{ lastStatus: 'RUNNING' }] });
  });

  test('a container that crashes later runs first, and can be stopped before', async () => {
    await started.faults.set('crash-later', { delay: 30_000 });
    expect(await taskAfter(30)).toMatchObject({ tasks: [{ lastStatus: 'RUNNING' }] });
    clock.advance(60_000);
    expect(await started.call('ecs', 'ListTasks', { cluster: 'main' })).toEqual({ taskArns: [] });
  });

  test.each<[FaultName]>([['never-healthy'], ['slow-start']])(
    'a container with %s stops when told',
    async (fault) => {
      await started.faults.set(fault, { delay: 600_000 });
      const { tasks } = await taskAfter(60);
      const [{ taskArn } = { taskArn: '' }] = tasks as { taskArn: string }[];
      await started.call('ecs', 'StopTask', { cluster: 'main', task: taskArn });
      clock.advance(60_000);
      expect(await started.call('ecs', 'DescribeTasks', { cluster: 'main', tasks: [taskArn] })).toMatchObject(
        {
          tasks: [{ lastStatus: 'STOPPED', containers: [{ exitCode: 143 }] }],
        },
      );
    },
  );

  test('an image is missing only where the fault is about it', async () => {
    await started.faults.set('image-missing', { subject: 'sample/ok:1' });
    expect(await taskAfter(120)).toMatchObject({ tasks: [{ stopCode: 'TaskFailedToStart' }] });
    expect(await taskAfter(60, 'sample/ok:2')).toMatchObject({ tasks: [{ lastStatus: 'RUNNING' }] });
  });
});
