import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultNames } from '../../rehearsal/faults';
import { doings, meanwhileKeys } from '../../rehearsal/scenario/file/scenario';
import { readLibrary } from '../../rehearsal/scenario/library';
import { rehearse, repository } from './front-door';

const folder = join(repository, 'deploy', 'rehearsal', 'scenarios');
const files = readdirSync(folder);
const library = readLibrary(repository);

describe('the library', () => {
  test.each(files)('%s is a scenario', (file) => {
    expect(file).toMatch(/^[a-z]+(-[a-z]+)*\.yml$/);
    expect(library.map(({ name }) => `${name}.yml`)).toContain(file);
  });

  test('has at least 25, no two with the same title', () => {
    const titles = library.map(({ scenario }) => scenario.title);

    expect(titles.length).toBeGreaterThanOrEqual(25);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test('shows every fault, every doing and everything that can be waited for', () => {
    const meanwhile = library.flatMap(({ scenario }) => scenario.meanwhile ?? []);
    const shown = (name: string) =>
      meanwhile.some((doing) => doing[name as keyof typeof meanwhileKeys] !== undefined);

    expect(faultNames.filter((fault) => !meanwhile.some((doing) => doing.fault?.name === fault))).toEqual([]);
    expect(Object.keys(doings).filter((doing) => !shown(doing))).toEqual([]);
    expect(['once', 'traffic', 'after'].filter((moment) => !shown(moment))).toEqual([]);
  });

  test('shows every outcome, and every exit code that a deploy can have but those of bugs and of bad input', () => {
    const expected = library.flatMap(({ scenario: { expect: end, meanwhile = [] } }) => [
      end,
      ...meanwhile.flatMap((doing) => doing.expect ?? []),
    ]);
    const outcomes = new Set(expected.map(({ outcome }) => outcome));
    const codes = new Set(expected.map(({ exit }) => exit));

    for (const outcome of [
      'live',
      'unchanged',
      'rolled-back',
      'superseded',
      'failed',
      'in-progress',
      'cancelled',
    ])
      expect(outcomes).toContain(outcome);
    for (const code of [0, 10, 12, 20, 21, 22, 23, 30, 31, 130]) expect(codes).toContain(code);
  });

  test('says nothing of how it came to be: no path of a machine, no name of a person', () => {
    for (const file of files)
      expect(readFileSync(join(folder, file), 'utf8')).not.toMatch(/\/(home|Users|work|tmp)\//);
  });
});

test('list shows them all, for people and for programs', async () => {
  const people = await rehearse(['list']);
  const programs = await rehearse(['list', '--json']);

  expect(people.exitCode).toBe(0);
  expect(programs.exitCode).toBe(0);
  const listed = JSON.parse(programs.stdout) as { name: string; title: string; learn: string }[];
  expect(listed.map(({ name }) => `${name}.yml`).sort()).toEqual([...files].sort());
  for (const { name, title, learn } of listed) {
    expect(people.stdout).toMatch(new RegExp(`^${name} +${title.replace(/[^\w ]/g, '.')}$`, 'm'));
    expect(learn.length).toBeGreaterThan(80);
  }
});

describe('run', () => {
  test('without a name says what it wants', async () => {
    const { exitCode, stderr } = await rehearse(['run']);

    expect(exitCode).toBe(40);
    expect(stderr).toBe(
      'slipway: which scenario? Name one or more, or --all; slipway rehearse list shows them\n',
    );
  });

  test('names every one that does not exist, with what was meant', async () => {
    const { exitCode, stderr, stdout } = await rehearse(['run', 'crash-at-strat', 'release', 'zzz']);

    expect(exitCode).toBe(40);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      'slipway: there is no scenario "crash-at-strat" (did you mean "crash-at-start"?): slipway rehearse list shows what there is\n' +
        'there is no scenario "zzz": slipway rehearse list shows what there is\n',
    );
  });

  test.each(['0', 'two', '1.5', '-1', ''])('--at-once %j is refused', async (atOnce) => {
    const { exitCode, stderr } = await rehearse(['run', '--all', '--at-once', atOnce]);

    expect(exitCode).toBe(40);
    expect(stderr).toContain('a whole number from 1 up is wanted');
  });

  test('plays one, says what happens, and hands the result to programs', async () => {
    const { exitCode, stdout, stderr } = await rehearse(['run', 'unchanged', '--json']);

    expect(stderr).toContain('Nothing has changed');
    expect(stderr).toContain('$ slipway deploy staging --image $REPOSITORY:ok-1');
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      scenarios: [
        {
          name: 'unchanged',
          title: 'Nothing has changed',
          ok: true,
          outcome: 'unchanged',
          exitCode: 0,
          seconds: expect.any(Number) as number,
          failures: [],
        },
      ],
    });
    expect(exitCode).toBe(0);
  });

  test('an interruption takes everything down', async () => {
    const stop = new AbortController();
    const { exitCode, stderr } = await rehearse(['run', 'release'], {
      signal: stop.signal,
      stderr: (text) => text.startsWith('$ ') && stop.abort(),
    });

    expect(exitCode).toBe(130);
    expect(stderr).toBe('');
  });
});
