import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImageStore } from '../../rehearsal/images/image-store';
import { packageApplication, type PackageOptions } from '../../rehearsal/images/package';
import { createImageStore } from '../../rehearsal/images/store';
import { createProcessRuntime } from '../../rehearsal/runtime/process';
import { launchOf, startWatched, temporaryFolder } from './runtime-tools';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const account = { accountId: '123456789012', region: 'ap-northeast-1' };
let store: ImageStore;
beforeEach(() => {
  store = createImageStore(mkdtempSync(join(folder.path, 'store-')), account);
});

/** A context with these files. */
function context(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(folder.path, 'context-'));
  for (const [path, text] of Object.entries({ 'main.js': 'console.log("main")', ...files })) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

const build = (files: Readonly<Record<string, string>>, options: Partial<PackageOptions> = {}) =>
  packageApplication(store, { contextDirectory: context(files), ...options });

function filesOf(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
}

describe('the configuration', () => {
  test('comes from the final stage and what it builds on', async () => {
    const image = await build(
      {
        Dockerfile: `
# syntax=docker/dockerfile:1
ARG BASE=node
FROM \${BASE}:22 AS base
ENV A=1 B="two words" \\
    # a comment between
    C='three'
ENV OLD the old form
WORKDIR /srv
USER node

FROM base AS other
ENV A=never
CMD never

FROM base
ARG SHA=unknown
ARG RELEASE
ENV GIT_SHA=$SHA RELEASE=\${RELEASE:-none} FULL=\${A}-\${B:+set}-\\$A
WORKDIR app
COPY main.js ./
EXPOSE 3000
LABEL a=b
HEALTHCHECK CMD exit 1
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["main.js"]
`,
      },
      { buildArguments: { SHA: 'abc' } },
    );
    expect(image).toMatchObject({
      architecture: 'amd64',
      workingDirectory: '/srv/app',
      entryPoint: ['node', '--enable-source-maps'],
      command: ['main.js'],
      environment: {
        A: '1',
        B: 'two words',
        C: 'three',
        OLD: 'the old form',
        GIT_SHA: 'abc',
        RELEASE: 'none',
        FULL: '1-set-$A',
      },
    });
    expect(filesOf(image.root)).toEqual(['srv/app/main.js']);
  });

  test('a shell form is run by a shell, and an entry point takes the command of its base away', async () => {
    const shell = await build({ Dockerfile: 'FROM node\nCMD node main.js' });
    expect(shell).toMatchObject({ command: ['/bin/sh', '-c', 'node main.js'], workingDirectory: '/' });
    const entry = await build({ Dockerfile: 'FROM node AS base\nCMD ["a"]\nFROM base\nENTRYPOINT ["b"]\n' });
    expect(entry).toMatchObject({ entryPoint: ['b'], command: [] });
  });

  test('build arguments that change nothing leave the digest alone', async () => {
    const contextDirectory = context({ Dockerfile: 'FROM node\nARG SHA\nENV SHA=$SHA\nCOPY main.js ./\n' });
    const digest = async (buildArguments: Record<string, string>) =>
      (await packageApplication(store, { contextDirectory, buildArguments })).digest;
    expect(await digest({ SHA: '1' })).toBe(await digest({ SHA: '1', UNUSED: 'x' }));
    expect(await digest({ SHA: '1' })).not.toBe(await digest({ SHA: '2' }));
  });
});

