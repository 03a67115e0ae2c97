import { CLUSTER, FAMILY, testService, type TestService } from '../helpers/service';

type Item = Record<string, unknown> & { id: string };

async function list(service: TestService, ...argv: string[]): Promise<Item[]> {
  const ran = await service.run(['tasks', 'staging', '--json', ...argv]);
  expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'table', of: 'tasks' } });
  return ran.result['items'] as Item[];
}

it('lists tasks of the service and one-off tasks of the family, and what stopped if asked', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  await service.run(['run', 'staging', '--wait-until', 'running', '--json', '--', 'stay']);
  const items = await list(service);
  expect(items).toHaveLength(3);
  expect(items.map(({ service: of }) => of)).toEqual(['web', 'web', undefined]);
  expect(items[0]).toMatchObject({ status: 'RUNNING', taskDefinition: `${FAMILY}:1` });
  expect(items[0]).toMatchObject({ ip: expect.stringMatching(/^10\./) as string });
  expect(items[2]).toMatchObject({ startedBy: 'slipway/mira' });

  await service.run(['deploy', 'staging', '--image', service.image('crash'), '--json']);
  expect(await list(service)).toHaveLength(3);
  const all = await list(service, '--stopped');
  const crashed = all.filter(({ taskDefinition }) => taskDefinition === `${FAMILY}:2`);
  expect(crashed.length).toBeGreaterThan(0);
  expect(crashed).toContainEqual(
    expect.objectContaining({
      cause: expect.stringContaining('exits at start with exit status 1') as string,
    }),
  );

  const table = await service.run(['tasks', 'staging']);
  const [head, first] = table.stdout.split('\n');
  expect(head).toMatch(/^id +status +health +revision +started +zone +ip +of +cause$/);
  expect(first).toMatch(/^[0-9a-f]{8} +RUNNING/);
});

it('stops a task by the first letters of its id, with a reason, once it is confirmed', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const [one] = await list(service);
  const id = one?.id.slice(0, 10) ?? '';
  expect(await service.run(['tasks', 'staging', 'stop', id, '--dry-run', '--json'])).toMatchObject({
    exitCode: 0,
    result: { outcome: 'planned', data: { tasks: [one?.id] } },
  });
  expect(await service.run(['tasks', 'staging', 'stop', id, '--json'])).toMatchObject({
    exitCode: 40,
    result: { code: 'USAGE', hint: 'confirm with --yes' },
  });
  const stopped = await service.run(['tasks', 'staging', 'stop', id, '--yes', '--reason', 'stuck', '--json']);
  expect(stopped).toMatchObject({ exitCode: 0, result: { outcome: 'done' } });
  const { tasks } = await service.ecs('DescribeTasks', { cluster: CLUSTER, tasks: [one?.id] });
  expect(tasks).toEqual([expect.objectContaining({ stopCode: 'UserInitiated', stoppedReason: 'stuck' })]);
  expect(await service.run(['tasks', 'stop', id, '--yes', '--json'])).toMatchObject({
    exitCode: 0,
    result: { outcome: 'unchanged' },
  });
});

it('shows one task whole, without what was given to its variables', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  await service.run(['run', 'staging', '--detach', '--env', 'DATABASE=very-private', '--json']);
  const oneOff = (await list(service)).at(-1);
  const found = await service.run(['tasks', 'staging', 'find', oneOff?.id ?? '', '--json']);
  expect(found).toMatchObject({ exitCode: 0, result: { kind: 'render' } });
  expect(found.stdout).toContain('DATABASE');
  expect(found.stdout).not.toContain('very-private');
});

it.each([
  [['staging', 'stop'], 'USAGE', 'say which task to stop'],
  [['staging', 'stpo', 'x'], 'USAGE', '(did you mean "stop"?)'],
  [['staging', 'find', 'zzz'], 'TASK_NOT_FOUND', 'begins with "zzz"'],
  [['staging', 'find', ''], 'TASK_AMBIGUOUS', '2 tasks have an id that begins with ""'],
  [['staging', 'list', 'x'], 'USAGE', 'unexpected argument "x"'],
])('refuses %j', async (argv, code, message) => {
  const service = await testService();
  if (argv[1] === 'find') await service.deploy('ok-1');
  const ran = await service.run(['tasks', ...argv, '--json']);
  expect(ran.result).toMatchObject({ code });
  expect(ran.result['message']).toContain(message);
});

it('says that there is no such service', async () => {
  const service = await testService();
  expect((await service.run(['tasks', 'staging', '--json'])).result).toMatchObject({
    code: 'SERVICE_NOT_FOUND',
  });
});
