import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export const appDirectory = join(__dirname, '..', '..');
/** What an image is built from: this folder, or the workspace around it. */
export const buildContext = [appDirectory, dirname(appDirectory)].find((directory) =>
  existsSync(join(directory, '.dockerignore')),
)!;
const nodeModules = dirname(dirname(require.resolve('fastify/package.json')));

/** An empty folder that is gone after the test file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-app-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }));
  return directory;
}

/** Makes dependencies resolvable for programs compiled into `directory`. */
export function linkDependencies(directory: string): void {
  symlinkSync(nodeModules, join(directory, 'node_modules'), 'junction');
}

/** Compiles a file of test/fixtures; the result is the path of a program in `directory`. */
export function compileFixture(name: string, directory: string): string {
  const output = join(directory, `${name}.js`);
  const esbuild = join(nodeModules, 'esbuild', 'bin', 'esbuild');
  const source = join(appDirectory, 'test', 'fixtures', `${name}.ts`);
  const result = spawnSync(
    process.execPath,
    [
      esbuild,
      source,
      '--bundle',
      '--packages=external',
      '--platform=node',
      '--log-level=warning',
      `--outfile=${output}`,
    ],
    { encoding: 'utf8' },
  );
  if (result.status !== 0) throw new Error(`esbuild failed: ${result.stderr}`);
  return output;
}

export type LogLine = Readonly<Record<string, unknown>> & { level: string; message: string };

export interface Ended {
  code: number | null;
  signal: string | null;
}

/** A Node program whose standard output is JSON lines. */
export class Program {
  readonly lines: LogLine[] = [];
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;
  private readonly waiting = new Set<() => void>();
  private stderr = '';
  private over = false;

  constructor(
    args: readonly string[],
    options: { cwd: string; environment?: Readonly<Record<string, string>> },
  ) {
    const { PATH, SystemRoot } = process.env;
    this.child = spawn(process.execPath, args, {
      cwd: options.cwd,
      env: { PATH, SystemRoot, HOST: '127.0.0.1', PORT: '0', ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    createInterface({ input: this.child.stdout! }).on('line', (line) => {
      this.lines.push(JSON.parse(line) as LogLine);
      this.wake();
    });
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.over = true;
        this.wake();
        resolve({ code, signal });
      });
    });
  }

  /** The first log line whose message holds `text`; fails when the program ends without one. */
  async line(text: string): Promise<LogLine> {
    for (;;) {
      const found = this.lines.find(({ message }) => message.includes(text));
      if (found) return found;
      if (this.over) throw new Error(`ended without "${text}": ${JSON.stringify(this.lines)} ${this.stderr}`);
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** The address that the service listens on, without a slash at its end. */
  async url(): Promise<string> {
    const { message } = await this.line('Server listening at');
    return message.replace('Server listening at ', '');
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends the program whatever it does; for afterEach. */
  async kill(): Promise<void> {
    if (!this.over) this.child.kill('SIGKILL');
    await this.ended;
  }

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
