import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** terraform said no. Holds what it said. */
export class TerraformError extends Error {
  readonly code = 'TERRAFORM_FAILED';

  constructor(
    readonly command: string,
    readonly directory: string,
    readonly output: string,
  ) {
    super(`${command} failed in ${directory}\n${output}`);
    this.name = 'TerraformError';
  }
}

export interface TerraformRun {
  file: string;
  args: readonly string[];
  directory: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Exit codes that are no failure. */
  accepted: readonly number[];
  signal: AbortSignal | undefined;
  /** Hears standard output, line by line. */
  onLine: ((line: string) => void) | undefined;
}

const ERROR_LINES = 60;

/**
 * Runs terraform once. An abort interrupts it as Ctrl-C does: it ends what it is at and saves its state.
 * @throws TerraformError for any exit code that is not accepted.
 */
export function runTerraform(run: TerraformRun): Promise<{ exitCode: number; stdout: string }> {
  return new Promise((resolve, reject) => {
    const command = `terraform ${run.args[0]}`;
    const child = spawn(run.file, run.args, {
      cwd: run.directory,
      env: run.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const interrupt = () => child.kill('SIGINT');
    run.signal?.addEventListener('abort', interrupt, { once: true });
    const stdout: string[] = [];
    const stderr: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      stdout.push(line);
      run.onLine?.(line);
    });
    createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
    child.on('error', (error) => reject(new TerraformError(command, run.directory, error.message)));
    child.on('close', (code) => {
      run.signal?.removeEventListener('abort', interrupt);
      if (code !== null && run.accepted.includes(code))
        resolve({ exitCode: code, stdout: stdout.join('\n') });
      else {
        const said = stderr.length > 0 ? stderr : stdout;
        reject(new TerraformError(command, run.directory, said.slice(-ERROR_LINES).join('\n')));
      }
    });
  });
}
