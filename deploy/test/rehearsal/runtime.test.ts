import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProcessRuntime } from '../../rehearsal/runtime/process';
import type { Runtime } from '../../rehearsal/runtime/runtime';
import { imageOf, isRunning, launchOf, onLinux, startWatched, temporaryFolder, until } from './runtime-tools';

const folder = temporaryFolder();
let runtime: Runtime;

beforeEach(() => {
  runtime = createProcessRuntime({ directory: folder.path });
});
afterEach(() => runtime.close());
afterAll(() => folder.remove());

const script = (source: string) => imageOf(folder.path, { 'srv/main.js': source });
const run = (source: string, more = {}) => startWatched(runtime, launchOf(runtime, script(source), more));

const server = `
require('node:http').createServer((request, response) => response.end(process.env.NAME))
  .listen(process.env.PORT, process.env.HOST, () => console.log('listening'));
`;

async function get(address: string, port: number): Promise<string> {
  return (await fetch(`http://${address}:${port}/`)).text();
}

describe('addresses', () => {
  test('several tasks listen on the same container port, each at its own address', async () => {
    const launches = ['one', 'two', 'three'].map((name) =>
      launchOf(runtime, script(server), { environment: { NAME: name } }),
    );
    const containers = launches.map((launch) => startWatched(runtime, launch));
    await Promise.all(containers.map((container) => container.line(/listening/)));
    const answers = launches.map(({ address, taskId }) => get(address, runtime.hostPort(taskId, 3000)));
    expect(await Promise.all(answers)).toEqual(['one', 'two', 'three']);
    if (onLinux) expect(new Set(launches.map(({ address }) => address)).size).toBe(3);
  });

  test('mapped ports stand in where there is only 127.0.0.1', async () => {
    const mapped = createProcessRuntime({ directory: folder.path, addresses: 'mapped' });
    try {
      const launches = ['one', 'two'].map((name) =>
        launchOf(mapped, script(server), { environment: { NAME: name, PORT: '3000' } }),
      );
      const ports = launches.map(({ taskId }) => mapped.hostPort(taskId, 3000));
      await Promise.all(launches.map((launch) => startWatched(mapped, launch).line(/listening/)));
      expect(launches.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.1']);
      expect(await Promise.all(ports.map((port) => get('127.0.0.1', port)))).toEqual(['one', 'two']);
      expect(new Set(ports).size).toBe(2);
    } finally {
      await mapped.close();
    }
  });

  (onLinux ? test : test.skip)('two runtimes at once never share an address', async () => {
    const others = Array.from({ length: 20 }, () => createProcessRuntime({ directory: folder.path }));
    const blocks = others.map((other) => other.allocateAddress('task').split('.').slice(0, 2).join('.'));
    expect(new Set(blocks).size).toBe(20);
    await Promise.all(others.map((other) => other.close()));
  });

  test('a task keeps its address until it is released', () => {
    const address = runtime.allocateAddress('a');
    expect(runtime.allocateAddress('a')).toBe(address);
    if (!onLinux) return;
    expect(address).toMatch(/^127\.(?!0\.)\d+\.\d+\.\d+$/);
    const many = Array.from({ length: 600 }, (_, index) => runtime.allocateAddress(`many-${index}`));
    expect(new Set([...many, address]).size).toBe(601);
    expect(many.filter((one) => /\.(0|255)$/.test(one))).toEqual([]);
  });
});

describe('environment', () => {
  test("is the image's and the definition's, with HOST, PORT, PATH and HOME, and nothing of the parent's", async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'of the parent';
    const image = imageOf(
      folder.path,
      { 'srv/main.js': 'console.log(JSON.stringify(process.env))' },
      { environment: { A: 'image', B: 'image' } },
    );
    const launch = launchOf(runtime, image, {
      environment: { B: 'definition', 'spring.datasource.url': 'jdbc:x', EMPTY: '', LINES: 'a\nb "c" $d' },
    });
    const container = startWatched(runtime, launch);
    await container.ended;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    const { HOME, PATH, ...rest } = JSON.parse(container.lines[0] ?? '') as Record<string, string>;
    expect(PATH).toContain('bin');
    expect(HOME).toContain(folder.path);
    for (const name of ['PWD', 'SystemRoot', 'SystemDrive', 'COMSPEC', 'PATHEXT', 'TEMP', 'TMP'])
      delete rest[name];
    expect(rest).toEqual({
      A: 'image',
      B: 'definition',
      'spring.datasource.url': 'jdbc:x',
      EMPTY: '',
      LINES: 'a\nb "c" $d',
      HOST: launch.address,
      PORT: String(runtime.hostPort(launch.taskId, 3000)),
    });
  });

  test.each([
    ['0.0.0.0 means the address of the task', { HOST: '0.0.0.0' }, (address: string) => address],
    ['another HOST stays', { HOST: 'localhost' }, () => 'localhost'],
  ])('%s', async (_name, environment, expected) => {
    const launch = launchOf(runtime, script('console.log(process.env.HOST)'), { environment });
    const container = startWatched(runtime, launch);
    await container.ended;
    expect(container.lines).toEqual([expected(launch.address)]);
  });

  test("a PORT of the image's own goes before the container port", async () => {
    const image = imageOf(
      folder.path,
      { 'srv/main.js': 'console.log(process.env.PORT)' },
      { environment: { PORT: '8080' } },
    );
    const container = startWatched(runtime, launchOf(runtime, image));
    await container.ended;
    expect(container.lines).toEqual(['8080']);
  });
});

