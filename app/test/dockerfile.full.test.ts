import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDockerfile, parseDockerignore } from './support/dockerfile';
import { appDirectory, buildContext, Program, temporaryDirectory } from './support/process';
import { type Built, replay } from './support/replay';

const onPosix = process.platform === 'win32' ? describe.skip : describe;

// No engine is needed: COPY and RUN of every stage happen in empty folders, with this machine's Node and npm.
onPosix('the image', () => {
  const scratch = temporaryDirectory();
  let image: Built;

  beforeAll(() => {
    image = replay(
      parseDockerfile(readFileSync(join(appDirectory, 'Dockerfile'), 'utf8')),
      {
        directory: buildContext,
        includes: parseDockerignore(readFileSync(join(buildContext, '.dockerignore'), 'utf8')),
        buildArguments: { GIT_SHA: '0f1e2d3c', RELEASE: '42' },
      },
      scratch,
    );
  });

  test('starts with its own command, serves, knows what it was built from, and stops', async () => {
    const [executable, ...args] = image.command ?? [];
    expect(executable).toBe('node');
    const service = new Program(args, {
      cwd: join(image.root, image.workingDirectory),
      environment: { ...image.environment, HOST: '127.0.0.1', PORT: '0', STOP_DELAY_SECONDS: '0' },
    });
    try {
      const url = await service.url();
      expect((await fetch(`${url}/health-check`)).status).toBe(200);
      expect(await (await fetch(`${url}/version`)).json()).toEqual({ release: '42', gitSha: '0f1e2d3c' });
      service.signal('SIGTERM');
      expect(await service.ended).toEqual({ code: 0, signal: null });
    } finally {
      await service.kill();
    }
  });

  test('holds production dependencies and the compiled app, not sources, tools or the other workspaces', () => {
    const holds = (directory: string) => (path: string) => existsSync(join(image.root, directory, path));
    const own = holds(image.workingDirectory);
    expect(['dist/main.js', 'dist/health-check.js', 'src', 'test'].filter(own)).toEqual([
      'dist/main.js',
      'dist/health-check.js',
    ]);
    const installed = ['fastify', 'esbuild', 'jest', 'cdktf'].filter(holds('srv/node_modules'));
    expect(installed).toEqual(['fastify']);
    expect(['infra', 'deploy'].filter(holds('srv'))).toEqual([]);
  });

  test('listens on every address by default, as a container must', () => {
    expect(image.environment).toMatchObject({ HOST: '0.0.0.0', PORT: '3000', NODE_ENV: 'production' });
  });
});
