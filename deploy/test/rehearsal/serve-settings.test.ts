import { DescribeClustersCommand, ECSClient } from '@aws-sdk/client-ecs';
import { rehearse } from './front-door';

/** Starts `serve` and hands the endpoint to `use` before it is stopped. */
async function serving(args: string[], use: (endpoint: string) => Promise<void>): Promise<number> {
  const stop = new AbortController();
  let announce: (line: string) => void = () => undefined;
  const line = new Promise<string>((resolve) => (announce = resolve));
  const ended = rehearse(['serve', '--json', ...args], { signal: stop.signal, stdout: announce });
  try {
    await use((JSON.parse(await line) as { endpoint: string }).endpoint);
  } finally {
    stop.abort();
  }
  return (await ended).exitCode;
}

async function clustersAtOnce(endpoint: string): Promise<string[]> {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const client = new ECSClient({ endpoint, region: 'ap-northeast-1', credentials, maxAttempts: 1 });
  const calls = Array.from({ length: 80 }, () =>
    client.send(new DescribeClustersCommand({})).then(
      () => 'answered',
      (error: Error) => `${error.name}: ${error.message}`,
    ),
  );
  const answers = await Promise.all(calls);
  client.destroy();
  return [...new Set(answers)].sort();
}

test('rateLimits=true switches the token buckets on', async () => {
  const exitCode = await serving(
    ['--setting', 'rateLimits=true', '--setting', 'tick=5000', '--speed', '1'],
    async (endpoint) => {
      expect(await clustersAtOnce(endpoint)).toEqual(['ThrottlingException: Rate exceeded', 'answered']);
    },
  );

  expect(exitCode).toBe(0);
});

test('without, every call is answered', async () => {
  await serving([], async (endpoint) => {
    expect(await clustersAtOnce(endpoint)).toEqual(['answered']);
  });
});

test.each([
  ['tik=5', '"tik" is no setting of the rehearsal (did you mean "tick"?)'],
  ['zebra=5', '"zebra" is no setting of the rehearsal'],
  ['tick=fast', '"tick" must be a number from 0 up, but is the string "fast"'],
  ['tick=-1', '"tick" must be a number from 0 up, but is the number -1'],
  ['tick=', '"tick" must be a number from 0 up, but is the string ""'],
  ['rateLimits=yes', '"rateLimits" must be true or false, but is the string "yes"'],
  ['hookUrls=http://x', '"hookUrls" must be an object, but is the string "http://x"'],
  ['invokeHook=x', '"invokeHook" is no setting of the rehearsal'],
  ['tick', 'name=value is wanted, such as tick=5000'],
  ['=5', 'name=value is wanted, such as tick=5000'],
])('--setting %s is refused', async (setting, message) => {
  const { exitCode, stdout, stderr } = await rehearse(['serve', '--setting', setting]);

  expect(stderr.split('\n')[0]).toBe(`slipway: --setting ${setting}: ${message}`);
  expect(stdout).toBe('');
  expect(exitCode).toBe(40);
});
