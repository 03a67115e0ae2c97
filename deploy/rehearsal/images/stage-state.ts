import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';

/** A stage of a build while its instructions are replayed: its files in a folder, and its configuration. */
export class StageState {
  workingDirectory = '/';
  environment: Record<string, string> = {};
  /** Values of ARG instructions, which last to the end of the stage. */
  arguments: Record<string, string> = {};
  user = '';
  entryPoint: readonly string[] = [];
  command: readonly string[] = [];
  /** CMD of this stage itself: an ENTRYPOINT after it leaves it alone. */
  hasOwnCommand = false;

  constructor(readonly root: string) {}

  /** What variables stand for: ENV goes before ARG. */
  get variables(): Record<string, string> {
    return { ...this.arguments, ...this.environment };
  }

  /** Where a path of the image lies; a relative one starts in the working directory, and none leads out. */
  path(path: string): string {
    return join(this.root, this.absolute(path));
  }

  /** Absolute within the image, with `/`. */
  absolute(path: string): string {
    return posix.resolve('/', this.workingDirectory, path.replaceAll('\\', '/'));
  }

  /** An absolute path of the image, given to a program of this machine. */
  mapArgument(argument: string): string {
    if (!argument.startsWith('/') || argument === '/') return argument;
    const mapped = this.path(argument);
    return existsSync(mapped) ? mapped : argument;
  }

  /** As `FROM` an earlier stage begins: all but its arguments. The files are copied by the caller. */
  inherit(other: StageState): void {
    this.workingDirectory = other.workingDirectory;
    this.environment = { ...other.environment };
    this.user = other.user;
    this.entryPoint = other.entryPoint;
    this.command = other.command;
  }
}
