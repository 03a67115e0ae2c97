import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { commands, globalOptions } from '../src/commands/table';
import { exitCodes } from '../src/errors';
import { main } from '../src/cli';
import { version } from '../src/version';
import { config, project, taskDefinition } from './project';

const empty = () => project({});

describe('help', () => {
  test('names every command, the rehearsal, every global option and every exit code', async () => {
    const { code, stdout, stderr } = await empty().run(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { name, summary } of commands)
      expect(stdout).toMatch(new RegExp(`^  ${name} .*${summary.slice(0, 20)}`, 'm'));
    expect(stdout).toMatch(/^ {2}rehearse /m);
    for (const { flags } of globalOptions) expect(stdout).toContain(flags);
    for (const exitCode of Object.values(exitCodes))
      expect(stdout).toMatch(new RegExp(`^  ${exitCode} `, 'm'));
  });

  test.each(commands.map(({ name }) => name))('of %s names its options and the global ones', async (name) => {
    const { code, stdout } = await empty().run([name, '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain(`slipway ${name} `);
    for (const { flags } of [...globalOptions, ...(commands.find((one) => one.name === name)?.options ?? [])])
      expect(stdout).toContain(flags);
  });

  test('without a command goes to stderr, and it is an error', async () => {
    const { code, stdout, stderr } = await empty().run([]);
    expect({ code, stdout }).toEqual({ code: 40, stdout: '' });
    expect(stderr).toContain('Usage: slipway COMMAND [ENVIRONMENT]');
  });

  test('--version', async () => {
    expect(await empty().run(['--version'])).toEqual({ code: 0, stdout: `${version()}\n`, stderr: '' });
  });

  test('loads no AWS SDK', () => {
    const script = `
      const { main } = require('./deploy/src/cli');
      main(['--help'], { stdout() {} }).then(() => {
        const loaded = Object.keys(require.cache).filter((path) => /@aws-sdk|@smithy|node_modules.yaml/.test(path));
        process.stdout.write(JSON.stringify(loaded));
      });`;
    const root = `${__dirname}/../..`;
    const output = execFileSync(
      process.execPath,
      ['--import', 'tsx', '--input-type=commonjs', '--eval', script],
      { cwd: root, encoding: 'utf8' },
    );
    expect(JSON.parse(output)).toEqual([]);
  });
});

describe('wrong usage', () => {
  test.each([
    [['depoly'], "unknown command 'depoly' (Did you mean deploy?)"],
    [['deploy', '--imgae', 'x'], "unknown option '--imgae' (Did you mean --image?)"],
    [['deploy', '--image'], "option '--image <reference>' argument missing"],
    [['deploy', 'staging', 'extra'], "too many arguments for 'deploy'"],
    [['render', 'taskdef', 'servicdef'], 'unexpected argument "servicdef" (did you mean "servicedef"?)'],
    [['rehearse'], '"rehearse" is started by the slipway command itself'],
  ])('%j', async (argv, message) => {
    const made = project({ 'slipway.yml': config, 'td.json': taskDefinition });
    const { code, stdout, stderr } = await made.run(argv);
    expect({ code, stdout }).toEqual({ code: 40, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('[USAGE]');
  });

  test('with --json is one object on stdout', async () => {
    const { code, stdout } = await empty().run(['--json', 'nope']);
    expect(code).toBe(40);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'error',
      code: 'USAGE',
      message: "unknown command 'nope'",
      exitCode: 40,
    });
  });
});

test('global options stand before or behind the command', async () => {
  const made = project({ 'other.yml': config, 'td.json': taskDefinition });
  const before = await made.run(['--config', 'other.yml', '--json', 'render', 'task-definition']);
  const behind = await made.run(['render', 'task-definition', '--json', '--config', 'other.yml']);
  expect(before.code).toBe(0);
  expect(behind.stdout).toBe(before.stdout);
  expect(JSON.parse(before.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
    type: 'result',
    documents: [{ family: 'web' }],
  });
});

test('goes on when nobody reads what it prints', async () => {
  await main(['nope'], { stderr: () => {}, env: {} });
  const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  expect(() => process.stdout.emit('error', closed)).not.toThrow();
  expect(process.stdout.listenerCount('error')).toBe(1);
});

describe('a bug', () => {
  const run = async (argv: string[]) => {
    const made = project({ 'slipway.yml': config, 'td.json': taskDefinition });
    const output = { stdout: '', stderr: '' };
    const code = await main(argv, {
      cwd: made.directory,
      env: {},
      stdout: (text) => void (output.stdout += text),
      stderr: (text) => void (output.stderr += text),
      signal: new AbortController().signal,
      isTerminal: false,
      sink: () => {
        throw new TypeError('broken on purpose');
      },
    });
    return { code, ...output };
  };

  test('says that it is one, with its stack only where it is asked for', async () => {
    const { code, stdout, stderr } = await run(['check']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('this is a bug: TypeError: broken on purpose');
    expect(stderr).not.toContain('    at ');
    expect((await run(['check', '--verbose'])).stderr).toContain('    at ');
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a run that waits, with 130', async (signal) => {
  const before = process.listenerCount(signal);
  const server = createServer(() => process.emit(signal));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const made = project({
    'slipway.yml': `${config}outputs: "http://127.0.0.1:${port}/state"\n`,
    'td.json': taskDefinition,
  });
  let stderr = '';
  const code = await main(['render'], {
    cwd: made.directory,
    env: {},
    stdout: () => {},
    stderr: (text) => void (stderr += text),
    isTerminal: false,
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(code).toBe(130);
  expect(stderr).toContain('interrupted');
  expect(process.listenerCount(signal)).toBe(before);
});
