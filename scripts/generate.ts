import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { generatedFiles } from './generated-files';
import { ACTION_BUNDLE, actionBundle } from './action-bundle';

/**
 * Writes every committed file that is generated; with `--bundle` only the action's bundle of the command. With `--check`
 * it writes none, and ends with 1 where one differs from what would be written.
 */
async function main(argv: readonly string[]): Promise<number> {
  const root = resolve(__dirname, '..');
  const bundle = { path: ACTION_BUNDLE, text: (await actionBundle()).text };
  const files = argv.includes('--bundle') ? [bundle] : [...generatedFiles(), bundle];
  const different = files.filter(({ path, text }) => readIfThere(join(root, path)) !== text);
  if (argv.includes('--check')) {
    for (const { path } of different) process.stderr.write(`${path} is not what "npm run generate" writes\n`);
    return different.length === 0 ? 0 : 1;
  }
  for (const { path, text } of different) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    process.stdout.write(`${path}\n`);
  }
  return 0;
}

/** Line ends do not count: a checkout on Windows may have changed them. */
function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll('\r\n', '\n') : undefined;
}

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
