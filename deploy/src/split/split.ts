import { join, basename, relative, resolve, sep } from 'node:path';
import type { Context } from '../context';
import { exitCodes, SlipwayError } from '../errors';
import { shownPath } from '../files';
import type { Input } from '../commands/command';
import type { SplitResult } from '../release/result';
import { openConfig } from '../session';
import { openCheckout, originOwner } from './checkout';
import { writeLockFile, type LockFile } from './lock-file';
import { repositoryNeeds } from './needs';
import { nextSteps } from './next-steps';
import { packageName, packageText } from './package-json';
import { repositoryFiles } from './repository-files';
import { refuseUnlessEmpty, writeRepository } from './write-repository';

export interface SplitOptions {
  /** Where the new repository is to be, as given. */
  directory: string;
  dryRun: boolean;
}

/**
 * Lifts the app of this checkout out into a directory, which is then a repository that tests, builds, deploys and rolls
 * back by itself. The checkout is left as it is.
 * @throws SlipwayError USAGE, CONFIG_NOT_FOUND, FILE_NOT_FOUND, INTERRUPTED; nothing is written then
 */
export async function split(context: Context, input: Input, options: SplitOptions): Promise<SplitResult> {
  const open = await openConfig(context, input);
  const checkout = await openCheckout(context, open.path);
  const target = resolve(context.cwd, options.directory);
  const shown = shownPath(context.cwd, target);
  const inside = relative(checkout.root, target);
  if (inside === '' || !(inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside)) {
    throw new SlipwayError('USAGE', `${shown} lies in the clone that is to be split: nothing was written`, {
      hint: `name a directory beside it, such as ${join(shownPath(context.cwd, checkout.root), '..', 'web')}`,
    });
  }
  await refuseUnlessEmpty(target, shown);

  const services = open.provisional.config.services.map(({ service }) => service);
  const repository = await repositoryFiles(checkout, packageName(basename(target)), services);
  const { packageJson, doubtful } = repository;
  const files = [
    ...repository.files.filter(({ path }) => path !== 'package.json'),
    { path: 'package.json', content: packageText(packageJson) },
  ];
  const workspaceLock = checkout.files.includes('package-lock.json')
    ? join(checkout.root, 'package-lock.json')
    : undefined;
  const lockFile: LockFile | undefined = options.dryRun
    ? undefined
    : await writeRepository(target, shown, files, (directory) =>
        writeLockFile(context, directory, packageJson, workspaceLock),
      );

  const paths = [
    ...files.map(({ path }) => path),
    ...(lockFile?.written === false ? [] : ['package-lock.json']),
  ];
  const note = (level: 'info' | 'warning', message: string) => context.sink({ type: 'note', level, message });
  note('info', `${options.dryRun ? 'would write' : 'wrote'} ${paths.length} files to ${shown}`);
  if (lockFile?.written === false) {
    note(
      'warning',
      `package-lock.json is missing, since npm could not make it (${lockFile.reason}): "npm install --package-lock-only --ignore-scripts" there makes it`,
    );
  }
  for (const place of doubtful) note('warning', `this may still name a path as it was: ${place}`);
  return {
    kind: 'split',
    outcome: options.dryRun ? 'planned' : 'done',
    directory: target,
    files: paths.sort(),
    next: nextSteps({
      directory: shown,
      back: relative(target, checkout.root).replaceAll('\\', '/'),
      owner: await originOwner(context, checkout),
      repository: basename(target),
      services,
      needs: repositoryNeeds(files),
      hasLockFile: lockFile?.written !== false,
    }),
    exitCode: exitCodes.live,
  };
}
