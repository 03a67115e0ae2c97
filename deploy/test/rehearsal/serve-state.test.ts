import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateClusterCommand,
  DescribeClustersCommand,
  DescribeTasksCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import { rehearse } from './front-door';
import { until } from './runtime-tools';
import { clientFor, killServers, runTasks, startServer, type Server } from './serve-child';
import { scratch } from './support';

const folder = scratch();
afterAll(killServers);

const statusOf = async ({ endpoint }: Server, name: string) => {
  const ecs = clientFor(endpoint);
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: [name] }));
  ecs.destroy();
  return clusters?.[0]?.status;
};
const stop = async (server: Server) => {
  server.process.kill('SIGTERM');
  expect(await server.ended).toBe(0);
};

test('what was there at the end is there at the next start, and on SIGUSR2 it is saved at once', async () => {
  const file = join(folder, 'state with a space.json');
  const first = await startServer(['--state', file]);
  await runTasks(first, 'sample/ok:1', 1);
  expect(existsSync(file)).toBe(false);
  first.process.kill('SIGUSR2');
  await until(() => existsSync(file));
  expect(readFileSync(file, 'utf8')).toContain('"format":"slipway-rehearsal"');
  const ecs = clientFor(first.endpoint);
  await ecs.send(new CreateClusterCommand({ clusterName: 'later' }));
  ecs.destroy();
  await stop(first);
  expect(first.stderr()).toContain(`state saved to ${file}`);

  const second = await startServer(['--state', file]);
  expect(await statusOf(second, 'main')).toBe('ACTIVE');
  expect(await statusOf(second, 'later')).toBe('ACTIVE');
  const again = clientFor(second.endpoint);
  const { taskArns = [] } = await again.send(new ListTasksCommand({ cluster: 'main' }));
  const { tasks } = await again.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }));
  expect(tasks?.map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING']);
  again.destroy();
  await stop(second);
  // Nothing half-written lies beside it.
  expect(readdirSync(folder).filter((name) => name.startsWith('state with'))).toEqual([
    'state with a space.json',
  ]);
});

test.each([
  ['no JSON', 'resource "aws_vpc" {}', /it is not a state of the rehearsal: .*JSON/],
  [
    'a state of Terraform',
    '{"version":4,"resources":[]}',
    /it is not a state of the rehearsal; name another/,
  ],
  ['null', 'null', /it is not a state of the rehearsal; name another/],
  ['an empty file', '', /it is not a state of the rehearsal/],
  [
    'a state with nothing in it',
    '{"format":"slipway-rehearsal","ecs":{},"surroundings":{}}',
    /^slipway: --state: the state /,
  ],
])('%s is refused, and left as it was', async (name, content, message) => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, content);
  const { exitCode, stdout, stderr } = await rehearse(['serve', '--state', file]);

  expect(stderr.trimEnd()).toMatch(message);
  expect(stdout).toBe('');
  expect(exitCode).toBe(40);
  expect(readFileSync(file, 'utf8')).toBe(content);
});

describe('a file that cannot be written or read is refused before anything starts:', () => {
  const refused = async (file: string, message: RegExp) => {
    const { exitCode, stdout, stderr } = await rehearse(['serve', '--state', file]);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(exitCode).toBe(40);
  };

  test('its folder is missing', () =>
    refused(join(folder, 'missing', 'a.json'), /nothing can be written to/));

  // To root nothing is read-only.
  (process.getuid?.() === 0 ? test.skip : test)('its folder is read-only', async () => {
    mkdirSync(join(folder, 'read-only'), { mode: 0o500 });
    await refused(join(folder, 'read-only', 'a.json'), /nothing can be written to/);
  });

  test('it is a folder itself', async () => {
    mkdirSync(join(folder, 'folder'));
    await refused(join(folder, 'folder'), /cannot be read: EISDIR/);
  });
});

test.each([
  [['--terraform', '--state', 'x'], '--terraform and --state exclude each other'],
  [['--terraform', '--stacks'], '--terraform and --stacks exclude each other'],
  [['--port', '65536'], '--port 65536: a whole number from 0 to 65535 is wanted'],
  [['--port', '-1'], '--port -1: a whole number'],
  [['--port', ''], '--port : a whole number'],
])('%j is refused', async (args, message) => {
  const { exitCode, stdout, stderr } = await rehearse(['serve', ...args]);

  expect(stderr).toContain(message);
  expect(stdout).toBe('');
  expect(exitCode).toBe(40);
});
