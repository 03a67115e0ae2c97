import { main } from '../../src/cli';
import { SlipwayError } from '../../src/errors';
import type { Event } from '../../src/events';
import { createReporter } from '../../src/report/create-reporter';
import { withoutCommands } from '../../src/report/workflow-commands';

/** What the runner does with each line: `::name ...::` at its begin, or `##[name` anywhere, is a command. */
function commandsIn(output: string): string[] {
  return output
    .split(/\r\n|\r|\n/)
    .flatMap((line) => /^\s*::([\w-]+)[^:]*::/.exec(line)?.[1] ?? /##\[([\w-]+)/.exec(line)?.[1] ?? []);
}

const lines = [
  '::error::all is lost',
  '   ::add-mask::e',
  '\t::stop-commands::forever',
  '::set-output name=image::evil',
  'progress 1\r::error file=a.ts,line=1::overwritten',
  'deep inside ##[error]this counts too',
  '\u0085::warning::next line',
];
const harmless = ['ns::Class::method', 'Error: a::b', '::', '## [heading]', 'a :: b ::'];

function print(json: boolean, env: Record<string, string>): { stdout: string; stderr: string } {
  const printed = { stdout: '', stderr: '' };
  const reporter = createReporter({
    json,
    isTerminal: false,
    stdout: (text) => void (printed.stdout += text),
    stderr: (text) => void (printed.stderr += text),
    env,
  });
  const events: Event[] = [...lines, ...harmless].flatMap((line): Event[] => [
    { type: 'log', at: undefined, task: '1', container: 'web', line },
    { type: 'log', at: undefined, task: '1', container: 'web', line, step: 'migrate' },
    { type: 'task-stopped', task: '1', stopCode: undefined, reason: line, exitCode: 1 },
    { type: 'service-event', at: new Date(0), message: line },
  ]);
  events.forEach(reporter.sink);
  reporter.error(new SlipwayError('STEP_FAILED', `migrate failed: ::error::x\n::error::y`));
  return printed;
}

it('no text of others is a workflow command in the log of GitHub', () => {
  const { stdout, stderr } = print(false, { GITHUB_ACTIONS: 'true' });
  expect(commandsIn(stdout)).toEqual([]);
  // The one that slipway itself means.
  expect(commandsIn(stderr)).toEqual(['error']);
  for (const line of harmless) expect(stdout).toContain(`${line}\n`);
  expect(stdout.replaceAll('\u200b', '')).toContain('::error::all is lost\n   ::add-mask::e\n');
});

it('JSON means the same, and has no command either', () => {
  const { stdout, stderr } = print(true, { GITHUB_ACTIONS: 'true' });
  expect(commandsIn(stdout)).toEqual([]);
  expect(commandsIn(stderr)).toEqual(['error']);
  const said = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { line?: string });
  expect(said.flatMap(({ line }) => line ?? [])).toEqual(expect.arrayContaining(lines));
});

it('elsewhere what a container writes is what is printed', () => {
  const { stdout } = print(false, {});
  for (const line of [...lines, ...harmless]) expect(stdout).toContain(`${line}\n`);
});

it('leaves what is none as it is', () => {
  for (const line of harmless) expect(withoutCommands(line)).toBe(line);
});

it('an error whose message has one is none', async () => {
  let stderr = '';
  const exitCode = await main(['deploy', '--config', 'x\n::error::y::z'], {
    env: { GITHUB_ACTIONS: 'true' },
    stdout: () => undefined,
    stderr: (text) => void (stderr += text),
    isTerminal: false,
  });
  expect(exitCode).toBe(40);
  expect(commandsIn(stderr)).toEqual(['error']);
});
