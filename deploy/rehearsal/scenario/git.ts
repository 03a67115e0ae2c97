import { execFile } from 'node:child_process';

/** The commit that is checked out; forty zeros where the folder is no git repository or has no commit yet. */
export function gitHead(directory: string): Promise<string> {
  return new Promise((resolve) => {
    execFile('git', ['rev-parse', 'HEAD'], { cwd: directory }, (error, stdout) => {
      resolve(error ? '0'.repeat(40) : stdout.trim());
    });
  });
}
