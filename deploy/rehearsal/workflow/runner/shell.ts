import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { StepFailure } from '../errors';

/** The runner's own: a cancelled step hears SIGINT, after 7.5 seconds SIGTERM, and 2.5 later its end. */
const INTERRUPT_MILLISECONDS = 7_500;
const TERMINATE_MILLISECONDS = 2_500;
/** How long programs that a script left behind may hold its output open. */
const LEFT_BEHIND_MILLISECONDS = 1_000;

const templates: Readonly<Record<string, string>> = {
  bash: 'bash --noprofile --norc -eo pipefail {0}',
  sh: 'sh -e {0}',
  python: 'python {0}',
  pwsh: 'pwsh -command . {0}',
  node: 'node {0}',
};

export interface Script {
  text: string;
  /** As `shell:` has it; undefined for bash as the runner starts it without. */
  shell: string | undefined;
  /** Where the script itself is put. */
  file: string;
  directory: string;
  env: Readonly<Record<string, string>>;
  /** Cancels it. */
  signal: AbortSignal;
  onLine: (line: string) => void;
}

/** Runs a script to its end. @returns its exit code. @throws StepFailure where it cannot be started. */
export async function runScript(script: Script): Promise<number> {
  if (!existsSync(script.directory))
    throw new StepFailure(`the working directory ${script.directory} does not exist: was it checked out?`);
  const template = script.shell === undefined ? 'bash -e {0}' : (templates[script.shell] ?? script.shell);
  if (!template.includes('{0}')) {
    throw new StepFailure(
      `the shell "${template}" cannot be started: it needs {0}, for the file of the script, or is one of ${Object.keys(templates).join(', ')}`,
    );
  }
  writeFileSync(script.file, script.text.endsWith('\n') ? script.text : `${script.text}\n`, { mode: 0o755 });
  const [program = '', ...args] = template.trim().split(/\s+/);
  return runProgram(
    program,
    args.map((argument) => argument.replace('{0}', script.file)),
    script,
  );
}

/** Runs a program as a step runs it, in a process group of its own, of which nothing is left at the end. */
export function runProgram(
  program: string,
  args: readonly string[],
  { directory, env, signal, onLine }: Pick<Script, 'directory' | 'env' | 'signal' | 'onLine'>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: directory,
      env,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timers: NodeJS.Timeout[] = [];
    const killAll = () => {
      try {
        if (child.pid !== undefined)
          process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
      } catch {
        // It is gone already.
      }
    };
    const interrupt = () => {
      child.kill('SIGINT');
      timers.push(
        setTimeout(() => child.kill('SIGTERM'), INTERRUPT_MILLISECONDS),
        setTimeout(killAll, INTERRUPT_MILLISECONDS + TERMINATE_MILLISECONDS),
      );
    };
    if (signal.aborted) interrupt();
    signal.addEventListener('abort', interrupt, { once: true });
    const outputs = [child.stdout, child.stderr].map((stream) => readLines(stream, onLine));
    child.on('error', (error) => {
      signal.removeEventListener('abort', interrupt);
      reject(new StepFailure(`${program} cannot be started: ${error.message}`));
    });
    child.on('exit', (code, died) => {
      signal.removeEventListener('abort', interrupt);
      timers.forEach(clearTimeout);
      const patience = setTimeout(() => {
        killAll();
        child.stdout.destroy();
        child.stderr.destroy();
      }, LEFT_BEHIND_MILLISECONDS);
      void Promise.all(outputs).then(() => {
        clearTimeout(patience);
        killAll();
        resolve(code ?? 128 + (died === null ? 0 : constants.signals[died]));
      });
    });
  });
}

function readLines(stream: Readable, onLine: (line: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: stream });
    lines.on('line', onLine);
    lines.on('close', resolve);
    stream.on('close', () => lines.close());
  });
}