describe('commands', () => {
  test('the definition overrides entry point, command and working directory', async () => {
    const image = imageOf(
      folder.path,
      { 'srv/main.js': '', 'opt/show.js': 'console.log(process.argv.slice(2).join(" "), process.cwd())' },
      { entryPoint: ['node', 'main.js'], command: ['image'] },
    );
    const launch = launchOf(runtime, image, {
      entryPoint: ['node', '/opt/show.js'],
      workingDirectory: '/opt/new',
    });
    const plain = startWatched(runtime, launch);
    const withCommand = startWatched(
      runtime,
      launchOf(runtime, image, { entryPoint: ['node', '/opt/show.js'], command: ['a b', '$HOME'] }),
    );
    await Promise.all([plain.ended, withCommand.ended]);
    expect(plain.lines[0]).toMatch(/^ .*[\\/]opt[\\/]new$/);
    expect(withCommand.lines[0]).toMatch(/^a b \$HOME .*[\\/]srv$/);
  });

  test('what a container writes stays out of the image', async () => {
    const image = script(
      `require('node:fs').writeFileSync('main.js', ''); require('node:fs').writeFileSync('new.txt', 'x');`,
    );
    await startWatched(runtime, launchOf(runtime, image)).ended;
    expect(readFileSync(join(image.root, 'srv/main.js'), 'utf8')).toContain('writeFileSync');
    expect(existsSync(join(image.root, 'srv/new.txt'))).toBe(false);
  });

  test.each([
    [
      ['no-such-program', 'x'],
      /^CannotStartContainerError: .*exec: "no-such-program": executable file not found in \$PATH$/,
    ],
    [
      ['/opt/missing'],
      /^CannotStartContainerError: .*exec: "\/opt\/missing": stat \/opt\/missing: no such file or directory$/,
    ],
    [['./folder'], /^CannotStartContainerError: .*exec: "\.\/folder": permission denied$/],
    [[], /^CannotCreateContainerError: .*No command specified$/],
  ])('%j cannot be started, and the reason says why', async (command, reason) => {
    if (process.platform === 'win32') return;
    const image = imageOf(folder.path, { 'srv/folder/file': '' }, { command });
    expect((await startWatched(runtime, launchOf(runtime, image)).ended).failed).toMatch(reason);
  });
});

describe('output', () => {
  test('comes line by line from both streams, with characters whole and the last line flushed', async () => {
    const container = run(`
      const bytes = Buffer.from('Grüße aus 東京\\r\\n\\nend');
      (async () => {
        for (const byte of bytes) await new Promise((done) => process.stdout.write(Buffer.from([byte]), done));
        process.stderr.write('error\\n');
      })();
    `);
    expect(await container.ended).toEqual({ exitCode: 0, reason: undefined });
    expect(container.lines.filter((line) => line !== 'error')).toEqual(['Grüße aus 東京', '', 'end']);
    expect(container.lines).toContain('error');
  });

  test('a huge line is cut below 256 KiB, between characters, and nothing is lost', async () => {
    const container = run(`process.stdout.write('ü'.repeat(300_000) + '\\nshort\\n')`);
    await container.ended;
    expect(container.lines.at(-1)).toBe('short');
    const pieces = container.lines.slice(0, -1);
    expect(pieces).toHaveLength(3);
    expect(Math.max(...pieces.map((piece) => Buffer.byteLength(piece)))).toBeLessThanOrEqual(256 * 1024 - 26);
    expect(pieces.join('')).toBe('ü'.repeat(300_000));
  });

  test('all of it is heard before the end', async () => {
    const container = run(`for (let n = 0; n < 20_000; n += 1) console.log('line ' + n)`);
    await container.ended;
    expect(container.lines).toHaveLength(20_000);
    expect(container.lines.at(-1)).toBe('line 19999');
  });
});

