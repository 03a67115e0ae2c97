import type { ContainerLaunch } from '../../rehearsal/runtime/runtime';
import type { Behaviour } from '../../rehearsal/runtime/simulated';
import { CLUSTER, FAMILY, testService, type Ran, type TestService } from '../helpers/service';

/** Serves, unless it was started with a command of its own. */
function byCommand(commands: Record<string, Behaviour>): (launch: ContainerLaunch) => Behaviour {
  return ({ command }) => commands[command?.join(' ') ?? ''] ?? { output: ['listening'] };
}

async function deployed(commands: Record<string, Behaviour>): Promise<TestService> {
  const service = await testService();
  service.behave('sample/ok:1', byCommand(commands));
  service.behave('sample/ok:2', byCommand(commands));
  expect((await service.deploy('ok-1')).exitCode).toBe(0);
  return service;
}

const logLines = ({ lines }: Ran) => lines.filter(({ type }) => type === 'log').map(({ line }) => line);
const tasksOf = ({ result }: Ran) => (result['data'] as { tasks: Record<string, unknown>[] }).tasks;

async function describe(service: TestService, { id }: Record<string, unknown>) {
  const { tasks } = await service.ecs('DescribeTasks', { cluster: CLUSTER, tasks: [id] });
  return (tasks as Record<string, unknown>[])[0] ?? {};
}

it('runs what the service runs, in its network, and shows its lines on standard output', async () => {
  const service = await deployed({
    'node migrate.js --all': { output: ['migrating', 'done'], exits: { after: 300, code: 0 } },
  });
  const argv = [
    'run',
    'staging',
    '--env',
    'TOKEN=hidden-1',
    '--tags',
    'why=test',
    '--',
    'node',
    'migrate.js',
    '--all',
  ];
  const ran = await service.run([...argv.slice(0, 2), '--json', ...argv.slice(2)]);
  expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'done', command: 'run', outcome: 'done' } });
  expect(logLines(ran)).toEqual(['migrating', 'done']);
  expect(ran.stdout).not.toContain('hidden-1');
  const [task] = tasksOf(ran);
  const described = await describe(service, task ?? {});
  expect(described).toMatchObject({
    taskDefinitionArn: expect.stringMatching(`${FAMILY}:1$`) as string,
    launchType: 'FARGATE',
    group: `family:${FAMILY}`,
    startedBy: 'slipway/mira',
    overrides: {
      containerOverrides: [
        {
          name: 'web',
          command: ['node', 'migrate.js', '--all'],
          environment: [{ name: 'TOKEN', value: 'hidden-1' }],
        },
      ],
    },
  });
  expect(JSON.stringify(described['attachments'])).toContain('subnet-1');

  const plain = await service.run(argv);
  expect(plain).toMatchObject({ exitCode: 0, stdout: 'migrating\ndone\n' });
  expect(plain.stderr).toMatch(/task [0-9a-f]{8} ended with exit status 0/);
  expect(plain.stdout + plain.stderr).not.toContain('hidden-1');
});

it("ends with the container's own exit status and the cause", async () => {
  const service = await deployed({
    migrate: { output: ['Error: relation "users" exists'], exits: { after: 100, code: 3 } },
  });
  const ran = await service.run(['run', 'staging', '--json', '--command', 'migrate']);
  expect(ran).toMatchObject({ exitCode: 3, result: { outcome: 'failed', exitCode: 3 } });
  expect(ran.result['message']).toContain('container web exits at start with exit status 3: Error: relation');
});

it('runs several at once, and says whose line it is', async () => {
  const service = await deployed({ work: { output: ['working'], exits: { after: 50, code: 0 } } });
  const ran = await service.run(['run', 'staging', '--count', '2', '--', 'work']);
  expect(ran.exitCode).toBe(0);
  const lines = ran.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(2);
  lines.forEach((line) => expect(line).toMatch(/^[0-9a-f]{8} working$/));
  expect(new Set(lines.map((line) => line.slice(0, 8))).size).toBe(2);
});

