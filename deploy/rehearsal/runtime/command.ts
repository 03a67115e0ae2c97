import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, posix, resolve } from 'node:path';
import type { ContainerLaunch } from './runtime';

/** What a container runs, on this machine. */
export interface ResolvedCommand {
  file: string;
  args: readonly string[];
}

/** Why it cannot run, worded as ECS on Fargate does. */
export interface CommandFailure {
  reason: string;
}

/** Fargate puts these words before what runc says; from stopped reasons that people reported. */
const cannotStart =
  'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: ' +
  'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';

/**
 * Entry point and command as Docker merges them: an entry point of the container definition takes the image's
 * command away. Empty where neither names a program.
 */
export function commandLine(launch: ContainerLaunch): readonly string[] {
  const { image } = launch;
  const given = launch.command ?? [];
  if (launch.entryPoint !== undefined && launch.entryPoint.length > 0)
    return [...launch.entryPoint, ...given];
  return [...image.entryPoint, ...(given.length > 0 ? given : image.command)];
}

/**
 * Finds the program of a command line. `node` is the Node that runs this; a path of the image is found in its files;
 * any other program is taken from this machine. Arguments that are paths of files in the image are mapped too.
 *
 * @param root the image's files. @param folder the working directory, on this machine.
 */
export function resolveCommand(
  words: readonly string[],
  root: string,
  folder: string,
  path: string,
): ResolvedCommand | CommandFailure {
  const [program, ...rest] = words;
  if (program === undefined || program === '') {
    return { reason: 'CannotCreateContainerError: Error response from daemon: No command specified' };
  }
  const file = findProgram(program, root, folder, path);
  if ('reason' in file) return file;
  return { file: file.file, args: rest.map((word) => mapPath(word, root)) };
}

/** An absolute path that exists in the image, where it lies on this machine; anything else as it is. */
export function mapPath(word: string, root: string): string {
  if (!word.startsWith('/') || word === '/') return word;
  const mapped = join(root, posix.normalize(word));
  return existsSync(mapped) ? mapped : word;
}

function findProgram(
  program: string,
  root: string,
  folder: string,
  path: string,
): { file: string } | CommandFailure {
  const mapped = mapPath(program, root);
  if (mapped === program && posix.basename(program) === 'node') return { file: process.execPath };
  if (program.includes('/')) {
    const file = isAbsolute(mapped) ? mapped : resolve(folder, mapped);
    if (!existsSync(file)) return failure(program, `stat ${program}: no such file or directory`);
    return isExecutable(file) ? { file } : failure(program, 'permission denied');
  }
  // Windows looks programs up by more rules than are worth repeating; a failure to start says enough.
  if (process.platform === 'win32') return { file: program };
  const found = path
    .split(delimiter)
    .map((entry) => join(entry, program))
    .find(isExecutable);
  return found === undefined ? failure(program, 'executable file not found in $PATH') : { file: found };
}

/** The failure of a program that the system refused to start. */
export function failure(program: string, why: string): CommandFailure {
  return { reason: `${cannotStart}exec: "${program}": ${why}` };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
