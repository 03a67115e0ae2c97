import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UsageError } from '../errors';

/**
 * Looks for the first of these programs on PATH.
 * @throws UsageError that says what it is for and how to get it.
 */
export function findTool(
  names: readonly string[],
  missing: { purpose: string; install: string },
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const extensions = process.platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD').split(';') : [''];
  const directories = (env.PATH ?? env.Path ?? '').split(delimiter).filter((directory) => directory !== '');
  for (const name of names) {
    for (const directory of directories) {
      for (const extension of extensions) {
        const file = join(directory, `${name}${extension}`);
        if (isExecutable(file)) return file;
      }
    }
  }
  throw new UsageError(
    `${names.join(' or ')} is not on PATH; ${missing.purpose}. To get it: ${missing.install}`,
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
