import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SlipwayError } from '../errors';

export interface TextFile {
  /** Relative, with forward slashes. */
  path: string;
  text: string;
}

/** @throws SlipwayError USAGE where one of them is there already */
export async function refuseToOverwrite(directory: string, files: readonly string[]): Promise<void> {
  const present: string[] = [];
  for (const path of files) {
    const found = await stat(join(directory, path)).catch(() => undefined);
    if (found !== undefined) present.push(path);
  }
  if (present.length === 0) return;
  throw new SlipwayError('USAGE', `${present.join(', ')} would be overwritten: nothing was written`, {
    hint: 'move it away, run in another folder, or overwrite it with --force',
  });
}

export async function writeFiles(directory: string, files: readonly TextFile[]): Promise<void> {
  for (const { path, text } of files) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