it('registers a revision of its own for another image, takes it back, and leaves the release alone', async () => {
  const service = await deployed({ check: { output: ['checked'], exits: { after: 50, code: 0 } } });
  const planned = await service.run([
    'run',
    'staging',
    '--image',
    service.image('ok-2'),
    '--dry-run',
    '--json',
  ]);
  expect(planned).toMatchObject({ exitCode: 0, result: { outcome: 'planned' } });
  expect(await service.revisions()).toHaveLength(1);

  const ran = await service.run([
    'run',
    'staging',
    '--image',
    service.image('ok-2'),
    '--json',
    '--',
    'check',
  ]);
  expect(ran).toMatchObject({ exitCode: 0, result: { data: { taskDefinition: `${FAMILY}:2` } } });
  expect(await service.revisions()).toHaveLength(1);
  expect(await service.revisions('INACTIVE')).toHaveLength(1);
  const task = await describe(service, tasksOf(ran)[0] ?? {});
  expect(task['taskDefinitionArn']).toMatch(/:2$/);
  const status = await service.run(['status', 'staging', '--json']);
  expect(status.result['release']).toMatchObject({ taskDefinition: `${FAMILY}:1` });
  const history = await service.run(['history', 'staging', '--json']);
  expect(history.result['releases']).toHaveLength(1);

  const same = await service.run([
    'run',
    'staging',
    '--image',
    service.image('ok-1'),
    '--json',
    '--',
    'check',
  ]);
  expect(same.result['data']).toMatchObject({ taskDefinition: `${FAMILY}:1` });
});

it('takes a revision by number and the newest one', async () => {
  const service = await deployed({ check: { exits: { after: 50, code: 0 } } });
  await service.deploy('ok-2');
  const of = async (...argv: string[]) =>
    (await service.run(['run', 'staging', '--json', ...argv, '--', 'check'])).result;
  expect(await of('--revision', '1')).toMatchObject({ data: { taskDefinition: `${FAMILY}:1` } });
  expect(await of('--latest')).toMatchObject({ data: { taskDefinition: `${FAMILY}:2` } });
  expect(await of('--revision', '9')).toMatchObject({ code: 'REVISION_NOT_FOUND' });
  expect(await of('--revision', '1', '--latest')).toMatchObject({ code: 'USAGE' });
});

it('waits until it runs, or not at all', async () => {
  const service = await deployed({});
  const running = await service.run(['run', 'staging', '--wait-until', 'running', '--json', '--', 'stay']);
  expect(running).toMatchObject({ exitCode: 0, result: { outcome: 'done' } });
  expect(await describe(service, tasksOf(running)[0] ?? {})).toMatchObject({ lastStatus: 'RUNNING' });
  const started = await service.run(['run', 'staging', '--detach', '--json', '--', 'stay']);
  expect(started).toMatchObject({ exitCode: 0, result: { outcome: 'started' } });
  const late = await service.run(['run', 'staging', '--timeout', '100ms', '--json', '--', 'stay']);
  expect(late).toMatchObject({ exitCode: 23, result: { outcome: 'in-progress' } });
  expect(await describe(service, tasksOf(late)[0] ?? {})).toMatchObject({ desiredStatus: 'RUNNING' });
});

it('stops the task on Ctrl-C', async () => {
  const service = await deployed({});
  const controller = new AbortController();
  const ran = await service.run(['run', 'staging', '--json', '--', 'stay'], {
    signal: controller.signal,
    onLine: (line) => line.type === 'log' && controller.abort(),
  });
  expect(ran).toMatchObject({ exitCode: 130, result: { code: 'INTERRUPTED' } });
  expect(ran.result['message']).toMatch(/task [0-9a-f]{8} is being stopped/);
  const { taskArns } = await service.ecs('ListTasks', {
    cluster: CLUSTER,
    family: FAMILY,
    desiredStatus: 'STOPPED',
  });
  const { tasks } = await service.ecs('DescribeTasks', { cluster: CLUSTER, tasks: taskArns });
  expect(tasks).toEqual([
    expect.objectContaining({
      stopCode: 'UserInitiated',
      stoppedReason: 'slipway run was interrupted by mira',
    }),
  ]);
});