describe('files', () => {
  test('are copied as COPY does, without what .dockerignore names', async () => {
    const image = await build({
      '.dockerignore': '# comment\n**/*.log\nsecret\n!secret/keep.txt\n',
      'src/a.js': '',
      'src/deep/b.js': '',
      'src/deep/c.log': '',
      'secret/key': '',
      'secret/keep.txt': '',
      'one.json': '',
      'two.json': '',
      'node_modules/never/index.js': '',
      Dockerfile: `
FROM node AS first
WORKDIR /work
COPY . .
RUN mkdir -p made && chown node made

FROM node
COPY src /opt/src
COPY src/a.js /opt/renamed.js
COPY *.json /opt/json/
COPY --from=first /work/secret /opt/secret
COPY --from=0 /work/main.js /opt/
COPY ["one.json", "with space/"]
`,
    });
    expect(filesOf(image.root)).toEqual([
      'opt/json/one.json',
      'opt/json/two.json',
      'opt/main.js',
      'opt/renamed.js',
      'opt/secret/keep.txt',
      'opt/src/a.js',
      'opt/src/deep/b.js',
      'with space/one.json',
    ]);
  });

  test('steps that start node are run, once for the same files', async () => {
    const files = {
      'package.json': '{"scripts": {"build": "node build.js && node -p 1 > two.txt"}}',
      'build.js': `
const fs = require('node:fs');
fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/built', fs.readFileSync('main.js', 'utf8') + process.env.MODE + (process.env.AWS_PROFILE ?? ''));
fs.appendFileSync(process.env.COUNT, 'x');
`,
      Dockerfile: `
FROM node AS build
ARG COUNT
ENV MODE=production
WORKDIR /srv
COPY package.json build.js main.js ./
RUN npm run build
FROM node
ARG SHA
ENV SHA=$SHA
COPY --from=build /srv/dist /srv/dist
COPY --from=build /srv/two.txt /srv/
`,
    };
    process.env.AWS_PROFILE = 'of the parent';
    const count = join(folder.path, 'count');
    const contextDirectory = context(files);
    const run = (SHA: string, edits: PackageOptions['edits'] = []) =>
      packageApplication(store, { contextDirectory, buildArguments: { COUNT: count, SHA }, edits });
    const first = await run('1');
    expect(readFileSync(join(first.root, 'srv/dist/built'), 'utf8')).toBe('console.log("main")production');
    expect(readFileSync(join(first.root, 'srv/two.txt'), 'utf8')).toBe('1\n');
    const second = await run('2');
    const edited = await run('1', [{ file: 'main.js', find: 'main', replace: '$& changed' }]);
    delete process.env.AWS_PROFILE;
    expect(second.digest).not.toBe(first.digest);
    expect((await run('1')).digest).toBe(first.digest);
    expect(readFileSync(join(edited.root, 'srv/dist/built'), 'utf8')).toContain('"$& changed"');
    expect(readFileSync(join(contextDirectory, 'main.js'), 'utf8')).toBe('console.log("main")');
    expect(readFileSync(count, 'utf8')).toBe('xx');
  });

  test('npm ci becomes a link, and the lock file is part of the digest', async () => {
    const files = {
      'package.json': '{}',
      'package-lock.json': '{"one": 1}',
      'node_modules/dependency/index.js': 'module.exports = "from the dependency";',
      'main.js': 'console.log(require("dependency"))',
      Dockerfile:
        'FROM node\nWORKDIR /srv\nCOPY main.js ./\nRUN npm ci --omit=dev && npm cache clean --force\nCMD ["node", "main.js"]\n',
    };
    const image = await build(files);
    const same = await build(files);
    const other = await build({ ...files, 'package-lock.json': '{"two": 2}' });
    expect(same.digest).toBe(image.digest);
    expect(other.digest).not.toBe(image.digest);
    expect(image.sizeInBytes).toBe(files['main.js'].length);
    const runtime = createProcessRuntime({ directory: folder.path });
    const pushed = store.push(image, 'slipway/web', ['1']);
    const container = startWatched(runtime, launchOf(runtime, pushed));
    expect(await container.ended).toEqual({ exitCode: 0, reason: undefined });
    expect(container.lines).toEqual(['from the dependency']);
    await runtime.close();
  });
});

