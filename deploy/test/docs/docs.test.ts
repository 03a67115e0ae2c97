import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { rehearseProgram } from '../../rehearsal/main';
import { commands, globalOptions, rehearse } from '../../src/commands/table';
import { parseConfig } from '../../src/config/load-config';
import { configSchema } from '../../src/config/schema';
import { catalogue, exitCodes } from '../../src/errors';
import { exitMeanings } from '../../src/exit-meanings';
import { checks } from '../../src/preflight/table';
import { buildProgram } from '../../src/program';
import { infrastructureFunctions, unreadFunctions } from '../../src/session';
import {
  blocksIn,
  brokenLink,
  codeIn,
  commandLinesIn,
  filesBelow,
  generated,
  linksIn,
  proseIn,
  readPages,
  repository,
  type Page,
} from './pages';

const pages = readPages();
const written = pages.filter(({ path }) => !generated.includes(path));
const readme = pages.find(({ path }) => path === 'README.md') as Page;

/** `path:line: what` of everything that is wrong. */
function wrong<T extends { line: number }>(
  where: readonly Page[],
  find: (page: Page) => readonly T[],
  problemOf: (found: T, page: Page) => string | undefined,
): string[] {
  return where.flatMap((page) =>
    find(page).flatMap((found) => {
      const problem = problemOf(found, page);
      return problem === undefined ? [] : [`${page.path}:${found.line}: ${problem}`];
    }),
  );
}

