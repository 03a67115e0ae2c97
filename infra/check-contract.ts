import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { contract, type Contract } from './contract';
import { readAppBeside } from './contract-check/app-beside';
import { compareContract } from './contract-check/compare';
import { UncheckedError, readConsumers, type Consumer } from './contract-check/consumer';
import { publishedOutputs } from './contract-check/published';
import { SettingsError } from './settings/problems';
import { readVariables } from './settings/variables';

const usage = `Usage: tsx infra/check-contract.ts [--base contract.json] [--app DIRECTORY ...]

Compares what the infrastructure promises and publishes with what each app relies on: the lists in infra/consumers/
("slipway check --write-uses" writes them), and the apps of this repository.

  --base FILE  the contract.json of the branch that this one goes to: what no app relies on is then told too
  --app DIR    an app of this repository; may be given several times (default: app, where it has a slipway.yml)

Ends with 1 where an app would lose something, and with 2 where it could not be checked.`;

interface Streams {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** @returns the exit code. */
export function main(
  argv: readonly string[],
  { stdout, stderr }: Streams,
  env: NodeJS.ProcessEnv = process.env,
): number {
  try {
    const { base, app, help } = options(argv);
    if (help) return (stdout(`${usage}\n`), 0);
    const refused: string[] = [];
    const consumers: Consumer[] = readConsumers(join(__dirname, 'consumers'));
    const root = resolve(__dirname, '..');
    for (const directory of app ?? (existsSync(join(root, 'app/slipway.yml')) ? [join(root, 'app')] : [])) {
      const own = readAppBeside(
        resolve(directory),
        `${relative(root, resolve(directory)).replaceAll('\\', '/')}/`,
      );
      if ('refused' in own) refused.push(`${directory}: slipway check refuses it:\n${indent(own.refused)}`);
      else consumers.push(own);
    }
    const { problems, notes } = compareContract({
      contract,
      consumers,
      published: publishedOutputs(readVariables(env)),
      base: base === undefined ? undefined : readBase(base),
    });
    for (const note of notes) stdout(`note: ${note}\n`);
    const broken = [...refused, ...problems];
    if (broken.length > 0) {
      stderr(`apps would lose what they rely on:\n${broken.map((one) => `  - ${one}\n`).join('')}`);
      stderr('keep the output until each app has gone over to the new one, then take it away\n');
      return 1;
    }
    const count = new Set(consumers.flatMap(({ uses }) => uses.map(({ output }) => output))).size;
    stdout(
      consumers.length === 0
        ? 'no app is known: infra/consumers is empty\n'
        : `all ${count} outputs that apps rely on are there (${consumers.map((one) => one.app).join(', ')})\n`,
    );
    return 0;
  } catch (error) {
    if (!(error instanceof UncheckedError || error instanceof SettingsError)) throw error;
    stderr(`${error.message}\n`);
    return 2;
  }
}

function options(argv: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const known = { base: text, app: { ...text, multiple: true }, help: { type: 'boolean' } } as const;
    return parseArgs({ args: [...argv], options: known }).values;
  } catch (error) {
    throw new UncheckedError(`${(error as Error).message}\n${usage}`);
  }
}

function readBase(file: string): Contract {
  try {
    const { environment, service } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Contract>;
    if (environment !== undefined && service !== undefined) return { environment, service };
  } catch (error) {
    throw new UncheckedError(
      `--base ${file} cannot be read: ${(error as Error).message}\n  git show origin/main:app/ecs/contract.json writes it`,
    );
  }
  throw new UncheckedError(`--base ${file} is no contract.json: it has no "environment" and "service"`);
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}

if (require.main === module) {
  process.exitCode = main(process.argv.slice(2), {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
  });
}
