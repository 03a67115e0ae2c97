import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseDockerfile, parseDockerignore } from './support/dockerfile';
import { appDirectory, buildContext } from './support/process';

const stages = parseDockerfile(readFileSync(join(appDirectory, 'Dockerfile'), 'utf8'));
const last = stages.at(-1)!.instructions;
const text = (name: string) =>
  last.filter((instruction) => instruction.name === name).map((each) => each.text);

test('every base is an exact version of an image in public.ecr.aws, or an earlier stage', () => {
  const names = stages.map(({ name }) => name);
  const bases = stages.map(({ from }) => from).filter((from) => !names.includes(from));
  expect(bases).not.toHaveLength(0);
  for (const base of bases)
    expect(base).toMatch(/^public\.ecr\.aws\/[\w./-]+:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/);
});

test('the image runs node itself, as a user by number that is not root', () => {
  expect(text('USER')).toEqual([expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
  expect(JSON.parse(text('CMD')[0]!)).toEqual(expect.arrayContaining(['node', 'dist/main.js']));
});

test('what is installed runs no script of a package, and the last stage installs nothing', () => {
  const installs = stages
    .flatMap(({ instructions }) => instructions)
    .filter((each) => each.text.includes('npm '));
  expect(installs).not.toHaveLength(0);
  for (const { text } of installs) expect(text).toMatch(/^npm ci .*--ignore-scripts/);
  expect(text('RUN')).toEqual([]);
});

test('only what the Dockerfile copies is sent to the engine', () => {
  const includes = parseDockerignore(readFileSync(join(buildContext, '.dockerignore'), 'utf8'));
  const own = (path: string) => join(relative(buildContext, appDirectory), path).replaceAll('\\', '/');
  const sent = ['package-lock.json', own('package.json'), own('src/main.ts')];
  const kept = ['.git/config', '.env', 'node_modules/fastify/fastify.js', 'infra/main.ts'];
  expect([...sent, ...kept, own('dist/main.js'), own('srcs/x')].filter(includes)).toEqual(sent);
});

test('an instruction that the replay does not know is an error', () => {
  expect(() => parseDockerfile('FROM scratch\nADD . .')).toThrow(
    'line 2: ADD is not an instruction that can be replayed',
  );
  expect(() => parseDockerfile('RUN true')).toThrow('line 1: RUN stands before the first FROM');
  expect(() => parseDockerignore('!app/**/*.ts')).toThrow('is not understood');
});
