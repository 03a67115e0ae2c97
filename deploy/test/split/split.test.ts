import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../src/cli';
import { Clone } from './clone';

let clone: Clone;
afterEach(() => (clone as Clone | undefined)?.remove());

describe('what is written', () => {
  let written: Clone;
  afterAll(() => written.remove());
  beforeAll(async () => {
    written = new Clone();
    written.git('remote', 'add', 'origin', 'git@github.com:octo/platform.git');
    const { code, stderr } = await written.run('init', '--split', '../web');
    expect(`${code} ${stderr}`).toMatch(/^0 .*wrote 22 files to \.\.\/web/s);
  });

  test('is the app at the top, the workflows that ship it, and the actions that they reach', () => {
    const there = ['src/main.ts', '.github/actions/nested/action.yml', '.github/actions/lib/shared.mjs'];
    const not = ['app', 'infra', 'dist', '.env', '.github/actions/cdktf', '.github/workflows/infra.yml'];
    expect([...there, ...not].filter((path) => existsSync(join(written.directory, 'web', path)))).toEqual(
      there,
    );
    expect(written.entries()).toEqual(['clone', 'web']);
  });

  test('names every path from the new top, and leaves alone what only looks like one', () => {
    const deploy = written.read('.github/workflows/deploy.yml') ?? '';
    expect(deploy).toContain("    paths:\n      - '**'\n      - '!**/*.md'\npermissions");
    expect(deploy).toContain('APP_DIRECTORY: .\n');
    expect(deploy).toContain('run: npx jest src/ && ls "$GITHUB_WORKSPACE/src" dist\n');
    expect(deploy).toContain('run: npm test\n');
    expect(deploy).toContain('working-directory: .\n');
    expect(deploy).toContain('repository: app/web\n');
    expect(written.read('.github/workflows/rollback.yml')).toContain(
      '.github/actions\n            slipway.yml\n',
    );
    expect(written.read('.github/actions/build/action.yml')).toContain('default: .\n');
    expect(written.read('compose.yaml')).toContain('context: .\n      dockerfile: Dockerfile\n');
    expect(written.read('.dockerignore')).toBe('*\n!package.json\n!src\n');
    expect(written.read('.gitignore')).toBe('node_modules\ndist/\n.env\n');
    expect(written.read('.github/dependabot.yml')).toBe(
      'updates:\n  - package-ecosystem: docker\n    directory: /\n  - package-ecosystem: npm\n    directory: /\n',
    );
  });

  test('has config, definitions and sources as they were', () => {
    expect(written.read('slipway.yml')).toContain('cluster: app/web\n');
    expect(written.read('ecs/task-definition.json')).toContain('"app/src"');
    expect(written.read('src/main.ts')).toBe('// app/src/main.ts\n');
  });

  test('builds its image from its own folder', () => {
    expect(written.read('Dockerfile')).toBe(`FROM node AS base
WORKDIR /srv
COPY package.json package-lock.json ./

FROM base AS build
RUN npm ci --ignore-scripts
COPY src src
RUN node build.mjs

FROM base
COPY --from=build /srv/dist dist
CMD ["node", "dist/main.js"]
`);
  });

  test('is a package of its own, with a lock file and without what only the workspace needs', () => {
    expect(JSON.parse(written.read('package.json') ?? '')).toMatchObject({
      name: 'web',
      version: '1.2.3',
      private: true,
      engines: { node: '>=20' },
      scripts: { test: 'jest', start: 'node .' },
    });
    expect(written.read('package.json')).not.toMatch(/workspaces|overrides|@slipway/);
    expect(JSON.parse(written.read('package-lock.json') ?? '')).toMatchObject({ name: 'web' });
    expect(JSON.parse(written.read('tsconfig.json') ?? '')).toEqual({
      compilerOptions: { strict: true },
      include: ['src', 'test'],
      exclude: ['node_modules', 'dist'],
    });
  });

  test('checks pull requests by the tests of deploy.yml, with the same actions', () => {
    const ci = written.read('.github/workflows/ci.yml') ?? '';
    expect(ci).toContain('uses: actions/checkout@9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0 # v7.0.0\n');
    expect(ci).toContain('run: npx jest src/ &&');
    expect(ci).toContain('run: slipway check\n');
    expect(ci).not.toContain('slipway deploy');
  });
});

test('says what to do next, with the new repository in it, and what a person should look at', async () => {
  clone = new Clone();
  clone.git('remote', 'add', 'origin', 'git@github.com:octo/platform.git');
  const { stdout, stderr } = await clone.run('init', '--split', '../web');
  expect(stdout).toContain("apps: [{ owner: 'octo', repository: 'web', services: ['web'] }],");
  expect(stdout).toContain('secrets, each where you want what it is for: HOOK\n');
  expect(stdout).toContain('environments: production\n');
  expect(stdout).toContain('--write-uses ../clone/infra/consumers/web.json\n');
  expect(stderr.replace(/\s+/g, ' ')).toContain(
    "may still name a path as it was: .github/actions/lib/shared.mjs:1: export const file = 'x/app/src';",
  );
});

