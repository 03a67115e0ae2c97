import { fstatSync, readFileSync, statSync } from 'node:fs';

const CHECK_MILLISECONDS = 200;
const linux = process.platform === 'linux';

/** An ancestor, and what it was doing when it was last seen. */
interface Ancestor {
  pid: number;
  /** It did something else beside waiting for what it had started here. */
  busy: boolean;
}

/**
 * Calls `gone` once when a process that started this one was killed, by SIGKILL too: nobody is left then to end this
 * one. A shell that put this process into the background, went on to other things and came to its end was not killed:
 * all goes on then, as it does in a process group of its own (`setsid`, a terminal's job).
 * @returns what ends the watch.
 */
export function onParentGone(gone: () => void): () => void {
  let chain = watched();
  if (chain.length === 0) return () => undefined;
  const timer = setInterval(() => {
    const now = linux ? ancestors() : [{ pid: process.ppid, busy: false }];
    const lost = chain.find(({ pid }, index) => now[index]?.pid !== pid);
    if (lost === undefined) {
      chain = now.slice(0, chain.length);
      return;
    }
    clearInterval(timer);
    if (!lost.busy) gone();
  }, CHECK_MILLISECONDS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Whose end matters: the parent first, as far as they share the process group. */
function watched(): Ancestor[] {
  if (process.platform === 'win32' || process.ppid <= 1) return [];
  if (linux) return ancestors();
  // Elsewhere only the parent is known; a shell gives what it puts into the background an empty standard input.
  return isEmptyInput() ? [] : [{ pid: process.ppid, busy: false }];
}

function ancestors(): Ancestor[] {
  const own = readStat(process.pid);
  if (own === undefined || own.group === process.pid) return [];
  const chain: Ancestor[] = [];
  for (let [pid, child] = [own.parent, process.pid]; pid > 1;) {
    const facts = readStat(pid);
    if (facts === undefined || facts.state === 'Z' || facts.group !== own.group) break;
    chain.push({ pid, busy: facts.state === 'R' || hasOtherChildren(pid, child) });
    [pid, child] = [facts.parent, pid];
  }
  return chain;
}

/** Source: proc_pid_stat(5). The name of the program, in parentheses, may hold anything. */
function readStat(pid: number): { state: string; parent: number; group: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent), group: Number(group) };
  } catch {
    return undefined;
  }
}

function hasOtherChildren(pid: number, child: number): boolean {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return children.some((one) => Number(one) !== child);
  } catch {
    return false;
  }
}

function isEmptyInput(): boolean {
  try {
    return fstatSync(0).rdev === statSync('/dev/null').rdev;
  } catch {
    return true;
  }
}
