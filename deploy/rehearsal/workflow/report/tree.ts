import type { Annotation, Conclusion, JobRecord, RunRecord, StepRecord } from './records';
import type { RunEvent } from '../runner/events';

const marks: Readonly<Record<Conclusion, string>> = {
  success: '✓',
  failure: '✗',
  cancelled: '⊘',
  skipped: '-',
};
/** How much of a failed step's log is shown. */
const LAST_LINES = 25;

/** Tells runs as they go on: one line a job and a step; of a failed step the end of its log. */
export function tellRuns(
  write: (line: string) => void,
  options: { logs: boolean },
): (event: RunEvent) => void {
  const many = new Set<number>();
  const prefix = (run: RunRecord) => (many.size > 1 ? `#${run.number} ` : '');
  return (event) => {
    const { run } = event;
    many.add(run.id);
    switch (event.kind) {
      case 'run started':
        write(`${prefix(run)}${run.workflow}: ${run.title} (${run.event}, ${run.sha.slice(0, 7)})`);
        break;
      case 'job started':
        write(`${prefix(run)}▸ ${event.job.name}`);
        break;
      case 'job waits':
        write(`${prefix(run)}… ${event.job.name} ${event.job.reason}`);
        break;
      case 'line':
        if (options.logs) write(`${prefix(run)}    ${event.line}`);
        break;
      case 'step ended':
        for (const line of stepLines(event.step, options.logs)) write(`${prefix(run)}  ${line}`);
        break;
      case 'job ended':
        write(`${prefix(run)}${jobLine(event.job)}`);
        break;
      case 'run ended':
        break;
      case 'step started':
        break;
    }
  };
}

function stepLines(step: StepRecord, logsShown: boolean): string[] {
  const head = `${marks[step.conclusion]} ${step.name}${step.conclusion === 'skipped' ? '' : `  ${step.seconds.toFixed(1)} s`}`;
  if (step.outcome !== 'failure' || logsShown) return [head];
  const lines = step.log.trimEnd().split('\n');
  return [head, ...lines.slice(-LAST_LINES).map((line) => `    ${line}`)];
}

function jobLine({ conclusion = 'cancelled', name, reason, seconds, environment }: JobRecord): string {
  const time = conclusion === 'skipped' ? '' : `  ${seconds.toFixed(1)} s`;
  const url = environment?.url ? `  ${environment.url}` : '';
  return `${marks[conclusion]} ${name}${time}${url}${reason === undefined ? '' : `: ${reason}`}`;
}

/** What stands at the end: annotations, deployments and how each run ended. */
export function summaryOf(runs: readonly RunRecord[]): string {
  return runs
    .map((run) => {
      const annotations = [
        ...run.annotations.map((annotation) => annotationLine(annotation, '')),
        ...run.jobs.flatMap((job) =>
          job.annotations.map((annotation) => annotationLine(annotation, job.name)),
        ),
      ];
      const deployments = run.deployments.map(
        ({ environment, state, url }) =>
          `  deployment to ${environment}: ${state}${url === '' ? '' : `, ${url}`}`,
      );
      const head = `${marks[run.conclusion ?? 'cancelled']} ${run.title} #${run.number}: ${run.conclusion ?? 'cancelled'} after ${run.seconds.toFixed(0)} s`;
      return [head, ...annotations, ...deployments].join('\n');
    })
    .join('\n\n');
}

function annotationLine({ level, message, file, line, title }: Annotation, job: string): string {
  const place = file === undefined ? job : `${file}${line === undefined ? '' : `:${line}`}`;
  const text = [title, message].filter(Boolean).join(': ').replaceAll('\n', '\n    ');
  return `  ${level}${place === '' ? '' : ` ${place}`}: ${text}`;
}
