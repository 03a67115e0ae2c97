import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImageError, type ImageContent, type ImageStore } from '../../rehearsal/images/image-store';
import { parseReference } from '../../rehearsal/images/reference';
import { createImageStore } from '../../rehearsal/images/store';
import { createProcessRuntime } from '../../rehearsal/runtime/process';
import type { Runtime } from '../../rehearsal/runtime/runtime';
import { launchOf, startWatched, temporaryFolder } from './runtime-tools';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const account = { accountId: '123456789012', region: 'ap-northeast-1' };
const uri = '123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/slipway/web';
const newStore = (): ImageStore => createImageStore(mkdtempSync(join(folder.path, 'store-')), account);

/** Content with one file; every call makes a folder of its own. */
function content(source = 'console.log(1)', change: Partial<ImageContent> = {}): ImageContent {
  const root = mkdtempSync(join(folder.path, 'content-'));
  mkdirSync(join(root, 'srv'));
  writeFileSync(join(root, 'srv/main.js'), source);
  return {
    architecture: 'amd64',
    root,
    workingDirectory: '/srv',
    entryPoint: [],
    command: ['node', 'main.js'],
    environment: { B: '2', A: '1' },
    user: '',
    dependencies: {},
    ...change,
  };
}

describe('digests', () => {
  test('are the same for the same content, wherever and whenever it is packaged', async () => {
    const [one, two] = [newStore(), newStore()];
    const digests = [
      await one.package(content()),
      await one.package(content()),
      await two.package(content('console.log(1)', { environment: { A: '1', B: '2' } })),
    ].map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
    // Held down, since it must not depend on the machine either.
    expect(digests[0]).toBe('sha256:3d78aeb1b13c149a883a03e9353e657ed82f0bac349f567613247b007aeaab43');
  });

  test('differ with a file, its mode, or any part of the configuration', async () => {
    const store = newStore();
    const executable = content();
    writeFileSync(join(executable.root, 'srv/run'), '', { mode: 0o755 });
    const plain = content();
    writeFileSync(join(plain.root, 'srv/run'), '', { mode: 0o644 });
    const variants = [
      content(),
      content('console.log(2)'),
      ...(process.platform === 'win32' ? [] : [executable]),
      plain,
      content(undefined, { architecture: 'arm64' }),
      content(undefined, { command: ['node'] }),
      content(undefined, { entryPoint: ['node'] }),
      content(undefined, { environment: {} }),
      content(undefined, { workingDirectory: '/' }),
      content(undefined, { user: 'node' }),
    ];
    const digests: string[] = [];
    for (const variant of variants) digests.push((await store.package(variant)).digest);
    expect(new Set(digests).size).toBe(variants.length);
  });
});

describe('a repository', () => {
  test('answers by tag and by digest, in the short name and the full one, also to another process', async () => {
    const store = newStore();
    const packaged = await store.package(content());
    const pushed = store.push(packaged, 'slipway/web', ['1', 'latest']);
    expect(pushed).toMatchObject({
      repository: uri,
      tags: ['1', 'latest'],
      digest: packaged.digest,
      architecture: 'amd64',
      environment: { A: '1', B: '2' },
    });
    const other = createImageStore(store.directory, account);
    for (const reference of [
      `${uri}:1`,
      uri,
      `${uri}@${packaged.digest}`,
      `${uri}:1@${packaged.digest}`,
      'slipway/web:1',
    ]) {
      expect(other.resolve(reference)).toEqual(pushed);
    }
    for (const reference of [
      `${uri}:2`,
      `${uri}@sha256:${'0'.repeat(64)}`,
      'slipway/other:1',
      'not a reference',
      '',
      'sample/ok:9',
    ]) {
      expect(other.resolve(reference)).toBeUndefined();
    }
    expect(other.list('slipway/web')).toEqual([pushed]);
    expect(other.list('slipway/none')).toEqual([]);
    expect(other.list().map(({ repository }) => repository)).toContain('sample/ok');
    expect(other.resolve('docker.io/sample/ok:1')).toEqual(other.resolve('sample/ok:1'));
  });

  test('moves a tag, unless it is told that tags are immutable', async () => {
    const store = newStore();
    const [first, second] = [await store.package(content('1')), await store.package(content('2'))];
    store.push(first, 'slipway/web', ['live']);
    store.push(second, 'slipway/web', ['live']);
    expect(store.resolve(`${uri}:live`)?.digest).toBe(second.digest);
    expect(store.resolve(`${uri}@${first.digest}`)?.tags).toEqual([]);

    store.createRepository('slipway/web', { immutableTags: true });
    expect(() => store.push(first, 'slipway/web', ['live'])).toThrow(
      new ImageError(
        'ImageTagAlreadyExistsException',
        "The image tag 'live' already exists in the 'slipway/web' repository and cannot be overwritten because the tag is immutable.",
      ),
    );
    expect(store.tag(`${uri}@${first.digest}`, 'old').tags).toEqual(['old']);
    expect(store.push(second, 'slipway/web', ['live']).digest).toBe(second.digest);
  });

  test('says what it does not have', () => {
    const store = newStore();
    const code = (reference: string) => {
      try {
        store.describe(reference);
        return undefined;
      } catch (error) {
        return error instanceof ImageError ? error.code : error;
      }
    };
    store.createRepository('slipway/web');
    expect(code('slipway/web:1')).toBe('ImageNotFoundException');
    expect(code('slipway/none:1')).toBe('RepositoryNotFoundException');
    expect(code('Nothing: like this')).toBe('InvalidParameterException');
    expect(() => store.push({ ...store.describe('sample/ok:1'), digest: 'sha256:0' }, 'x', [])).toThrow(
      'Package it first',
    );
    expect(() => store.tag('sample/ok:1', '-wrong')).toThrow('"-wrong" cannot be a tag');
  });

  test('two processes at once may push the same', async () => {
    const store = newStore();
    const other = createImageStore(store.directory, account);
    const images = await Promise.all([store, other, store, other].map((one) => one.package(content())));
    for (const image of images) other.push(image, 'slipway/web', ['1']);
    expect(store.list('slipway/web')).toHaveLength(1);
    expect(readdirSync(join(store.directory, 'work'))).toEqual([]);
  });
});

