import type { JobRecord, RunRecord, StepRecord } from '../report/records';

/** What can be watched while runs go on. */
export type RunEvent =
  | { kind: 'run started'; run: RunRecord }
  | { kind: 'run ended'; run: RunRecord }
  | { kind: 'job waits'; run: RunRecord; job: JobRecord }
  | { kind: 'job started'; run: RunRecord; job: JobRecord }
  | { kind: 'job ended'; run: RunRecord; job: JobRecord }
  | { kind: 'step started'; run: RunRecord; job: JobRecord; step: string }
  | { kind: 'step ended'; run: RunRecord; job: JobRecord; step: StepRecord }
  | { kind: 'line'; run: RunRecord; job: JobRecord; line: string };
