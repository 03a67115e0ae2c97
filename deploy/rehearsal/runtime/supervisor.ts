import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Keeps a list of process groups, and kills them all when its standard input ends, which is when the process that
 * started it is gone, however that ended. It needs about a megabyte; `$1` is a folder to remove at the end.
 */
const shellSupervisor = `
trap '' INT TERM HUP
groups=
while read -r verb group; do
  case $verb in
    add) groups="$groups $group" ;;
    drop) kept=; for one in $groups; do [ "$one" = "$group" ] || kept="$kept $one"; done; groups=$kept ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done
rm -rf -- "$1"
`;

/**
 * Enters itself in the list before it becomes the program, through file descriptor 3: no moment is left in which the
 * parent could die without the supervisor knowing of the new process.
 */
const shellWrapper = `echo "add $$" >&3; exec "$@" 3>&-`;

const nodeSupervisor = `
const { spawnSync } = require('node:child_process');
const groups = new Set();
const lines = require('node:readline').createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [verb, group] = line.split(' ');
  if (verb === 'add') groups.add(group);
  if (verb === 'drop') groups.delete(group);
});
lines.on('close', () => {
  for (const group of groups) spawnSync('taskkill', ['/pid', group, '/t', '/f']);
  require('node:fs').rmSync(process.argv[1], { recursive: true, force: true, maxRetries: 5 });
});
`;

const windows = process.platform === 'win32';

/** A shell passes on only variables that it could name itself, and `spring.datasource.url` is a fine name for ECS. */
const shellName = /^[A-Za-z_]\w*$/;

/** Starts processes that do not outlive this one, each leading a group of its own. */
export class Supervisor {
  private process: ChildProcess | undefined;
  private readonly groups = new Set<number>();
  private closed = false;

  /** @param directory removed when the supervisor ends. */
  constructor(private readonly directory: string) {}

  /** As `child_process.spawn`, with all output piped or ignored; see `SpawnOptions`. */
  start(
    file: string,
    args: readonly string[],
    options: Pick<SpawnOptions, 'cwd' | 'env'> & { output: 'pipe' | 'ignore' },
  ): ChildProcess {
    const { cwd, env, output } = options;
    const input = this.input();
    const common = { cwd, env, windowsHide: true } as const;
    const wrapped = !windows && Object.keys(env ?? {}).every((name) => shellName.test(name));
    const child = wrapped
      ? spawn('/bin/sh', ['-c', shellWrapper, 'sh', file, ...args], {
          ...common,
          detached: true,
          stdio: ['ignore', output, output, input],
        })
      : spawn(file, args, { ...common, detached: !windows, stdio: ['ignore', output, output] });
    const { pid } = child;
    if (pid === undefined) return child;
    this.groups.add(pid);
    if (!wrapped) input.write(`add ${pid}\n`);
    child.once('exit', () => {
      // What it started and left behind goes with it, as everything in a container does with its first process.
      killGroup(pid);
      this.groups.delete(pid);
      if (this.process !== undefined) this.input().write(`drop ${pid}\n`);
    });
    return child;
  }

  /** Ends every group; resolves when the supervisor has ended too. */
  async close(): Promise<void> {
    this.closed = true;
    for (const group of this.groups) killGroup(group);
    const supervisor = this.process;
    this.process = undefined;
    if (supervisor === undefined || supervisor.exitCode !== null || supervisor.signalCode !== null) return;
    supervisor.ref();
    const ended = new Promise((resolve) => supervisor.once('exit', resolve));
    supervisor.stdin?.end();
    await ended;
  }

  /** Standard input of the supervisor, which is started when first needed and anew should it be killed. */
  private input(): Socket {
    if (this.process === undefined) {
      const [file, args] = windows
        ? [process.execPath, ['-e', nodeSupervisor, this.directory]]
        : ['/bin/sh', ['-c', shellSupervisor, 'sh', this.directory]];
      const supervisor = spawn(file, args, {
        detached: true,
        stdio: ['pipe', 'ignore', 'ignore'],
        env: windows ? process.env : { PATH: process.env.PATH },
        cwd: windows ? undefined : '/',
        windowsHide: true,
      });
      supervisor.stdin.on('error', () => undefined);
      supervisor.once('exit', () => {
        if (this.process !== supervisor) return;
        this.process = undefined;
        if (!this.closed && this.groups.size > 0) this.input();
      });
      supervisor.unref();
      (supervisor.stdin as Socket).unref();
      this.process = supervisor;
      for (const group of this.groups) supervisor.stdin.write(`add ${group}\n`);
    }
    return this.process.stdin as Socket;
  }
}

/** Kills a group by the id of its leader; does nothing where none is left. */
export function killGroup(leader: number): void {
  if (windows) {
    spawn('taskkill', ['/pid', String(leader), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on(
      'error',
      () => undefined,
    );
    return;
  }
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // EPERM is what macOS says where only ended processes are left that nobody has waited for.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