test.each([
  ['web', { repository: 'web' }],
  ['localhost:5000/team/web:1.0', { repository: 'localhost:5000/team/web', tag: '1.0' }],
  [`${uri}@sha256:${'a'.repeat(64)}`, { repository: uri, digest: `sha256:${'a'.repeat(64)}` }],
  ['docker.io/library/nginx:1', { repository: 'nginx', tag: '1' }],
])('reference %s', (text, expected) => {
  expect(parseReference(text)).toEqual({ tag: undefined, digest: undefined, ...expected });
});

test.each(['', ':1', 'web:', 'web@sha256:12', '-web', 'web:a b', '../web'])(
  '"%s" is no reference',
  (text) => {
    expect(parseReference(text)).toBeUndefined();
  },
);

describe('sample images', () => {
  let runtime: Runtime;
  const store = newStore();
  beforeAll(() => {
    runtime = createProcessRuntime({ directory: folder.path });
  });
  afterAll(() => runtime.close());

  const start = (reference: string, more = {}) => {
    const launch = launchOf(runtime, store.describe(reference), more);
    const url = `http://${launch.address}:${runtime.hostPort(launch.taskId, launch.containerPorts[0] ?? 0)}`;
    return { ...startWatched(runtime, launch), url };
  };

  test('sample/ok answers on every path with its tag, on the container port or PORT, and stops on SIGTERM', async () => {
    const [one, two] = [start('sample/ok:1'), start('sample/ok:2', { containerPorts: [8081, 9000] })];
    await Promise.all([one, two].map((container) => container.line(/^listening/)));
    for (const [container, tag] of [
      [one, '1'],
      [two, '2'],
    ] as const) {
      const answer = await fetch(`${container.url}/any/path`);
      expect([answer.status, await answer.text()]).toEqual([200, `sample/ok:${tag}\n`]);
      container.signal('SIGTERM');
    }
    if (process.platform !== 'win32') {
      expect((await Promise.all([one.ended, two.ended])).map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    }
  });

  test('sample/crash and sample/exits end by themselves', async () => {
    const [crash, exits] = [start('sample/crash:1'), start('sample/exits:1')];
    expect((await crash.ended).exitCode).toBe(1);
    expect(crash.lines).toEqual(['Error: sample/crash:1 crashes at start, as it is meant to']);
    expect((await exits.ended).exitCode).toBe(0);
    expect(exits.lines).toEqual(['sample/exits:1 started', 'sample/exits:1 is done']);
  });

  test('sample/never-healthy answers 500, and sample/slow-start after its time', async () => {
    const never = start('sample/never-healthy:1');
    const slow = start('sample/slow-start:1', { environment: { SLOW_START_SECONDS: '0.05' } });
    await Promise.all([never, slow].map((container) => container.line(/^listening/)));
    expect((await fetch(never.url)).status).toBe(500);
    expect((await fetch(slow.url)).status).toBe(200);
    expect(slow.lines[0]).toBe('sample/slow-start:1 listens in 0.05 s');
    expect(store.describe('sample/slow-start:1').environment).toEqual({ SLOW_START_SECONDS: '20' });
  });

  test('an image can be copied to another repository, as docker tag and push do', () => {
    const image = store.push(store.describe('sample/ok:1'), 'slipway/web', ['copied']);
    expect(image).toMatchObject({
      repository: uri,
      tags: ['copied'],
      digest: store.describe('sample/ok:1').digest,
    });
    cpSync(join(image.root, 'srv'), join(folder.path, 'copied'), { recursive: true });
    expect(readdirSync(join(folder.path, 'copied'))).toEqual(['main.js']);
  });
});
