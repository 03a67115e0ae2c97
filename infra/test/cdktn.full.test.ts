import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { stacksNow } from './golden';
import type { StackDocument } from './synth';

type Stacks = Record<string, Record<string, StackDocument>>;

interface Pins {
  required_providers: { aws: { version: string } };
}

/**
 * CDK Terrain (`cdktn`), CDKTF's successor, and its build of the AWS provider under CDKTF's names: the same sources make the
 * same stacks. Version 6 of the AWS provider comes with it.
 */
const folder = join(__dirname, 'cdktn');
const directory = mkdtempSync(join(tmpdir(), 'slipway-cdktn-'));
const missing = install();
const suite = missing === undefined ? describe : describe.skip;

suite(`under cdktn${missing === undefined ? '' : ` (${missing})`}`, () => {
  let before: Stacks;
  let after: Stacks;

  beforeAll(() => {
    before = stacksNow();
    const bundle = join(directory, 'synthesise.cjs');
    buildSync({
      entryPoints: [join(folder, 'synthesise.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      external: ['cdktf', '@cdktf/*', 'constructs'],
      logLevel: 'silent',
    });
    const output = join(directory, 'stacks.json');
    execFileSync(process.execPath, [bundle, output], { cwd: directory, stdio: 'pipe' });
    after = JSON.parse(readFileSync(output, 'utf8')) as Stacks;
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

  test('it is another package, and another version of the provider', () => {
    const own = createRequire(join(directory, 'it.cjs'));
    expect((own('cdktf/package.json') as { name: string }).name).toBe('cdktn');
    expect((own('@cdktf/provider-aws/package.json') as { name: string }).name).toBe('@cdktn/provider-aws');
    expect(versions(after)).toEqual(['6']);
    expect(versions(before)).toEqual(['5']);
  });

  test('makes the same stacks', () => {
    expect(plain(after)).toEqual(plain(before));
  });
});

/** Major versions of the AWS provider that stacks ask for. */
function versions(stacks: Stacks): (string | undefined)[] {
  const pins = Object.values(stacks).flatMap((byName) =>
    Object.values(byName).map(({ terraform }) => terraform as unknown as Pins),
  );
  return [...new Set(pins.map(({ required_providers }) => required_providers.aws.version.split('.')[0]))];
}

/** Without what the tool notes about itself, and without the provider's version. */
function plain(stacks: Stacks): unknown {
  return JSON.parse(
    JSON.stringify(stacks, (member, value: unknown) =>
      member === '//' || member === 'required_providers' ? undefined : value,
    ),
  );
}

/** @returns why it could not be installed. */
function install(): string | undefined {
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(folder, file), join(directory, file));
  const args = [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--fetch-retries=1',
    '--fetch-timeout=120000',
  ];
  try {
    execFileSync('npm', args, { cwd: directory, stdio: 'pipe', shell: process.platform === 'win32' });
    return undefined;
  } catch (error) {
    if (existsSync(join(directory, 'node_modules')))
      rmSync(join(directory, 'node_modules'), { recursive: true, force: true });
    const said = String((error as { stderr?: Buffer }).stderr ?? error);
    // Anything else is a mistake in what is committed.
    if (!/E(CONN\w+|AI_AGAIN|NOTFOUND|TIMEDOUT|NETUNREACH)|E40[13]|network/.test(said)) throw error;
    return 'missing: the npm registry does not answer';
  }
}