describe('the end', () => {
  test('is the exit code, or 128 and the signal', async () => {
    expect(await run('process.exit(7)').ended).toEqual({ exitCode: 7, reason: undefined });
    if (process.platform === 'win32') return;
    expect(await run(`process.kill(process.pid, 'SIGABRT')`).ended).toEqual({
      exitCode: 134,
      reason: undefined,
    });
  });

  test('SIGTERM can be handled; SIGKILL cannot', async () => {
    if (process.platform === 'win32') return;
    const handled = run(
      `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); setInterval(() => {}, 1000); console.log('up')`,
    );
    const deaf = run(
      `process.on('SIGTERM', () => console.log('heard')); setInterval(() => {}, 1000); console.log('up')`,
    );
    const plain = run(`setInterval(() => {}, 1000); console.log('up')`);
    await Promise.all([handled, deaf, plain].map((container) => container.line(/up/)));
    for (const container of [handled, deaf, plain]) container.signal('SIGTERM');
    await deaf.line(/heard/);
    deaf.signal('SIGKILL');
    expect((await handled.ended).exitCode).toBe(0);
    expect((await deaf.ended).exitCode).toBe(137);
    expect((await plain.ended).exitCode).toBe(143);
    handled.signal('SIGKILL');
  });

  test('a container that is killed before it ran ends as killed', async () => {
    const container = run('console.log("ran")');
    container.signal('SIGKILL');
    expect((await container.ended).exitCode).toBe(137);
    expect(container.lines).toEqual([]);
  });

  test('what a container started ends with it', async () => {
    if (process.platform === 'win32') return;
    const container = run(`
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      console.log(child.pid);
      process.exitCode = 3;
      child.unref();
    `);
    const pid = Number(await container.line(/^\d+$/));
    expect((await container.ended).exitCode).toBe(3);
    await until(() => !isRunning(pid));
  });

  (onLinux ? test : test.skip)(
    'more memory than its limit, over all of its processes, kills it',
    async () => {
      const container = run(
        `
      require('node:child_process').spawn(process.execPath, ['-e', \`
        const kept = [];
        setInterval(() => kept.push(Buffer.alloc(16 * 1024 * 1024, 1)), 20);
      \`], { stdio: 'inherit' });
    `,
        { memoryLimit: 256 },
      );
      expect(await container.ended).toEqual({
        exitCode: 137,
        reason: 'OutOfMemoryError: Container killed due to memory usage',
      });
    },
  );

  test('close leaves neither a process nor a file', async () => {
    const containers = Array.from({ length: 5 }, () =>
      run('console.log(process.pid); setInterval(() => {}, 1000)'),
    );
    const pids = await Promise.all(
      containers.map(async (container) => Number(await container.line(/^\d+$/))),
    );
    await runtime.close();
    expect(pids.filter(isRunning)).toEqual([]);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('containers-'))).toEqual([]);
    expect((await Promise.all(containers.map(({ ended }) => ended))).map(({ exitCode }) => exitCode)).toEqual(
      [137, 137, 137, 137, 137],
    );
    expect(() => run('')).toThrow('after the runtime was closed');
  });
});

describe('health check commands', () => {
  test('run with the environment of the container, in every form', async () => {
    const container = run('setInterval(() => {}, 1000)', { environment: { ANSWER: '42' } });
    await container.started;
    const condition = 'process.exit(process.env.ANSWER === "42" ? 0 : 1)';
    const results = await Promise.all([
      container.check(['CMD', 'node', '-e', condition], 10_000),
      container.check(['node', '-e', condition], 10_000),
      container.check(['CMD', 'node', '-e', 'process.exit(1)'], 10_000),
      container.check(['CMD', 'no-such-program'], 10_000),
      ...(process.platform === 'win32'
        ? []
        : [container.check(['CMD-SHELL', 'node -v && test "$ANSWER" = 42 || exit 1'], 10_000)]),
    ]);
    expect(results).toEqual([true, true, false, false, ...(process.platform === 'win32' ? [] : [true])]);
  });

  test('localhost is the task itself', async () => {
    const container = run(server, { environment: { NAME: 'x', HOST: '0.0.0.0' } });
    await container.line(/listening/);
    const fetches = `fetch('http://localhost:3000/').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))`;
    expect(await container.check(['CMD', 'node', '-e', fetches], 10_000)).toBe(true);
  });

  test('that take too long fail, and are ended', async () => {
    const container = run('setInterval(() => {}, 1000)');
    await container.started;
    const file = join(folder.path, `pid-${Date.now()}`);
    const check = container.check(
      [
        'CMD',
        'node',
        '-e',
        `require('node:fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); setInterval(() => {}, 1000)`,
      ],
      2_000,
    );
    expect(await check).toBe(false);
    await until(() => existsSync(file) && !isRunning(Number(readFileSync(file, 'utf8'))));
  });

  test('fail once the container has ended', async () => {
    const container = run('');
    await container.ended;
    expect(await container.check(['CMD', 'node', '-v'], 1000)).toBe(false);
  });
});
