import { spawn } from 'node:child_process';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { packageText, withUsedOverrides, type PackageJson } from './package-json';

/** The lock file is there, or why it is not. */
export type LockFile = { written: true } | { written: false; reason: string };

const FILE = 'package-lock.json';

/**
 * Makes package-lock.json by npm, out of the workspace's own: what the app was tested with is what it keeps. npm needs
 * the registry only for what that one does not have.
 * @throws SlipwayError INTERRUPTED
 */
export async function writeLockFile(
  context: Context,
  directory: string,
  own: PackageJson,
  workspace: string | undefined,
): Promise<LockFile> {
  const path = join(directory, FILE);
  let reason = '';
  for (const network of workspace === undefined ? [true] : [false, true]) {
    if (workspace !== undefined) await copyFile(workspace, path);
    const failed = await npm(context, directory, network);
    if (failed === undefined) {
      const text = packageText(withUsedOverrides(own, await readFile(path, 'utf8')));
      await writeFile(join(directory, 'package.json'), text);
      return { written: true };
    }
    reason = failed;
    // Half of another package's lock file is worse than none.
    await rm(path, { force: true });
  }
  return { written: false, reason };
}

/** @returns why it failed. */
async function npm(context: Context, directory: string, network: boolean): Promise<string | undefined> {
  const args = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { failed, output } = await new Promise<{ failed: boolean; output: string }>((resolve) => {
    let output = '';
    const child = spawn('npm', [...args, network ? '--prefer-offline' : '--offline'], {
      cwd: directory,
      // What npm says of a package that runs it, as `npm run` does, would point at that one.
      env: Object.fromEntries(
        Object.entries(context.env).filter(
          ([name]) =>
            !/^npm_/i.test(name) || /^npm_config_(registry|userconfig|globalconfig|cache)$/i.test(name),
        ),
      ),
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
      signal: context.signal,
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({
        failed: true,
        output: error.code === 'ENOENT' ? 'there is no npm on this machine' : error.message,
      }),
    );
    child.once('close', (code) => resolve({ failed: code !== 0, output }));
  });
  if (context.signal.aborted) throw new SlipwayError('INTERRUPTED', 'interrupted: nothing was written');
  if (!failed) return undefined;
  const lines = output.split('\n').map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim());
  return (
    lines.find((line) => line !== '' && !/^(npm warn|code|syscall|path|errno|dest)\b/i.test(line)) ??
    'npm ended with an error'
  );
}
