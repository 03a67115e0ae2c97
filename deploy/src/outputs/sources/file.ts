import { readFile as read } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import type { Context } from '../../context';
import { SlipwayError } from '../../errors';
import { shownPath } from '../../files';

export async function readFile(
  context: Context,
  location: string,
  directory: string,
): Promise<{ text: string; path: string; shown: string }> {
  const path = location.startsWith('file://') ? fileOf(location) : resolve(directory, location);
  const shown = shownPath(context.cwd, path);
  try {
    return { text: await read(path, 'utf8'), path, shown };
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'is not there' : `cannot be read (${code})`;
    throw new SlipwayError('FILE_NOT_FOUND', `the outputs file ${shown} ${reason}`, {
      hint: 'apply the infrastructure first, or correct "outputs" in the config',
      cause: error,
    });
  }
}

/** `file:///absolute/path`, and `file://relative` as other tools take it. */
function fileOf(location: string): string {
  try {
    return fileURLToPath(location);
  } catch {
    return resolve(location.slice('file://'.length));
  }
}
