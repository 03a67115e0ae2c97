import { readLibrary } from '../../rehearsal/scenario/library';
import { rehearse, repository } from './front-door';

interface Ran {
  name: string;
  ok: boolean;
  failures: string[];
}

const ran = new Map<string, Ran>();
let log = '';
let exitCode: number | undefined;

/** All of them at once, some side by side: each waits more than it works. They start the bundle, as people do. */
beforeAll(async () => {
  const result = await rehearse(['run', '--all', '--json', '--at-once', '3']);
  ({ exitCode, stderr: log } = result);
  const { scenarios } = JSON.parse(result.stdout) as { scenarios: Ran[] };
  for (const one of scenarios) ran.set(one.name, one);
}, 600_000);

test.each(readLibrary(repository).map(({ name, scenario }) => [name, scenario.title]))('%s: %s', (name) => {
  const { ok, failures } = ran.get(name) ?? { ok: false, failures: ['it did not run'] };
  if (!ok) throw new Error(`${failures.join('\n')}\n\n${playOf(name)}`);
});

test('the exit code says whether all went as expected', () => {
  expect(exitCode).toBe([...ran.values()].every(({ ok }) => ok) ? 0 : 1);
});

/** What was printed about one that failed: from its mark to the next. */
function playOf(name: string): string {
  const [, play = ''] = new RegExp(`^(✗ ${name}\\n(?:(?![✓✗] ).*\\n)*)`, 'm').exec(log) ?? [];
  return play;
}
