import { createServer } from 'node:net';
import { compileFixture, linkDependencies, Program, temporaryDirectory } from './support/process';

const directory = temporaryDirectory();
let slow: string;
let program: Program | undefined;

// Windows ends a process on SIGTERM without telling it.
const onPosix = process.platform === 'win32' ? test.skip : test;

beforeAll(() => {
  linkDependencies(directory);
  slow = compileFixture('slow', directory);
});
afterEach(() => program?.kill());

function start(environment: Record<string, string>): Program {
  return (program = new Program([slow], { cwd: directory, environment }));
}

onPosix(
  'SIGTERM: readiness fails first, what is in flight finishes, then the process ends with 0',
  async () => {
    const service = start({ STOP_DELAY_SECONDS: '3' });
    const url = await service.url();
    expect((await fetch(`${url}/health-check`)).status).toBe(200);
    const inFlight = fetch(`${url}/until-closing`);
    await service.line('slow request arrived');

    service.signal('SIGTERM');
    await service.line('SIGTERM received: not ready any more, serving on for 3 s');
    expect((await fetch(`${url}/health-check`)).status).toBe(503);
    expect((await fetch(`${url}/`)).status).toBe(200);

    const response = await inFlight;
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ finished: true, listening: false });
    expect(await service.ended).toEqual({ code: 0, signal: null });
    // Not necessarily the last line: a request may be logged as completed after it.
    expect((await service.line('stopped')).level).toBe('info');
    expect(await canListen(Number(new URL(url).port))).toBe(true);
  },
);

onPosix('without a delay and without requests the stop is immediate', async () => {
  const service = start({ STOP_DELAY_SECONDS: '0' });
  await service.url();
  service.signal('SIGINT');
  expect(await service.ended).toEqual({ code: 0, signal: null });
});

onPosix(
  'a request that never ends is cut off after STOP_TIMEOUT_SECONDS, and the exit code says so',
  async () => {
    const service = start({ STOP_DELAY_SECONDS: '0', STOP_TIMEOUT_SECONDS: '1' });
    const cutOff = fetch(`${await service.url()}/never`).then(
      () => 'answered',
      () => 'cut off',
    );
    await service.line('slow request arrived');

    service.signal('SIGTERM');
    expect(await service.ended).toEqual({ code: 1, signal: null });
    expect(await cutOff).toBe('cut off');
    expect(service.lines.at(-1)?.message).toBe('killed by timeout (1000ms)');
  },
);

onPosix('a second signal ends the process at once', async () => {
  const service = start({ STOP_DELAY_SECONDS: '19' });
  await service.url();
  service.signal('SIGTERM');
  await service.line('SIGTERM received');
  service.signal('SIGTERM');
  expect(await service.ended).toEqual({ code: 1, signal: null });
});

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
