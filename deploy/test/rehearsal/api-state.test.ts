import { join } from 'node:path';
import { startRehearsal, type Rehearsal, type RehearsalState } from '../../rehearsal/rehearsal';
import { createFront } from './front';
import { scratch } from './support';

const directory = scratch();
const open: Rehearsal[] = [];
const start = async (state?: RehearsalState) => {
  const rehearsal = await startRehearsal({
    speed: 100,
    directory: join(directory, 'rehearsal'),
    ...(state === undefined ? {} : { state }),
  });
  open.push(rehearsal);
  return rehearsal;
};
afterEach(async () => {
  for (const rehearsal of open.splice(0)) await rehearsal.stop();
});

async function answer(url: string, wanted: string): Promise<void> {
  for (;;) {
    const text = await fetch(url).then(
      (response) => response.text(),
      () => '',
    );
    if (text.trim() === wanted) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a rehearsal that was saved goes on with its service, load balancer, objects and logs', async () => {
  // GIVEN a service behind a load balancer, an object, a secret and a log line
  const first = await start();
  const front = await createFront(first);
  await first.call('ecs', 'CreateCluster', { clusterName: 'main' });
  await first.call('ecs', 'RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image: 'sample/ok:1', portMappings: [{ containerPort: 3000 }] }],
  });
  await first.call('ecs', 'CreateService', {
    cluster: 'main',
    serviceName: 'web',
    taskDefinition: 'web',
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: front.subnets } },
    loadBalancers: [{ targetGroupArn: front.targetGroupArn, containerName: 'web', containerPort: 3000 }],
  });
  await answer(front.url, 'sample/ok:1');
  first.store.buckets.set('files', {
    objects: new Map([['a', { body: Buffer.from([0, 255]), etag: 'e', contentType: 'x', lastModified: 1 }]]),
    createdAt: 1,
    settings: new Map([['policy', '{}']]),
  });
  await first.call('secretsmanager', 'CreateSecret', {
    Name: 'key',
    SecretString: 'sesame',
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  await first.call('logs', 'CreateLogGroup', { logGroupName: '/web' });
  first.logs.put('/web', 'stream', [{ timestamp: 1, message: 'hello' }], 1);

  // WHEN it is saved as text, ended, and started from that text
  const state = JSON.parse(JSON.stringify(first.snapshot())) as RehearsalState;
  await first.stop();
  const second = await start(state);

  // THEN the same address serves, and everything is there
  await answer(front.url, 'sample/ok:1');
  const { services } = await second.call('ecs', 'DescribeServices', { cluster: 'main', services: ['web'] });
  expect(services).toMatchObject([{ status: 'ACTIVE', desiredCount: 1 }]);
  expect(second.store.buckets.get('files')?.objects.get('a')?.body).toEqual(Buffer.from([0, 255]));
  expect(await second.call('secretsmanager', 'GetSecretValue', { SecretId: 'key' })).toMatchObject({
    SecretString: 'sesame',
  });
  expect(await second.call('secretsmanager', 'DescribeSecret', { SecretId: 'key' })).toMatchObject({
    Tags: [{ Key: 'a', Value: 'b' }],
  });
  const { events } = await second.call('logs', 'FilterLogEvents', { logGroupName: '/web' });
  expect(events).toMatchObject([{ message: 'hello' }]);
});

test('a state of another version is refused', async () => {
  const state = (await start()).snapshot();
  const other = { ...state, surroundings: { ...state.surroundings, version: 2 as unknown as 1 } };
  await expect(start(other)).rejects.toThrow('the state has version 2: this rehearsal reads version 1');
});
