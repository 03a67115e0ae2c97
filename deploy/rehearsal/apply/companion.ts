import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that runs beside this one and ends with it, however this one ends. */
export interface Companion {
  /**
   * Waits for a line, of standard output or error, that matches.
   * @throws Error with its last lines when it ends first, or when `milliseconds` have passed.
   */
  line(pattern: RegExp, milliseconds: number): Promise<RegExpExecArray>;
  /** Ends it and whatever it started. Harmless when it has ended. */
  stop(): Promise<void>;
}

const KEPT_LINES = 30;
const PATIENCE = 5_000;

/**
 * The shell between holds a pipe from this process open and ends the whole group once the pipe closes, so that even
 * SIGKILL leaves nothing behind. The program runs in the background; the shell ends with its exit code. The second
 * `wait` is for a first that SIGTERM interrupted: whoever ends here is reaped here.
 */
const GUARD = `
exec 3<&0
"$@" 3<&- </dev/null &
program=$!
{ cat <&3 >/dev/null; kill -TERM 0; } &
trap : TERM
wait $program
code=$?
kill -0 $program 2>/dev/null && { wait $program; code=$?; }
trap '' TERM
kill -TERM 0
wait
exit $code
`;

export function startCompanion(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Companion {
  const windows = process.platform === 'win32';
  const [program, ...rest] = windows ? [file, ...args] : ['sh', '-c', GUARD, 'sh', file, ...args];
  const child = spawn(program, rest, {
    env: env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: !windows,
  });
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      for (const listen of listeners) listen(line);
    });
  }
  // A pipe that breaks says the same as the exit that follows.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(`ended with ${signal ?? `exit code ${code}`}`));
  });

  return {
    line: (pattern, milliseconds) =>
      new Promise((resolve, reject) => {
        const fail = (why: string) => finish(() => reject(new Error(`${file} ${why}\n${lines.join('\n')}`)));
        const timer = setTimeout(() => fail(`was not ready after ${milliseconds / 1000} s`), milliseconds);
        const listen = (line: string) => {
          const match = pattern.exec(line);
          if (match) finish(() => resolve(match));
        };
        const finish = (settle: () => void) => {
          clearTimeout(timer);
          listeners.delete(listen);
          settle();
        };
        listeners.add(listen);
        lines.forEach(listen);
        void ended.then(fail);
      }),
    async stop() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      signalGroup(child, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), PATIENCE);
      await closed;
      clearTimeout(timer);
    },
  };
}

function signalGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    if (child.pid === undefined || process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It ended in between.
  }
}
