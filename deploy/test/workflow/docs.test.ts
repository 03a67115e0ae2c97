import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rehearseProgram } from '../../rehearsal/main';
import { standIns } from '../../rehearsal/workflow/stand-ins';
import { repository } from '../rehearsal/front-door';

const page = readFileSync(join(repository, 'deploy', 'docs', 'workflows.md'), 'utf8').replaceAll(
  '\r\n',
  '\n',
);

/** The rows of the table under a heading, without the spaces that Prettier adds. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [table = ''] = section.split('\n## ');
  return [...table.matchAll(/^\| `(.+?)` +\| (.+?) +\|$/gm)].map(([, name = '', text = '']) => [name, text]);
}

test('the page lists every stand-in with what it does, and no other', () => {
  expect(rowsUnder('Stand-ins')).toEqual(standIns.map(({ name, summary }) => [name, summary]));
});

test('the page lists every option as the help does, and no other', () => {
  const context = {
    repository,
    env: {},
    stdout: () => undefined,
    stderr: () => undefined,
    signal: new AbortController().signal,
  };
  const program = rehearseProgram(context, () => undefined);
  const command = program.commands.find((one) => one.name() === 'workflow');
  expect(rowsUnder('Options')).toEqual(
    command?.options.map(({ flags, description }) => [flags, description]),
  );
});
