import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateText, evaluateTexts } from '../language/evaluate';
import { isMap, mapAt } from '../language/template';
import type { Job } from '../model/workflow';
import type { Conclusion, JobRecord } from '../report/records';
import { JobState, type Frame, type JobSetting } from './job-state';
import type { WorkflowRun } from './run';
import { runSteps } from './steps';

/** GitHub's own limit where a job names none. */
const MINUTES = 360;

/** Runs the steps of a job that may run now: on a runner of its own, from an empty workspace. */
export async function runJob(
  run: WorkflowRun,
  job: Job,
  record: JobRecord,
  setting: JobSetting,
): Promise<Conclusion> {
  const started = performance.now();
  const directory = join(run.directory, 'jobs', `${run.nextJob()}-${record.id.replace(/[^\w-]+/g, '-')}`);
  const claims = run.claims(setting.environment);
  const token = run.world.tokens.issue({ runId: run.record.id, permissions: setting.permissions, claims });
  const limit = new AbortController();
  const signal = AbortSignal.any([setting.signal, limit.signal]);
  const state = new JobState(run, job, record, { ...setting, signal }, directory, token);
  for (const folder of [state.workspace, state.temp]) mkdirSync(folder, { recursive: true });
  writeFileSync(run.eventFile, JSON.stringify(run.event.payload));
  let timer: NodeJS.Timeout | undefined;
  try {
    state.env = evaluateTexts(setting.workflow.template.env, state.scope());
    Object.assign(state.env, evaluateTexts(job.template.env, state.scope()));
    const minutes = Number(evaluateText(job.template['timeout-minutes'], state.scope())) || MINUTES;
    timer = setTimeout(() => {
      record.reason = `The job has exceeded the maximum execution time of ${minutes} minutes.`;
      state.annotate({ level: 'error', message: record.reason });
      limit.abort();
    }, minutes * 60_000);
    const frame: Frame = {
      steps: {},
      inputs: setting.inputs,
      env: {},
      status: 'success',
      actionPath: undefined,
      write: () => undefined,
    };
    await runSteps(state, job.steps, frame, (step) => run.stepEnded(record, step));
    if (signal.aborted) state.status = 'cancelled';
    record.outputs = outputsOf(state, frame);
    if (record.environment !== undefined) {
      const { environment } = job.template;
      const url = isMap(environment) ? environment.url : undefined;
      record.environment.url = url === undefined ? '' : evaluateText(url, state.scope(frame));
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    state.annotate({ level: 'error', message });
    state.status = 'failure';
  } finally {
    clearTimeout(timer);
    run.world.tokens.revoke(token);
    record.seconds = (performance.now() - started) / 1000;
  }
  return state.status;
}

/** GitHub drops an output in which a secret stands. */
function outputsOf(state: JobState, frame: Frame): Record<string, string> {
  const scope = state.scope(frame);
  const values = Object.entries(mapAt(state.job.template, 'outputs')).map(
    ([name, template]) => [name, evaluateText(template, scope)] as const,
  );
  return Object.fromEntries(
    values.filter(([name, value]) => {
      if (!state.masks.hides(value)) return true;
      state.annotate({ level: 'warning', message: `Skip output '${name}' since it may contain secret.` });
      return false;
    }),
  );
}
