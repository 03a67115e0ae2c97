import { createServer, type AddressInfo } from 'node:net';
import { ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs';
import { main } from '../../rehearsal/main';
import type { RehearsalContext } from '../../rehearsal/context';

async function rehearse(args: string[], overrides: Partial<RehearsalContext> = {}) {
  const printed = { stdout: '', stderr: '' };
  const exitCode = await main(['rehearse', ...args], {
    stdout: (text) => (printed.stdout += text),
    stderr: (text) => (printed.stderr += text),
    ...overrides,
  });
  return { exitCode, ...printed };
}

/** Starts `serve`, waits for its line on stdout, and hands it to `use` before it is stopped. */
async function served(args: string[], use: (line: string) => Promise<void>) {
  const stop = new AbortController();
  let announce: (line: string) => void = () => undefined;
  const line = new Promise<string>((resolve) => (announce = resolve));
  const ended = rehearse(['serve', ...args], { signal: stop.signal, stdout: announce });
  try {
    await use(await line);
  } finally {
    stop.abort();
  }
  return ended;
}

test('serve says where it listens, answers there, and stops clean', async () => {
  let endpoint = '';
  const { exitCode } = await served(['--json'], async (line) => {
    const ready = JSON.parse(line) as { endpoint: string; environment: Record<string, string> };
    endpoint = ready.endpoint;
    expect(ready.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(ready.environment.AWS_ENDPOINT_URL).toBe(ready.endpoint);
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const client = new ECSClient({ endpoint, region: 'ap-northeast-1', credentials });
    expect((await client.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
    client.destroy();
  });

  expect(exitCode).toBe(0);
  await expect(fetch(endpoint)).rejects.toThrow();
});

test('without --json serve prints what a shell can take over', async () => {
  const { exitCode } = await served([], (line) => {
    expect(line).toMatch(/^export AWS_ENDPOINT_URL=http:\/\/127\.0\.0\.1:\d+$/m);
    return Promise.resolve();
  });

  expect(exitCode).toBe(0);
});

test('a port that is taken is one clear error', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;

  const { exitCode, stdout, stderr } = await rehearse(['serve', '--port', String(port)]);
  other.close();

  expect(exitCode).toBe(40);
  expect(stdout).toBe('');
  expect(stderr).toBe(
    `slipway: port ${port} is taken: name another with --port, or leave it out for a free one\n`,
  );
});

test.each([
  [['serve', '--port', 'http'], '--port http'],
  [['serve', '--speed', '0'], '--speed 0'],
  [['--speed', '1000'], '--speed 1000'],
  [['bogus'], 'unknown command "bogus"'],
  [['serve', '--bogus'], '--bogus'],
])('%j is refused before anything starts', async (args, message) => {
  const { exitCode, stderr } = await rehearse(args);

  expect(exitCode).toBe(40);
  expect(stderr).toContain(message);
});

test('--terraform without moto says what is missing and how to get it', async () => {
  const { exitCode, stderr } = await rehearse(['serve', '--terraform'], { env: { PATH: '' } });

  expect(exitCode).toBe(40);
  expect(stderr).toMatch(/moto_server is not on PATH.*pip install/);
});

test('images lists the samples, for people and for programs', async () => {
  const { stdout } = await rehearse(['images', '--json']);
  const names = (JSON.parse(stdout) as { image: string }[]).map(({ image }) => image);

  expect(names).toEqual(expect.arrayContaining(['sample/ok:1', 'sample/ok:2', 'sample/crash:1']));
  expect((await rehearse(['images'])).stdout).toContain('sample/never-healthy:1');
});
