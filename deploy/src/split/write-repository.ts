import { chmod, mkdir, mkdtemp, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SlipwayError } from '../errors';

export interface RepositoryFile {
  /** Relative, with forward slashes. */
  path: string;
  content: string | Buffer;
  executable?: boolean;
}

/** @throws SlipwayError USAGE where the directory is a file, or has something in it */
export async function refuseUnlessEmpty(directory: string, shown: string): Promise<void> {
  try {
    const [first] = await readdir(directory);
    if (first === undefined) return;
    throw new SlipwayError('USAGE', `${shown} is not empty: it has ${first}; nothing was written`, {
      hint: 'name a directory that is not there yet',
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code === 'ENOTDIR') {
      throw new SlipwayError('USAGE', `${shown} is a file: nothing was written`, {
        hint: 'name a directory that is not there yet',
      });
    }
    throw error;
  }
}

/**
 * Writes all of it beside the target first, so that the target holds everything or is not there.
 * @param finish what else is done in there before it gets its name; where it throws, nothing is left
 */
export async function writeRepository<T>(
  target: string,
  shown: string,
  files: readonly RepositoryFile[],
  finish: (directory: string) => Promise<T>,
): Promise<T> {
  const parent = dirname(target);
  const made = await mkdir(parent, { recursive: true });
  const scratch = await mkdtemp(join(parent, `.${basename(target)}-`));
  try {
    for (const { path, content, executable } of files) {
      const file = join(scratch, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      if (executable === true) await chmod(file, 0o755);
    }
    const result = await finish(scratch);
    await chmod(scratch, 0o755);
    await refuseUnlessEmpty(target, shown);
    // Where an empty one is there already, not every system renames over it.
    await rmdir(target).catch(ignoreMissing);
    await rename(scratch, target);
    return result;
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    if (made !== undefined) await removeEmpty(parent, made);
    throw error;
  }
}

/** Directories that were made for nothing, unless somebody uses them by now. */
async function removeEmpty(directory: string, top: string): Promise<void> {
  try {
    await rmdir(directory);
    if (directory !== top) await removeEmpty(dirname(directory), top);
  } catch {
    return;
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
