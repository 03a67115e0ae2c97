import type { Finding } from './preflight/finding';
import type { Plan } from './release/plan';
import type { Result } from './release/result';

/**
 * What the library says while it works. It never prints: reporters turn these into lines for a terminal,
 * a CI log, JSON lines or a job summary.
 */
export type Event =
  | { type: 'phase'; phase: Phase; message: string }
  /** What is about to be done. */
  | { type: 'plan'; plan: Plan }
  | { type: 'note'; level: 'info' | 'warning'; message: string }
  | { type: 'service-event'; at: Date; message: string }
  | {
      type: 'progress';
      deployment: string;
      status: string;
      running: number;
      pending: number;
      desired: number;
      previousRunning: number;
      failed: number;
    }
  | {
      type: 'task-stopped';
      task: string;
      stopCode: string | undefined;
      reason: string;
      exitCode: number | undefined;
    }
  | { type: 'milestone'; milestone: 'serving' | 'drained'; seconds: number }
  | { type: 'heartbeat'; seconds: number; message: string }
  /** Something that preflight found. */
  | { type: 'finding'; finding: Finding }
  /** A line that a container wrote: data, on standard output. */
  | { type: 'log'; at: Date | undefined; task: string; container: string; line: string }
  /** What the command has to say in the end; the last event of a run. */
  | { type: 'result'; result: Result };

export type Phase =
  | 'outputs'
  | 'render'
  | 'preflight'
  | 'plan'
  | 'register'
  | 'update'
  | 'watch'
  | 'rollback'
  | 'explain'
  | 'delete'
  | 'step';

export type Sink = (event: Event) => void;
