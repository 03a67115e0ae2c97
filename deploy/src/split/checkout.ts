import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { shownPath } from '../files';

/** A clone that holds infrastructure, an app and the workflows that ship it. */
export interface Checkout {
  root: string;
  /** Where the app lies in it, with forward slashes and none at the end: `app`. */
  app: string;
  /** Name of the config file in the app's directory. */
  config: string;
  /** Every file that git has or would take, relative to the root, with forward slashes. */
  files: readonly string[];
}

export const workflows = ['.github/workflows/deploy.yml', '.github/workflows/rollback.yml'];

/**
 * @param path of the app's config file
 * @throws SlipwayError USAGE where it does not lie in a clone that can be split
 */
export async function openCheckout(context: Context, path: string): Promise<Checkout> {
  const directory = dirname(path);
  const shown = shownPath(context.cwd, directory);
  // Asked for as relative paths: git writes absolute ones in its own way on Windows and behind links.
  const place = await git(context, directory, ['rev-parse', '--show-prefix', '--show-cdup'], shown);
  const [prefix = '', up = ''] = place.split('\n');
  if (prefix === '') {
    throw new SlipwayError('USAGE', `${shown} is the top of its repository: there is nothing to split off`, {
      hint: 'init --split takes an app out of a repository that holds infrastructure too',
    });
  }
  const root = join(directory, up);
  const listed = await git(
    context,
    root,
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    shown,
  );
  const files: string[] = [];
  for (const file of new Set(listed.split('\0'))) {
    const found = file === '' ? undefined : await stat(join(root, file)).catch(() => undefined);
    if (found?.isFile() === true) files.push(file);
  }
  const app = prefix.replace(/\/$/, '');
  const wanted = [...workflows, 'package.json', `${app}/package.json`];
  const missing = wanted.filter((file) => !files.includes(file));
  if (missing.length > 0) {
    throw new SlipwayError(
      'USAGE',
      `${shownPath(context.cwd, root)} cannot be split: it has no ${missing.join(', ')}`,
      { hint: 'run it in a clone of the repository that holds infrastructure, app and workflows' },
    );
  }
  return { root, app, config: path.slice(directory.length + 1), files };
}

/** @returns the text of a file of the checkout, undefined where there is none. */
export async function textOf({ root, files }: Checkout, path: string): Promise<string | undefined> {
  return files.includes(path) ? readFile(join(root, path), 'utf8') : undefined;
}

/** The owner on GitHub of the remote `origin`, where it has one. */
export async function originOwner(context: Context, { root }: Checkout): Promise<string | undefined> {
  const url = await git(context, root, ['remote', 'get-url', 'origin'], '').catch(() => '');
  return /github\.com[:/]([^/]+)\/[^/]+$/.exec(url.trim())?.[1];
}

async function git(
  { env }: Context,
  directory: string,
  args: readonly string[],
  shown: string,
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', args, {
      cwd: directory,
      // A hook of git says which repository it is in; this is about another.
      env: { ...env, GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined },
      maxBuffer: 2 ** 28,
    });
    return stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const why = code === 'ENOENT' ? 'there is no git on this machine' : (stderr ?? '').trim();
    throw new SlipwayError('USAGE', `${shown} is not in a clone that git can read: ${why}`, {
      hint: 'init --split runs in a clone: git tells which files are the app, and which are build output',
      cause: error,
    });
  }
}