test('an app deeper in the clone is split off as well', async () => {
  clone = new Clone({
    'apps/api/slipway.yml': 'service: api\ntask_definition: ecs/task-definition.json\n',
    'apps/api/package.json': { name: 'api' },
    'apps/api/compose.yaml':
      'services: { api: { build: { context: ../.., dockerfile: apps/api/Dockerfile } } }\n',
  });
  const { code } = await clone.run('init', '--split', '../web', '--config', 'apps/api/slipway.yml');
  expect(code).toBe(0);
  expect(clone.read('slipway.yml')).toContain('service: api');
  expect(clone.read('compose.yaml')).toContain('{ context: ., dockerfile: apps/api/Dockerfile }');
  expect(clone.read('app')).toBeUndefined();
});

test('a dry run lists the files, and writes none', async () => {
  clone = new Clone();
  const { code, stdout } = await clone.run('init', '--split', '../new/web', '--dry-run');
  expect(code).toBe(0);
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining(['.github/workflows/ci.yml', 'package-lock.json']),
  );
  expect(clone.entries()).toEqual(['clone']);
});

test('where npm cannot make the lock file, it is said and not left half done', async () => {
  clone = new Clone({
    'app/package.json': { name: 'app', dependencies: { fastify: 'file:../nowhere/fastify.tgz' } },
  });
  const { code, stdout, stderr } = await clone.run('init', '--split', '../web');
  expect(code).toBe(0);
  expect(stderr.replace(/\s+/g, ' ')).toMatch(
    /package-lock.json is missing, since npm could not make it \(.*ENOENT.*\)/,
  );
  expect(stdout).toContain('npm install --package-lock-only --ignore-scripts\n');
  expect(clone.read('package-lock.json')).toBeUndefined();
});

test('an interrupted run leaves nothing behind, not even the folder above', async () => {
  clone = new Clone();
  const quiet = () => undefined;
  const code = await main(['init', '--split', '../new/web'], {
    cwd: join(clone.directory, 'clone'),
    env: { PATH: process.env.PATH },
    stdout: quiet,
    stderr: quiet,
    signal: AbortSignal.abort(),
  });
  expect(code).toBe(130);
  expect(clone.entries()).toEqual(['clone']);
});

describe('refused, with nothing written:', () => {
  const refused = async (...argv: string[]) => {
    const before = clone.entries();
    const { code, stderr } = await clone.run('init', ...argv);
    expect(code).toBe(40);
    expect(clone.entries()).toEqual(before);
    return stderr.replace(/\s+/g, ' ');
  };

  test('a directory that has something in it, or is a file', async () => {
    clone = new Clone();
    mkdirSync(join(clone.directory, 'web'));
    writeFileSync(join(clone.directory, 'web', 'notes.txt'), '');
    expect(await refused('--split', '../web')).toContain('../web is not empty: it has notes.txt');
    expect(await refused('--split', '../web/notes.txt')).toContain('../web/notes.txt is a file');
  });

  test('a directory inside the clone', async () => {
    clone = new Clone();
    expect(await refused('--split', 'web')).toContain('web lies in the clone that is to be split');
    expect(await refused('--split', '.')).toContain('. lies in the clone');
  });

  test('an action that is not there; what was made on the way is gone', async () => {
    clone = new Clone({
      '.github/workflows/rollback.yml': 'jobs: { a: { steps: [{ uses: ./.github/actions/gone }] } }\n',
    });
    expect(await refused('--split', '../new/web')).toContain(
      '.github/workflows/rollback.yml uses ./.github/actions/gone, which is not there',
    );
  });

  test('a repository without the workflows, and an app that has a repository of its own already', async () => {
    clone = new Clone();
    clone.git('rm', '--quiet', '--cached', '--ignore-unmatch', '.github/workflows/rollback.yml');
    writeFileSync(join(clone.directory, 'clone/.gitignore'), '.github/workflows/rollback.yml\n');
    expect(await refused('--split', '../web')).toContain('it has no .github/workflows/rollback.yml');
    clone.write('slipway.yml', 'service: web\ntask_definition: x.json\n');
    expect(await refused('--split', '../web')).toContain('is the top of its repository');
  });

  test('together with what only adopts a service', async () => {
    clone = new Clone();
    expect(await refused('--split', '../web', '--cluster', 'a', '--force')).toContain(
      'it goes without --cluster, --force',
    );
    expect(await refused('--split', ' ')).toContain('--split names no directory');
  });
});

test('outside of a clone it says that git cannot read it', async () => {
  clone = new Clone();
  clone.write('../elsewhere/slipway.yml', 'service: web\ntask_definition: x.json\n');
  const { code, stderr } = await clone.run(
    'init',
    '--split',
    '../web',
    '--config',
    '../elsewhere/slipway.yml',
  );
  expect(code).toBe(40);
  expect(stderr).toMatch(/\.\.\/elsewhere is not in a clone that git can read: .*not a git repository/s);
});

test('an empty directory that is there already is used', async () => {
  clone = new Clone();
  mkdirSync(join(clone.directory, 'web'));
  expect((await clone.run('init', '--split', '../web')).code).toBe(0);
  expect(clone.read('slipway.yml')).toBeDefined();
});
