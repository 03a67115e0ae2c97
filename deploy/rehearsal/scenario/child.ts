import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';

export interface ChildResult {
  exitCode: number;
  stdout: string;
  stderr: string;
  seconds: number;
}

export interface ChildOptions {
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** Hears standard error line by line, while the child runs. */
  onLine?: (line: string) => void;
  /** Is given a way to send the child a signal, once it runs. */
  onStart?: (kill: (signal: NodeJS.Signals) => void) => void;
}

/**
 * Runs a program to its end and keeps what it printed. An abort sends SIGTERM; the result is then whatever the
 * child made of it. Never rejects for an exit code, only where the program cannot be started.
 */
export function runChild(file: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = () => child.kill('SIGTERM');
    options.signal.addEventListener('abort', stop, { once: true });
    options.onStart?.((signal) => child.kill(signal));
    let stdout = '';
    const stderr: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const lines = createInterface({ input: child.stderr });
    lines.on('line', (line) => {
      stderr.push(line);
      options.onLine?.(line);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      options.signal.removeEventListener('abort', stop);
      resolve({
        exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]),
        stdout,
        stderr: stderr.join('\n'),
        seconds: (performance.now() - started) / 1000,
      });
    });
  });
}
