import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { generatedFiles } from './generated-files';

/**
 * Writes every committed file that is generated. With `--check` it writes none, and ends with 1 where one differs
 * from what would be written.
 */
function main(argv: readonly string[]): number {
  const root = resolve(__dirname, '..');
  const files = generatedFiles();
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

process.exitCode = main(process.argv.slice(2));