it('asks again while there is no room, and gives up after a while', async () => {
  const service = await deployed({ check: { exits: { after: 50, code: 0 } } });
  const { faults } = service.rehearsal;
  await faults.set('no-capacity');
  const ran = await service.run(['run', 'staging', '--json', '--', 'check'], {
    onLine: ({ type }) => type === 'note' && void faults.clear('no-capacity'),
  });
  expect(ran.exitCode).toBe(0);
  expect(ran.lines).toContainEqual(
    expect.objectContaining({ type: 'note', message: expect.stringContaining('trying again') as string }),
  );
  await faults.set('no-capacity');
  const never = await service.run(['run', 'staging', '--json', '--', 'check'], {
    env: { SLIPWAY_POLL_SECONDS: '0.001' },
  });
  expect(never).toMatchObject({ exitCode: 20, result: { code: 'TASK_NOT_STARTED' } });
  expect(never.result['message']).toContain('Capacity is unavailable');
});

it('says why a task did not start', async () => {
  const service = await deployed({});
  await service.rehearsal.faults.set('image-missing');
  const ran = await service.run(['run', 'staging', '--json', '--', 'check']);
  expect(ran).toMatchObject({ exitCode: 20, result: { code: 'TASK_NOT_STARTED' } });
  expect(ran.result['message']).toMatch(/did not start: the image .* cannot be pulled/);
});

it.each([
  [['--container', 'wep'], 'has no container "wep": it has web (did you mean "web"?)'],
  [['--count', '11'], 'more than 10'],
  [['--command', 'a && b'], 'needs a shell'],
  [['--command', 'a', '--', 'b'], 'exclude each other'],
  [['--env', 'SURELY_UNSET'], 'there is no variable SURELY_UNSET'],
  [['--wait-until', 'later'], 'neither running nor stopped'],
])('refuses %j', async (argv, message) => {
  const service = await testService();
  if (argv[0] === '--container') await service.deploy('ok-1');
  const ran = await service.run(['run', 'staging', '--json', ...argv]);
  expect(ran).toMatchObject({ exitCode: 40, result: { code: 'USAGE' } });
  expect(ran.result['message']).toContain(message);
});

it('says that there is no service to run anything of', async () => {
  const service = await testService();
  const ran = await service.run(['run', 'staging', '--json', '--', 'check']);
  expect(ran).toMatchObject({ exitCode: 10, result: { code: 'SERVICE_NOT_FOUND' } });
});

it('runs real processes, without a service too, and ends as they do', async () => {
  const service = await testService({ runtime: 'process' });
  const good = await service.run(['run', 'staging', '--image', 'sample/exits:1', '--json']);
  expect(good).toMatchObject({ exitCode: 0, result: { outcome: 'done' } });
  expect(logLines(good)).toEqual(['sample/exits:1 started', 'sample/exits:1 is done']);
  const bad = await service.run(['run', 'staging', '--image', 'sample/crash:1']);
  expect(bad).toMatchObject({
    exitCode: 1,
    stdout: 'Error: sample/crash:1 crashes at start, as it is meant to\n',
  });
  expect(bad.stderr).toMatch(/ended with exit status 1/);
  const words = ['--', 'node', '-e', 'console.log(process.env.WHO); process.exitCode = 42'];
  const own = await service.run(['run', 'staging', '--image', 'sample/exits:1', '--env', 'WHO=me', ...words]);
  expect(own).toMatchObject({ exitCode: 42, stdout: 'me\n' });
  expect(await service.revisions()).toEqual([]);
});
