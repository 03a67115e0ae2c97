import { readFileSync } from 'node:fs';
import type { Cancel } from '../clock';

/** Milliseconds of real time between two looks. Reading one process takes some 20 microseconds. */
const interval = 250;

interface Watched {
  pid: number;
  /** Bytes. */
  limit: number;
  exceeded: () => void;
}

/**
 * Watches the resident memory of process trees, where the system has /proc. It takes the place of the kernel's own
 * limit of a container, so a process that grows fast gets somewhat further here.
 */
export class MemoryWatch {
  private readonly watched = new Set<Watched>();
  private timer: NodeJS.Timeout | undefined;

  /** Calls `exceeded` once when the process and its descendants hold more than `limit` MiB. */
  add(pid: number, limit: number, exceeded: () => void): Cancel {
    const entry: Watched = { pid, limit: limit * 1024 * 1024, exceeded };
    this.watched.add(entry);
    this.timer ??= setInterval(() => this.look(), interval).unref();
    return () => {
      this.watched.delete(entry);
      if (this.watched.size > 0) return;
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }

  private look(): void {
    for (const entry of this.watched) {
      if (residentBytes(entry.pid) <= entry.limit) continue;
      this.watched.delete(entry);
      entry.exceeded();
    }
  }
}

/** Of a process and all that descend from it; 0 where it is gone or the system does not tell. */
export function residentBytes(pid: number): number {
  const pages = Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0);
  const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ');
  return children
    .filter((child) => child !== '')
    .reduce((sum, child) => sum + residentBytes(Number(child)), pages * pageSize());
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

let knownPageSize: number | undefined;

/** Node does not tell the page size, but it tells the same figure in bytes that /proc has in pages. */
function pageSize(): number {
  if (knownPageSize === undefined) {
    const pages = Number(read('/proc/self/statm').split(' ')[1] ?? 0);
    const bytes = process.memoryUsage.rss();
    knownPageSize = pages > 0 ? 2 ** Math.round(Math.log2(bytes / pages)) : 4096;
  }
  return knownPageSize;
}
