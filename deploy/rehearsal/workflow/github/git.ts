import { spawn } from 'node:child_process';
import { devNull } from 'node:os';

export interface GitOptions {
  directory: string;
  env?: Readonly<Record<string, string>>;
  input?: string | Buffer;
}

/** Nothing of the person's own settings, hooks or identity. */
const ownEnvironment = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'rehearsal',
  GIT_AUTHOR_EMAIL: 'rehearsal@example.invalid',
  GIT_COMMITTER_NAME: 'rehearsal',
  GIT_COMMITTER_EMAIL: 'rehearsal@example.invalid',
};

/** Runs git. @returns its standard output. @throws Error with what git said. */
export function git(args: readonly string[], options: GitOptions): Promise<string> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, {
      cwd: options.directory,
      env: { ...Object.fromEntries(inherited), ...ownEnvironment, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('error', (error) => reject(new Error(`git cannot be started: ${error.message}`)));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('close', (code) => {
      if (code === 0) return resolve(Buffer.concat(output).toString('utf8'));
      const said = Buffer.concat(errors).toString('utf8').trim();
      reject(new Error(`git ${args.join(' ')} ended with ${code}: ${said}`));
    });
  });
}
