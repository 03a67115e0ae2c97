import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { CLUSTER, testService, type Ran, type ServiceOptions, type TestService } from '../helpers/service';

/** A plugin that writes down what it was started with, and ends as it is told. */
function fakePlugin(service: TestService, exitCode = 0): { path: string; calls: () => string[][] } {
  const directory = join(service.directory, 'bin');
  const record = join(service.directory, 'plugin-calls.jsonl');
  mkdirSync(directory, { recursive: true });
  const script = `#!/usr/bin/env node
require('node:fs').appendFileSync(${JSON.stringify(record)}, JSON.stringify(process.argv.slice(2)) + '\\n');
process.exitCode = ${exitCode};
`;
  const file = join(directory, 'session-manager-plugin');
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  // The script's own interpreter is found on PATH too.
  const path = [directory, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
  const calls = () =>
    readFileSync(record, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[]);
  return { path, calls };
}

async function deployed(options: ServiceOptions = {}): Promise<TestService> {
  const { service: own = {}, ...rest } = options;
  const service = await testService({
    service: { enableExecuteCommand: true, desiredCount: 1, ...own },
    ...rest,
  });
  expect((await service.deploy('ok-1', ['--skip-check', 'all'])).exitCode).toBe(0);
  return service;
}

const exec = (service: TestService, path: string, ...argv: string[]): Promise<Ran> =>
  service.run(['exec', 'staging', '--json', ...argv], { env: { PATH: path, AWS_PROFILE: undefined } });

async function firstTask(service: TestService): Promise<{ id: string; runtimeId: string }> {
  const { taskArns } = await service.ecs('ListTasks', { cluster: CLUSTER, serviceName: 'web' });
  const { tasks } = await service.ecs('DescribeTasks', { cluster: CLUSTER, tasks: taskArns });
  const [task] = tasks as { taskArn: string; containers: { runtimeId: string }[] }[];
  return {
    id: task?.taskArn.split('/').at(-1) ?? '',
    runtimeId: task?.containers[0]?.runtimeId ?? '',
  };
}

it('opens a session and hands it to the plugin, with the arguments of the AWS CLI', async () => {
  const service = await deployed();
  const { path, calls } = fakePlugin(service);
  const ran = await exec(service, path, '--', 'ls', '-l', 'a b');
  expect(ran).toMatchObject({ exitCode: 0, result: { kind: 'done', command: 'exec', outcome: 'done' } });
  const [call = []] = calls();
  expect(call).toHaveLength(6);
  const [session = '', region, operation, profile, request = '', endpoint] = call;
  expect(JSON.parse(session)).toEqual({
    sessionId: expect.stringMatching(/^ecs-execute-command-/) as string,
    streamUrl: expect.stringMatching(/^wss:/) as string,
    tokenValue: expect.any(String) as string,
  });
  const { id, runtimeId } = await firstTask(service);
  expect(JSON.parse(request)).toEqual({ Target: `ecs:${CLUSTER}_${id}_${runtimeId}` });
  expect([region, operation, profile, endpoint]).toEqual([
    'ap-northeast-1',
    'StartSession',
    '',
    service.rehearsal.endpoint,
  ]);
});

it("ends with the plugin's exit status", async () => {
  const service = await deployed();
  const { path } = fakePlugin(service, 7);
  expect(await exec(service, path)).toMatchObject({ exitCode: 7, result: { outcome: 'failed' } });
});

it('forwards a port', async () => {
  const service = await deployed();
  const { path, calls } = fakePlugin(service);
  expect((await exec(service, path, '--port-forward', '5433:db.internal:5432')).exitCode).toBe(0);
  const [call = []] = calls();
  expect(JSON.parse(call[4] ?? '')).toMatchObject({
    Target: expect.stringMatching(/^ecs:/) as string,
    DocumentName: 'AWS-StartPortForwardingSessionToRemoteHost',
    Parameters: { portNumber: ['5432'], localPortNumber: ['5433'], host: ['db.internal'] },
  });
  expect(await exec(service, path, '--port-forward', '80')).toMatchObject({ result: { code: 'USAGE' } });
});

it('says how to get the plugin, before a session is opened', async () => {
  const service = await testService();
  const ran = await exec(service, join(service.directory, 'nothing'));
  expect(ran.exitCode).toBe(40);
  const missing = await service.run(['exec', 'staging', '--json'], { env: { PATH: '' } });
  expect(missing).toMatchObject({ exitCode: 40, result: { code: 'SESSION_MANAGER_PLUGIN_MISSING' } });
  expect(missing.result['hint']).toContain('install it');
});

it('tells a service without ECS Exec from a task that is older than it', async () => {
  const service = await deployed({ service: { enableExecuteCommand: false } });
  const { path } = fakePlugin(service);
  const off = await exec(service, path);
  expect(off).toMatchObject({ exitCode: 10, result: { code: 'EXEC_DISABLED' } });
  expect(off.result['hint']).toContain('set "enableExecuteCommand"');
  await service.ecs('UpdateService', { cluster: CLUSTER, service: 'web', enableExecuteCommand: true });
  const older = await exec(service, path);
  expect(older.result).toMatchObject({ code: 'EXEC_DISABLED' });
  expect(older.result['hint']).toContain('slipway refresh');
});

it('wants to know which of several tasks, and takes the first letters of one', async () => {
  const service = await deployed({ service: { desiredCount: 2 } });
  const { path, calls } = fakePlugin(service);
  const several = await exec(service, path);
  expect(several).toMatchObject({ exitCode: 40, result: { code: 'TASK_AMBIGUOUS' } });
  const { id } = await firstTask(service);
  expect((await exec(service, path, '--task', id.slice(0, 10))).exitCode).toBe(0);
  expect(calls()).toHaveLength(1);
  expect(await exec(service, path, '--task', id, '--container', 'wen')).toMatchObject({
    result: { code: 'USAGE' },
  });
});

it('says that no task runs', async () => {
  const service = await deployed();
  const { path } = fakePlugin(service);
  await service.run(['scale', 'staging', '--tasks', '0', '--json']);
  expect(await exec(service, path)).toMatchObject({ exitCode: 10, result: { code: 'TASK_NOT_FOUND' } });
});
