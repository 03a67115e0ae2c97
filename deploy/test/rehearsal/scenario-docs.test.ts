import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as file from '../../rehearsal/scenario/file/scenario';
import { readScenario } from '../../rehearsal/scenario/file/read-scenario';
import type { Keys } from '../../rehearsal/scenario/file/reader';
import { readLibrary } from '../../rehearsal/scenario/library';
import { rehearse, repository } from './front-door';
import { keysTable, libraryTable } from './scenario-tables';
import { scratch } from './support';

const read = (name: string) =>
  readFileSync(join(repository, 'deploy', 'docs', name), 'utf8').replaceAll('\r\n', '\n');
const page = read('scenarios.md');
const folder = scratch();

/** The rows of the table under a heading, as they are generated: Prettier widens cells. */
function rowsUnder(heading: string): string {
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`the page has no heading "${heading}"`);
  const end = page.indexOf('\n#', start + heading.length + 1);
  const rows = page.slice(start, end < 0 ? undefined : end).match(/^\| `.*\|$/gm) ?? [];
  return rows.map((row) => `${row.replace(/ +\|/g, ' |').replace(/\| \|/g, '|  |')}\n`).join('');
}

test.each<[string, Keys]>([
  ['## The file', file.scenarioKeys],
  ['## start', file.startKeys],
  ['## change', file.definitionKeys],
  ['## meanwhile', file.meanwhileKeys],
  ['### fault', file.faultKeys],
  ['### stop-task', file.stopTaskKeys],
  ['### call', file.callKeys],
  ['### expect, of another command', file.endKeys],
  ['## expect', file.expectKeys],
  ['### service and afterwards', file.serviceKeys],
  ['### tasks', file.taskKeys],
  ['### deployments', file.deploymentKeys],
])('"%s" has every key with its meaning, and no other', (heading, keys) => {
  expect(rowsUnder(heading)).toBe(keysTable(keys));
});

test('no table of keys is missing', () => {
  const tables = Object.keys(file).filter((name) => name.endsWith('Keys'));

  expect(tables).toHaveLength(12);
});

test('the library is on the page as it is', () => {
  expect(rowsUnder('## The library')).toBe(libraryTable(readLibrary(repository)));
});

test('the example is a scenario', () => {
  const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  const path = join(folder, 'example.yml');
  writeFileSync(path, example);

  expect(readScenario(path).run).toBe('slipway deploy staging --image $REPOSITORY:ok-2');
});

test('the page of the rehearsal leads here, and has every option of serve', async () => {
  const rehearsal = read('rehearsal.md');

  const { stdout } = await rehearse(['serve', '--help']);
  const options = [...stdout.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name);

  expect(rehearsal).toContain('(scenarios.md)');
  expect(options).toContain('--state');
  const listed = [...rehearsal.matchAll(/^\| `(--[\w-]+)[^`]*` +\|/gm)].map(([, name]) => name);
  expect(listed).toEqual(options);
});
