import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, globalOptions } from '../../src/commands/table';
import { environmentOptions } from '../../src/config/run-options';
import { compatibleVersion } from '../../src/config/required-version';
import { configSchema, type KeySchema } from '../../src/config/schema';

const page = readFileSync(join(__dirname, '../../docs/ecspresso.md'), 'utf8').replaceAll('\r\n', '\n');

interface Row {
  name: string;
  verdict: string;
  how: string;
}

/** The rows of the table below a heading. */
function rows(heading: string): Row[] {
  const section = page.split(/^## /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| (.+?) +\| (\w+) +\| (.*?) *\|$/gm)]
    .map(([, name = '', verdict = '', how = '']) => ({ name: name.replace(/^`(.*)`$/, '$1'), verdict, how }))
    .filter(({ name }) => name !== 'ecspresso');
}

const all = ['Commands', 'Global flags', 'Flags of commands', 'Keys of the config', 'Functions of templates'];
const same = (heading: string) =>
  rows(heading)
    .filter(({ verdict }) => verdict === 'same')
    .map(({ name }) => name);
const flagsOf = (options: readonly { flags: string }[]) =>
  options.map(({ flags }) => /--[\w-]+/.exec(flags)?.[0]);

test.each(all)('%s: every row says same, better (how) or not (why)', (heading) => {
  const found = rows(heading);
  expect(found.length).toBeGreaterThan(5);
  const bad = found.filter(
    ({ verdict, how }) => !['same', 'better', 'not'].includes(verdict) || (verdict !== 'same' && how === ''),
  );
  expect(bad).toEqual([]);
  expect(new Set(found.map(({ name }) => name)).size).toBe(found.length);
});

test('what the page calls the same exists here', () => {
  const names = commands.map(({ name }) => name);
  expect(same('Commands').filter((name) => !names.includes(name))).toEqual([]);
  expect(same('Global flags').filter((flag) => !flagsOf(globalOptions).includes(flag))).toEqual([]);
  const missing = same('Flags of commands').filter((text) => {
    const [name, flag] = text.split(' ');
    const options = flagsOf(commands.find((one) => one.name === name)?.options ?? []);
    return flag?.startsWith('--') ? !options.includes(flag) : name !== 'render';
  });
  expect(missing).toEqual([]);
  const keyOf = (path: string) =>
    path
      .replaceAll('[]', '')
      .split('.')
      .reduce<KeySchema | undefined>((schema, key) => schema?.keys?.[key], configSchema);
  expect(same('Keys of the config').filter((path) => keyOf(path) === undefined)).toEqual([]);
});

test('flags and commands that the page sends to exist', () => {
  const known = new Set([
    ...flagsOf(globalOptions),
    ...commands.flatMap(({ options }) => flagsOf(options)),
    '--version',
    '--help',
  ]);
  const sent = all
    .flatMap(rows)
    .flatMap(({ verdict, how }) => (verdict === 'not' ? [] : (how.match(/--[a-z][\w-]+/g) ?? [])));
  expect(sent.filter((flag) => !known.has(flag))).toEqual([]);
});

test('the level of compatibility and the variables are those of the code', () => {
  expect(page).toContain(`ecspresso ${compatibleVersion};`);
  const variables = new Set(page.match(/ECSPRESSO_\w+/g));
  expect([...variables].sort()).toEqual(
    [...Object.values(environmentOptions), 'ECSPRESSO_DEBUG', 'ECSPRESSO_LOG_FORMAT'].sort(),
  );
});
