import { CLUSTER, FAMILY, testService, type Ran, type TestService } from '../helpers/service';

const GROUP = '/ecs/slipway/staging/web';

const logLines = ({ lines }: Ran) =>
  lines.filter(({ type }) => type === 'log').map(({ line }) => line as string);

async function taskIds(service: TestService): Promise<string[]> {
  const { taskArns } = await service.ecs('ListTasks', { cluster: CLUSTER, serviceName: 'web' });
  return (taskArns as string[]).map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
}

/** Past the container, so that the order of time is known. */
async function write(service: TestService, task: string, messages: string[], secondsAgo = 1): Promise<void> {
  const logEvents = messages.map((message, index) => ({
    timestamp: Date.now() - secondsAgo * 1000 + index,
    message,
  }));
  await service.rehearsal.call('logs', 'PutLogEvents', {
    logGroupName: GROUP,
    logStreamName: `app/web/${task}`,
    logEvents,
  });
}

it('shows the lines of all tasks in order of time, each with its task', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const [one = '', other = ''] = await taskIds(service);
  await write(service, one, ['third'], 2);
  await write(service, other, ['second'], 3);
  await write(service, one, ['first'], 4);
  await write(service, other, ['too old'], 7200);
  const ran = await service.run(['logs', 'staging', '--json', '--filter', '?first ?second ?third ?old']);
  expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'done', command: 'logs', data: { lines: 3 } } });
  expect(logLines(ran)).toEqual(['first', 'second', 'third']);

  const plain = await service.run(['logs', 'staging', '--filter', 'second']);
  expect(plain.stdout).toBe(`${other.slice(0, 8)} | second\n`);
  expect(plain.stderr).toContain('1 line of 1 task');

  const alone = await service.run(['logs', 'staging', '--task', one.slice(0, 9), '--since', '3h']);
  expect(alone.stdout).toBe('first\nthird\nlistening\n');
});

it('leaves one-off tasks out, which --task still shows', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  service.behave('sample/ok:1', { output: ['one-off'], exits: { after: 20, code: 0 } });
  const ran = await service.run(['run', 'staging', '--json', '--', 'job']);
  const [task] = (ran.result['data'] as { tasks: { id: string }[] }).tasks;
  expect(logLines(await service.run(['logs', 'staging', '--json']))).toEqual(['listening', 'listening']);
  const own = await service.run(['logs', 'staging', '--task', task?.id ?? '', '--json']);
  expect(logLines(own)).toEqual(['one-off']);
});

it('follows, with tasks that are new, and ends in order on Ctrl-C', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const controller = new AbortController();
  const seen: string[] = [];
  let grown: Promise<Ran> | undefined;
  const followed = service.run(['logs', 'staging', '--follow', '--json'], {
    signal: controller.signal,
    onLine: (event) => {
      if (event.type !== 'log') return;
      seen.push(event.task);
      if (seen.length === 2) grown ??= service.run(['scale', 'staging', '--tasks', '3', '--json']);
      if (new Set(seen).size === 3) controller.abort();
    },
  });
  const ran = await followed;
  expect((await grown)?.exitCode).toBe(0);
  expect(ran).toMatchObject({ exitCode: 0, result: { outcome: 'done', data: { lines: 3 } } });
  expect(new Set(seen).size).toBe(3);
});

it('goes on where CloudWatch Logs throttles, and says who may not read', async () => {
  const service = await testService();
  await service.deploy('ok-1');
  const { faults } = service.rehearsal;
  await faults.set('throttling', { service: 'logs', times: 2 });
  expect(logLines(await service.run(['logs', 'staging', '--json']))).toHaveLength(2);
  await faults.set('access-denied', { service: 'logs' });
  expect(await service.run(['logs', 'staging', '--json'])).toMatchObject({
    exitCode: 30,
    result: { code: 'NOT_ALLOWED' },
  });
});

it('says so where the lines are somewhere else', async () => {
  const service = await testService({
    container: { logConfiguration: { logDriver: 'splunk', options: {} } },
  });
  const { exitCode } = await service.deploy('ok-1', ['--skip-check', 'all']);
  expect(exitCode).toBe(0);
  const ran = await service.run(['logs', 'staging', '--json']);
  expect(ran).toMatchObject({ exitCode: 10, result: { code: 'LOGS_UNAVAILABLE' } });
  expect(ran.result['message']).toContain('logs by the driver splunk');
});

it.each([
  [['--since', 'yesterday'], 'USAGE', '--since yesterday is no duration'],
  [['--container', 'wbe'], 'USAGE', `${FAMILY}:1 has no container "wbe": it has web (did you mean "web"?)`],
  [['--task', 'nope'], 'TASK_NOT_FOUND', 'begins with "nope"'],
  [['--filter', '{ $.level = 50 }'], 'USAGE', 'refused to search'],
])('refuses %j', async (argv, code, message) => {
  const service = await testService();
  if (argv[0] !== '--since') await service.deploy('ok-1');
  const ran = await service.run(['logs', 'staging', '--json', ...argv]);
  expect(ran.result).toMatchObject({ code });
  expect(ran.result['message']).toContain(message);
});