describe('what cannot be', () => {
  test.each([
    ['FROM node\nRUN make\n', /Dockerfile:2: RUN make cannot be replayed without Docker/],
    [
      'FROM node\nRUN node -e "console.log(\'why\'); process.exit(3)"\n',
      /Dockerfile:2: .* ended with exit status 3:\nwhy/,
    ],
    ['FROM node\nCOPY missing.js ./\n', /Dockerfile:2: there is no "missing.js" in/],
    ['FROM node\nCOPY --from=nobody /a /b\n', /Dockerfile:2: COPY --from=nobody: no stage/],
    ['FROM node\nRUN npm ci\n', /Dockerfile:2: .*node_modules is missing; run "npm ci"/],
    ['FROM node\nRUN npm run nothing\n', /Dockerfile:2: there is no script "nothing"/],
    ['FROM node\nADD https://example.com/x /x\n', /Dockerfile:2: https:\/\/example.com\/x cannot be fetched/],
    ['FROM node\nCOPY ../x ./\n', /leads out of the context/],
    ['FROM node\nFROMM x\n', /Dockerfile:2: FROMM is no instruction/],
    ['COPY a b\n', /Dockerfile:1: COPY stands before the first FROM/],
    ['\n', /Dockerfile:1: there is no FROM/],
    ['FROM node\nRUN <<EOF\nls\nEOF\n', /Dockerfile:2: here-documents/],
  ])('%j', async (Dockerfile, message) => {
    await expect(build({ Dockerfile })).rejects.toMatchObject({
      code: 'ImageBuildFailed',
      message: expect.stringMatching(message) as string,
    });
    expect(readdirSync(join(store.directory, 'work'))).toEqual([]);
  });

  test('a Dockerfile that is not there, and edits that would change nothing', async () => {
    await expect(build({})).rejects.toMatchObject({
      code: 'ImageBuildFailed',
      message: expect.stringContaining('cannot be read') as string,
    });
    const Dockerfile = 'FROM node\nCOPY main.js ./\n';
    const edit = (file: string, find: string) =>
      build({ Dockerfile }, { edits: [{ file, find, replace: 'x' }] });
    await expect(edit('main.js', 'not in it')).rejects.toMatchObject({
      code: 'EditNotFound',
      message: '"not in it" does not occur in main.js, so it cannot be replaced there.',
    });
    await expect(edit('other.js', 'x')).rejects.toMatchObject({
      code: 'EditNotFound',
      message: expect.stringContaining('no COPY of the Dockerfile takes that file') as string,
    });
  });
});

test("this repository's app is packaged, and runs", async () => {
  const contextDirectory = join(__dirname, '../../..');
  const options = {
    contextDirectory,
    dockerfile: 'app/Dockerfile',
    buildArguments: { GIT_SHA: 'abc', RELEASE: '1' },
  };
  const image = store.push(await packageApplication(store, options), 'slipway/web', ['abc']);
  expect((await packageApplication(store, options)).digest).toBe(image.digest);
  expect(image.environment).toMatchObject({ GIT_SHA: 'abc', RELEASE: '1' });

  // Another checkout at another place: the same digest.
  const elsewhere = mkdtempSync(join(folder.path, 'checkout-'));
  for (const name of ['app', 'package.json', 'package-lock.json', '.dockerignore']) {
    const from = join(contextDirectory, name);
    if (existsSync(from))
      cpSync(from, join(elsewhere, name), {
        recursive: true,
        filter: (path) => !/node_modules|dist$/.test(path),
      });
  }
  symlinkSync(join(contextDirectory, 'node_modules'), join(elsewhere, 'node_modules'), 'junction');
  const other = createImageStore(mkdtempSync(join(folder.path, 'store-')), account);
  expect((await packageApplication(other, { ...options, contextDirectory: elsewhere })).digest).toBe(
    image.digest,
  );

  const runtime = createProcessRuntime({ directory: folder.path });
  const launch = launchOf(runtime, image);
  const container = startWatched(runtime, launch);
  await container.line(/listening/i);
  const answer = await fetch(`http://${launch.address}:${runtime.hostPort(launch.taskId, 3000)}/version`);
  expect(await answer.text()).toContain('abc');
  container.signal('SIGTERM');
  if (process.platform !== 'win32') expect((await container.ended).exitCode).toBe(0);
  await runtime.close();
});
