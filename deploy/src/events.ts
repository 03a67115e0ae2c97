import type { Finding } from './preflight/finding';
import type { Plan } from './release/plan';
import type { DeploymentResult, Result } from './release/result';
import type { Rollout, TaskState } from './release/task-states';

/**
 * What the library says while it works. It never prints: reporters turn these into lines for a terminal,
 * a CI log, JSON lines or a job summary. Where several services are at work, each says which one it is about.
 */
export type Event = Happening & { service?: string };

export type Happening =
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
  /** Every task of the deployment and of those before it, with how the rollout goes; in a terminal only. */
  | { type: 'tasks'; deployment: string; tasks: readonly TaskState[]; rollout: Rollout }
  /** How long a deployment of this service takes: the median of its last successful ones. */
  | { type: 'estimate'; seconds: number; deployments: number }
  | { type: 'milestone'; milestone: 'serving' | 'drained'; seconds: number }
  | { type: 'heartbeat'; seconds: number; message: string }
  /** Something that preflight found. */
  | { type: 'finding'; finding: Finding }
  /** A line that a container wrote: data, on standard output; that of a release step belongs to the log. */
  | {
      type: 'log';
      at: Date | undefined;
      task: string;
      container: string;
      line: string;
      /** What a person sees before the line, where it is not clear whose it is. */
      prefix?: string;
      /** Name of the release step that wrote it. */
      step?: string;
    }
  /** One of several services has come to its end; the result of the run holds it again. */
  | { type: 'deployment'; result: DeploymentResult }
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
  | 'scale'
  | 'continue'
  | 'deregister'
  | 'step'
  | 'run';

export type Sink = (event: Event) => void;
