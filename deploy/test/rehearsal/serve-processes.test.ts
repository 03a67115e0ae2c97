import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { CreateClusterCommand, ListClustersCommand } from '@aws-sdk/client-ecs';
import { isRunning, onLinux, until } from './runtime-tools';
import { clientFor, descendants, killServers, runTasks, startServer, type Server } from './serve-child';

afterAll(killServers);

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('slipway-rehearsal-'));
const clusters = async ({ endpoint }: Server) => {
  const ecs = clientFor(endpoint);
  const { clusterArns = [] } = await ecs.send(new ListClustersCommand({}));
  ecs.destroy();
  return clusterArns.map((arn) => arn.slice(arn.lastIndexOf('/') + 1));
};

/** A server with two tasks, and the processes that these are. */
async function busyServer(between = false): Promise<{ server: Server; processes: number[] }> {
  const server = await startServer([], between);
  await runTasks(server, 'sample/ok:1', 2);
  const processes = [...(between ? [server.pid] : []), ...descendants(server.pid)];
  expect(processes.length).toBeGreaterThanOrEqual(2);
  return { server, processes };
}

const gone = (processes: readonly number[]) => until(() => !processes.some(isRunning));

(onLinux ? describe : describe.skip)('when serve ends, none of its processes is left', () => {
  test.each<[NodeJS.Signals, number | NodeJS.Signals]>([
    ['SIGTERM', 0],
    ['SIGINT', 0],
    ['SIGKILL', 'SIGKILL'],
  ])('by %s', async (signal, expected) => {
    const before = folders();
    const { server, processes } = await busyServer();
    server.process.kill(signal);

    expect(await server.ended).toBe(expected);
    await gone(processes);
    // SIGKILL leaves its scratch folder, of which nothing runs any more.
    if (signal !== 'SIGKILL') expect(folders().filter((name) => !before.includes(name))).toEqual([]);
  });

  test.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM'])('because its parent was ended by %s', async (signal) => {
    const { server, processes } = await busyServer(true);
    expect(server.pid).not.toBe(server.process.pid);
    server.process.kill(signal);

    await server.ended;
    await gone(processes);
  });
});

test('two at once do not know of each other', async () => {
  const [first, second] = await Promise.all([startServer([]), startServer([])]);
  const ecs = clientFor(first.endpoint);
  await ecs.send(new CreateClusterCommand({ clusterName: 'mine' }));
  ecs.destroy();

  expect(await clusters(first)).toEqual(['mine']);
  expect(await clusters(second)).toEqual([]);
  for (const server of [first, second]) {
    server.process.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  }
});
