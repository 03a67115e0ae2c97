import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rehearse } from './front-door';
import { scratch } from './support';

const folder = scratch();
let count = 0;

/** Writes a file and runs it as a scenario. @returns what it says, with the file's name as FILE. */
async function run(text: string) {
  count += 1;
  const file = join(folder, `${count}.yml`);
  writeFileSync(file, text);
  const { exitCode, stdout, stderr } = await rehearse(['run', file]);
  expect(stdout).toBe('');
  return {
    exitCode,
    said: stderr
      .replace(/^slipway: /, '')
      .replaceAll(file, 'FILE')
      .trimEnd()
      .split('\n'),
  };
}

const small = `title: Small
learn: Nothing
start: { releases: [ok-1] }
run: slipway deploy staging --image $REPOSITORY:ok-1
expect: { exit: 0 }
`;

test.each<[string, string, string[]]>([
  ['an unknown key', `${small}epxect: 3\n`, ['FILE:6:9: unknown key "epxect" (did you mean "expect"?)']],
  [
    'an unknown key that is like no other',
    small.replace('{ exit: 0 }', '{ exit: 0, zebra: 1 }'),
    [
      'FILE:5:27: unknown key "expect.zebra"; known are exit, outcome, service, afterwards, events, no-events, tasks, deployments, report',
    ],
  ],
  [
    'a wrong type',
    small.replace('[ok-1]', 'ok-1'),
    ['FILE:3:20: "start.releases" must be a list, but is the string "ok-1"'],
  ],
  [
    'a wrong exit code',
    small.replace('exit: 0', 'exit: zero'),
    ['FILE:5:17: "expect.exit" must be a whole number from 0 up, but is the string "zero"'],
  ],
  [
    'two doings in one',
    `${small}meanwhile:\n  - { scale: 2, kill: SIGINT }\n`,
    [
      'FILE:7:5: "meanwhile[0]" must do exactly one of fault, clear, release, scale, stop-task, interrupt-spot, alarm, stop-deployment, continue-deployment, call, slipway, kill, but does scale, kill',
    ],
  ],
  [
    'no doing at all',
    `${small}meanwhile:\n  - after: 2s\n`,
    [
      'FILE:7:5: "meanwhile[0]" must do exactly one of fault, clear, release, scale, stop-task, interrupt-spot, alarm, stop-deployment, continue-deployment, call, slipway, kill, but does none',
    ],
  ],
  [
    'an expectation of what is no command',
    `${small}meanwhile:\n  - { scale: 2, expect: { exit: 0 } }\n`,
    ['FILE:7:5: "meanwhile[0]" has "expect", which only "slipway" can have'],
  ],
  [
    'a duration without a unit',
    `${small}meanwhile:\n  - { after: 20, scale: 1 }\n`,
    ['FILE:7:14: "meanwhile[0].after" must be a duration such as 500ms, 20s or 2m, but is the number 20'],
  ],
  [
    'a command that is not slipway',
    small.replace('slipway deploy', 'rm -r'),
    [
      'FILE:4:6: "run" must be a command of slipway, such as "slipway deploy staging --image $REPOSITORY:ok-2"',
    ],
  ],
  [
    'a setting that does not exist, and one of a wrong type',
    `${small}settings:\n  tik: 5\n  tick: fast\n  rateLimits: 1\n`,
    [
      'FILE:7:8: "settings.tik" is no setting of the rehearsal (did you mean "tick"?)',
      'FILE:8:9: "settings.tick" must be a number from 0 up, but is the string "fast"',
      'FILE:9:15: "settings.rateLimits" must be true or false, but is the number 1',
    ],
  ],
  [
    'several at once',
    'title: 5\nstart: {}\nrun: slipway status staging\nexpect: {}\n',
    [
      'FILE:1:1: the scenario lacks "learn": A paragraph: what there is to learn, in plain words.',
      'FILE:1:8: "title" must be a text, but is the number 5',
      'FILE:4:1: "expect" lacks "exit": The exit code.',
    ],
  ],
  [
    'Windows line ends',
    `${small}epxect: 3\n`.replaceAll('\n', '\r\n'),
    ['FILE:6:9: unknown key "epxect" (did you mean "expect"?)'],
  ],
])('%s', async (_name, text, problems) => {
  const { exitCode, said } = await run(text);

  expect(said.sort()).toEqual([...problems].sort());
  expect(exitCode).toBe(40);
});

test('an unknown fault, with the one that was meant', async () => {
  const { exitCode, said } = await run(`${small}meanwhile:\n  - fault: { name: trottling }\n`);

  expect(said.join()).toMatch(
    /^FILE:7:20: "meanwhile\[0\]\.fault\.name" must be one of throttling, .*, but is the string "trottling" \(did you mean "throttling"\?\)$/,
  );
  expect(exitCode).toBe(40);
});

test.each([
  ['an empty file', '', /^FILE:1:1: the scenario must hold keys with their values, but is null$/],
  ['a list', '- a\n', /^FILE:1:1: the scenario must hold keys with their values, but is a list/],
  ['broken YAML', 'title: "a\nlearn: b\n', /^FILE:\d:\d+: /],
  ['the same key twice', `${small}title: again\n`, /^FILE:6:1: .*unique/],
])('%s', async (_name, text, problem) => {
  const { exitCode, said } = await run(text);

  expect(said[0]).toMatch(problem);
  expect(exitCode).toBe(40);
});

test('a directory and a missing file cannot be read', async () => {
  mkdirSync(join(folder, 'directory.yml'));
  const { exitCode, stderr } = await rehearse([
    'run',
    join(folder, 'directory.yml'),
    join(folder, 'missing.yml'),
  ]);

  expect(stderr).toMatch(/directory\.yml cannot be read: EISDIR.*\n.*missing\.yml cannot be read: ENOENT/);
  expect(exitCode).toBe(40);
});

test('what does not go as expected is told, and makes the exit code 1', async () => {
  const file = join(folder, 'wrong.yml');
  const wrong = `title: Wrong
learn: A scenario whose expectations are wrong.
speed: 80
start: { releases: [ok-1], count: 1 }
env: { AWS_ACCESS_KEY_ID: other }
run: slipway deploy staging --image $REPOSITORY:ok-1
expect:
  exit: 21
  outcome: rolled-back
  service: { running: 2 }
  report: [no such words]
`;
  writeFileSync(file, wrong.replaceAll('\n', '\r\n'));
  const { exitCode, stdout } = await rehearse(['run', file, '--json']);

  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    scenarios: [
      {
        name: file,
        failures: [
          'exit code of the command: expected 21, found 0',
          'outcome of the command: expected rolled-back, found unchanged',
          'running of the service: expected 2, found 1',
          'the report does not say "no such words"',
        ],
      },
    ],
  });
  expect(exitCode).toBe(1);
});

test('a start that cannot be reached is no failure of the command', async () => {
  const file = join(folder, 'start.yml');
  writeFileSync(file, small.replace('{ releases: [ok-1] }', '{ releases: [ok-1], task: { cpu: "1" } }'));
  const { exitCode, stdout } = await rehearse(['run', file, '--json']);
  const [scenario] = (JSON.parse(stdout) as { scenarios: { outcome: string; failures: string[] }[] })
    .scenarios;

  expect(scenario?.outcome).toBe('not run');
  expect(scenario?.failures.join()).toMatch(/No Fargate configuration exists for given values/);
  expect(exitCode).toBe(1);
});
