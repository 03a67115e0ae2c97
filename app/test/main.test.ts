import { execFileSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { appDirectory, linkDependencies, Program, temporaryDirectory } from './support/process';

// A copy of the folder elsewhere, as the rehearsal and an app repository of its own have it.
const copy = temporaryDirectory();
let program: Program | undefined;

beforeAll(() => {
  for (const name of ['src', 'build.mjs', 'package.json'])
    cpSync(join(appDirectory, name), join(copy, name), { recursive: true });
  linkDependencies(copy);
  execFileSync(process.execPath, ['build.mjs'], { cwd: copy });
});
afterEach(() => program?.kill());

function start(environment: Record<string, string>, script = 'dist/main.js'): Program {
  return (program = new Program([script], { cwd: copy, environment }));
}

test('the build can go to another folder, from any working directory', () => {
  const outdir = join(copy, 'elsewhere');
  execFileSync(process.execPath, [join(copy, 'build.mjs'), '--outdir', outdir], { cwd: appDirectory });
  expect(existsSync(join(outdir, 'main.js'))).toBe(true);
});

test('serves on HOST and PORT, and logs JSON with level, time and release', async () => {
  const service = start({ RELEASE: '12', GIT_SHA: 'abc1234' });
  const url = await service.url();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(`${url}/version`)).json()).toEqual({ release: '12', gitSha: 'abc1234' });

  const line = await service.line('request completed');
  expect(line).toMatchObject({ level: 'info', release: '12' });
  expect(new Date(String(line.time)).getTime()).toBeGreaterThan(Date.parse('2024-01-01'));
});

test('health checks are not logged', async () => {
  const service = start({});
  const url = await service.url();
  await fetch(`${url}/health-check`);
  await fetch(`${url}/live`);
  await fetch(`${url}/version`);
  await service.line('request completed');
  expect(service.lines.filter(({ message }) => message === 'incoming request')).toHaveLength(1);
});

test('a wrong PORT is one clear line and exit code 1', async () => {
  const service = start({ PORT: 'http', RELEASE: '3' });
  expect(await service.ended).toEqual({ code: 1, signal: null });
  expect(service.lines).toEqual([
    expect.objectContaining({
      level: 'fatal',
      release: '3',
      message: 'PORT is "http": it must be a whole number from 0 to 65535',
    }),
  ]);
});

test('a port that is taken is one clear line and exit code 1', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const port = (holder.address() as AddressInfo).port;

  const service = start({ PORT: String(port) });
  expect(await service.ended).toEqual({ code: 1, signal: null });
  expect(service.lines).toEqual([
    expect.objectContaining({
      level: 'fatal',
      message: expect.stringContaining(
        `cannot listen on HOST 127.0.0.1, PORT ${port}: listen EADDRINUSE`,
      ) as string,
    }),
  ]);
  await new Promise((resolve) => holder.close(resolve));
});

test('the container health check ends with 0 while the service lives, and with 1 without it', async () => {
  const service = start({});
  const PORT = new URL(await service.url()).port;
  const check = () => new Program(['dist/health-check.js'], { cwd: copy, environment: { PORT } }).ended;
  expect(await check()).toEqual({ code: 0, signal: null });

  await service.kill();
  expect(await check()).toEqual({ code: 1, signal: null });
});

test('the container health check asks loopback where the service listens everywhere', async () => {
  const service = start({});
  const PORT = new URL(await service.url()).port;
  const check = new Program(['dist/health-check.js'], { cwd: copy, environment: { PORT, HOST: '0.0.0.0' } });
  expect(await check.ended).toEqual({ code: 0, signal: null });
});
