import { startRehearsal, type Rehearsal } from '../../rehearsal/rehearsal';

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await startRehearsal({ speed: 100 });
});
afterAll(() => rehearsal.stop());

/** Runs a task of `sample/ok:1` and answers its description once it runs. */
async function runningTask(): Promise<{ taskArn: string; containers: { runtimeId: string }[] }> {
  const call: Rehearsal['call'] = (...args) => rehearsal.call(...args);
  await call('ecs', 'CreateCluster', { clusterName: 'main' });
  await call('ecs', 'RegisterTaskDefinition', {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'web',
        image: 'sample/ok:1',
        portMappings: [{ containerPort: 3000 }],
        dockerLabels: { a: 'b' },
      },
    ],
  });
  const [subnet] = rehearsal.store.subnets.keys();
  const { tasks } = await call('ecs', 'RunTask', {
    cluster: 'main',
    taskDefinition: 'web',
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: [subnet], assignPublicIp: 'ENABLED' } },
  });
  const [{ taskArn } = { taskArn: '' }] = tasks as { taskArn: string }[];
  for (;;) {
    const answer = await call('ecs', 'DescribeTasks', { cluster: 'main', tasks: [taskArn] });
    const [task] = answer.tasks as [
      { lastStatus: string; taskArn: string; containers: { runtimeId: string }[] },
    ];
    if (task.lastStatus === 'RUNNING') return task;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a task reads its own metadata, version 4, and its network interface can be described', async () => {
  const { taskArn, containers } = await runningTask();
  const id = containers[0]?.runtimeId ?? '';
  const read = async (path: string) => {
    const response = await fetch(`${rehearsal.endpoint}/v4/${id}${path}`);
    return { status: response.status, body: await response.json() };
  };
  expect(await read('')).toMatchObject({
    status: 200,
    body: { Name: 'web', Image: 'sample/ok:1', KnownStatus: 'RUNNING', Labels: { a: 'b' } },
  });
  expect(await read('/task')).toMatchObject({
    body: {
      TaskARN: taskArn,
      Family: 'web',
      Revision: '1',
      Limits: { CPU: 0.25, Memory: 512 },
      Containers: [{}],
    },
  });
  expect(await read('/taskWithTags')).toMatchObject({ body: { TaskARN: taskArn } });
  expect(await read('/stats')).toMatchObject({ body: { id, name: 'web' } });
  expect(await read('/task/stats')).toMatchObject({ body: { [id]: { id } } });
  expect((await read('/elsewhere')).status).toBe(404);
  expect((await fetch(`${rehearsal.endpoint}/v4/nobody/task`)).status).toBe(404);

  const { networkInterfaceSet } = await rehearsal.call('ec2', 'DescribeNetworkInterfaces');
  expect(networkInterfaceSet).toMatchObject([{ status: 'in-use', interfaceType: 'interface' }]);
});