/** What the real parser says of a command line. */
function parseProblem(words: readonly string[]): string | undefined {
  const quiet = () => undefined;
  const [name = ''] = words;
  const known = [...commands.map((one) => one.name), rehearse.name];
  if (/^[A-Z]+$/.test(name) || name.startsWith('--')) return undefined;
  if (!known.includes(name)) return `there is no command "${name}"`;
  const program =
    name === rehearse.name
      ? rehearseProgram(
          {
            repository,
            env: {},
            stdout: quiet,
            stderr: quiet,
            signal: new AbortController().signal,
          },
          quiet,
        )
      : buildProgram({ stdout: quiet }, words, () => Promise.resolve());
  // Nothing is to run: only what the parser thinks of it counts.
  for (const command of [program, ...program.commands]) command.action(quiet).exitOverride();
  try {
    program.parse(name === rehearse.name ? words.slice(1) : [...words], { from: 'user' });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    return `slipway ${words.join(' ')}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The rows of the table under a heading, cell by cell. */
function rowsUnder({ text }: Page, heading: string): string[][] {
  const section = text.split(/^#+ /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\|(.*)\|$/gm)]
    .map(([, row = '']) => row.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .slice(2);
}

it('every command line in the pages is one that slipway takes', () => {
  const lines = written.flatMap(commandLinesIn);
  expect(lines.length).toBeGreaterThan(50);
  expect(wrong(written, commandLinesIn, ({ words }) => parseProblem(words))).toEqual([]);
});

it('the README lists every command, and only those', () => {
  const listed = rowsUnder(readme, 'Commands').flatMap(([names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(listed.sort()).toEqual([...commands.map(({ name }) => name), rehearse.name].sort());
});

it('the README lists every exit code with what it means', () => {
  expect(rowsUnder(readme, 'Exit codes')).toEqual(
    Object.entries(exitCodes).map(([name, code]) => [
      String(code),
      exitMeanings[name as keyof typeof exitCodes].replaceAll('diff --exit-code', '`diff --exit-code`'),
    ]),
  );
});

it('every flag that the pages name exists', () => {
  const flagsOf = (options: readonly { flags: string }[]) =>
    options.flatMap(({ flags }) => flags.match(/--[\w-]+/g) ?? []);
  const ofRehearsal = rehearseProgram(
    { repository, env: {}, stdout: () => {}, stderr: () => {}, signal: new AbortController().signal },
    () => undefined,
  );
  const known = new Set([
    ...flagsOf(globalOptions),
    ...commands.flatMap(({ options }) => flagsOf(options)),
    ...[ofRehearsal, ...ofRehearsal.commands].flatMap(({ options }) => flagsOf(options)),
    '--version',
    '--help',
  ]);
  // Of ecspresso, docker, terraform and the AWS CLI: their own pages say what they take.
  const foreign = /ecspresso|^(docker|aws|terraform|tofu|npm|npx cdktf|git|pip|curl) /;
  const found = (page: Page) =>
    page.path.endsWith('/ecspresso.md')
      ? []
      : codeIn(page.text)
          .filter(({ text }) => !foreign.test(text))
          .flatMap(({ text, line }) =>
            (text.match(/(?<![\w-])--[a-z][\w-]*/g) ?? []).map((flag) => ({ flag, line })),
          );
  expect(wrong(pages, found, ({ flag }) => (known.has(flag) ? undefined : `there is no ${flag}`))).toEqual(
    [],
  );
});

it('every relative link leads somewhere, to a heading too', () => {
  expect(pages.flatMap(linksIn).length).toBeGreaterThan(40);
  expect(wrong(pages, linksIn, ({ target }, page) => brokenLink(page, target))).toEqual([]);
});

it('the list of pages has every page', () => {
  const index = pages.find(({ path }) => path === 'deploy/docs/README.md') as Page;
  const linked = new Set(linksIn(index).map(({ target }) => target));
  const names = readdirSync(join(repository, 'deploy/docs')).filter((name) => name.endsWith('.md'));
  expect(names.filter((name) => name !== 'README.md' && !linked.has(name))).toEqual([]);
});

it('every block of slipway.yml is one that slipway takes', async () => {
  const keys = Object.keys(configSchema.keys ?? {});
  const blocks = pages.flatMap(({ path, text }) =>
    blocksIn(text)
      .filter(({ language, text: block }) => {
        const top = [...block.matchAll(/^([\w$-]+):/gm)].map(([, key = '']) => key);
        return language === 'yaml' && top.some((key) => keys.includes(key)) && !top.includes('run');
      })
      .map((block) => ({ path, ...block })),
  );
  expect(blocks.length).toBeGreaterThan(3);
  const functions = new Map(unreadFunctions([], [...infrastructureFunctions, 'output']));
  const context = {
    cwd: repository,
    env: {},
    stdout: () => {},
    stderr: () => {},
    signal: new AbortController().signal,
    isTerminal: false,
    sink: () => {},
  };
  const problems: string[] = [];
  for (const { path, line, text } of blocks) {
    const source = { file: `${path}:${line}`, text };
    await parseConfig(context, join(repository, 'slipway.yml'), source, functions, { partial: true }).catch(
      (error: unknown) => problems.push(error instanceof Error ? error.message : String(error)),
    );
  }
  expect(problems).toEqual([]);
});

const sources = [
  'deploy/src',
  'deploy/rehearsal',
  'deploy/schema',
  'deploy/bin',
  'scripts',
  'infra',
  '.github',
  'app/src',
]
  .flatMap(filesBelow)
  .filter((file) => /\.(ts|js|mjs|json|yml|sh)$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(repository, file), 'utf8') }));
const all = sources.map(({ text }) => text).join('\n');

it('every word in capitals is an error, a variable or a word of AWS that the code knows', () => {
  const found = ({ text }: Page) =>
    codeIn(text).flatMap(({ text: code, line }) =>
      (code.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? []).map((word) => ({ word, line })),
    );
  const isKnown = (word: string) => word in catalogue || new RegExp(`\\b${word}\\b`).test(all);
  expect(wrong(written, found, ({ word }) => (isKnown(word) ? undefined : `nothing knows ${word}`))).toEqual(
    [],
  );
});

it('errors have the exit code that the pages say', () => {
  const found = ({ text }: Page) =>
    proseIn(text)
      .split('\n')
      .flatMap((row, index) => {
        const said = [
          ...row.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`[^`|;.]*?\((?:exit code )?(\d+)\)/g),
          ...row.matchAll(/^\| `([A-Z]+(?:_[A-Z]+)*)` *\| (\d+) *\|/g),
        ];
        return said.map(([, code = '', exit]) => ({ code, exit: Number(exit), line: index + 1 }));
      });
  expect(written.flatMap(found).length).toBeGreaterThan(10);
  const problem = ({ code, exit }: { code: string; exit: number }) => {
    const known = (catalogue as Record<string, number>)[code];
    return known === exit ? undefined : `${code} ends with ${known ?? 'nothing'}, not ${exit}`;
  };
  expect(wrong(written, found, problem)).toEqual([]);
});

describe('variables.md', () => {
  const page = pages.find(({ path }) => path === 'deploy/docs/variables.md') ?? { path: '', text: '' };
  const documented = new Set(
    [...page.text.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([A-Z][A-Z0-9_]*)`/g)].map(([, name = '']) => name),
    ),
  );
  /** `env.NAME`, `env['NAME']`, and names that are taken out of it. */
  const read = (folder: string) =>
    sources
      .filter(({ file }) => file.startsWith(folder))
      .flatMap(({ text }) => [
        ...[...text.matchAll(/\benv(?:\?\.|\.)([A-Z][A-Z0-9_]+)/g)].map(([, name = '']) => name),
        ...[...text.matchAll(/\benv\??\.?\['([A-Z][A-Z0-9_]+)'\]/g)].map(([, name = '']) => name),
        ...[...text.matchAll(/\{([^{}]*)\}\s*=\s*(?:[\w.]+\.)?env\b/g)].flatMap(([, names = '']) =>
          [...names.matchAll(/\b([A-Z][A-Z0-9_]+)\b/g)].map(([, name = '']) => name),
        ),
        ...(text.match(/\b(?:SLIPWAY|ECSPRESSO)_[A-Z_]+\b/g) ?? []),
      ]);

  it('has every variable that slipway reads', () => {
    const names = new Set(read('deploy/src/'));
    expect(names.size).toBeGreaterThan(15);
    expect([...names].filter((name) => !documented.has(name)).sort()).toEqual([]);
  });

  it('has every variable of our own, wherever it is read', () => {
    const own = new Set(all.match(/\bSLIPWAY_[A-Z_]+\b(?!\))/g));
    expect([...own].filter((name) => !documented.has(name)).sort()).toEqual([]);
  });

  it('has no variable that nothing reads', () => {
    expect([...documented].filter((name) => !new RegExp(`\\b${name}\\b`).test(all)).sort()).toEqual([]);
  });
});

it('the numbers of checks are the number of checks', () => {
  const found = ({ text }: Page) =>
    text.split('\n').flatMap((row, index) =>
      [...row.matchAll(/\b(\d+) checks\b/g)].map(([, count]) => ({
        count: Number(count),
        line: index + 1,
      })),
    );
  expect(
    wrong(written, found, ({ count }) => (count === checks.length ? undefined : `${count} checks`)),
  ).toEqual([]);
  const preflight = pages.find(({ path }) => path === 'deploy/docs/preflight.md') as Page;
  expect(rowsUnder(preflight, 'The checks').map(([name]) => name)).toEqual(
    checks.map(({ name }) => `\`${name}\``),
  );
});
