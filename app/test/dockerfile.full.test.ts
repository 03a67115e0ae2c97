import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDockerfile, parseDockerignore } from './support/dockerfile';
import { appDirectory, Program, temporaryDirectory } from './support/process';
import { type Built, replay } from './support/replay';

const repository = join(appDirectory, '..');
const onPosix = process.platform === 'win32' ? describe.skip : describe;

// No engine is needed: COPY and RUN of every stage happen in empty folders, with this machine's Node and npm.
onPosix('the image', () => {
  const scratch = temporaryDirectory();
  let image: Built;

  beforeAll(() => {
    image = replay(
      parseDockerfile(readFileSync(join(appDirectory, 'Dockerfile'), 'utf8')),
      {
        directory: repository,
        includes: parseDockerignore(readFileSync(join(repository, '.dockerignore'), 'utf8')),
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
    const has = (path: string) => existsSync(join(image.root, 'srv', path));
    expect(
      ['node_modules/fastify', 'app/dist/main.js', 'app/dist/health-check.js'].filter((path) => !has(path)),
    ).toEqual([]);
    expect(
      [
        'node_modules/esbuild',
        'node_modules/cdktf',
        'node_modules/jest',
        'app/src',
        'infra',
        'deploy',
      ].filter(has),
    ).toEqual([]);
  });

  test('listens on every address by default, as a container must', () => {
    expect(image.environment).toMatchObject({ HOST: '0.0.0.0', PORT: '3000', NODE_ENV: 'production' });
  });
});
