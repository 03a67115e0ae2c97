import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { existsSync, readFileSync } from 'node:fs';
import { InnerFailure, StepFailure, WorkflowError } from '../errors';
import { evaluate, evaluateText, evaluateTexts, holds, isTruthy } from '../language/evaluate';
import { mapAt, textAt, type ValueMap } from '../language/template';
import { readLocalAction } from '../model/action';
import { isLocal, localPath, nameOfUses, type Step } from '../model/workflow';
import type { Conclusion, StepRecord } from '../report/records';
import { CommandFiles } from './command-files';
import type { Frame, JobState } from './job-state';
import { parseLogCommand } from './log-commands';
import { runScript } from './shell';
import { runStandIn } from './run-stand-in';

/** One step while it runs. */
export interface StepRun {
  step: Step;
  frame: Frame;
  env: Record<string, string>;
  outputs: Record<string, string>;
  signal: AbortSignal;
  write: (line: string) => void;
}

/** Runs the steps of a job, or of a composite action, one after another. */
export async function runSteps(
  state: JobState,
  steps: readonly Step[],
  frame: Frame,
  onEnd: (record: StepRecord) => void = () => undefined,
): Promise<void> {
  for (const [index, step] of steps.entries()) onEnd(await runStep(state, step, index, frame));
}

async function runStep(state: JobState, step: Step, index: number, frame: Frame): Promise<StepRecord> {
  const started = performance.now();
  const lines: string[] = [];
  const inner = frame.actionPath !== undefined;
  const write = (line: string) => {
    const masked = state.masks.apply(line);
    lines.push(masked);
    if (inner) frame.write(line);
    else state.run.heard(state.record, masked);
  };
  const outputs: Record<string, string> = {};
  const end = (outcome: Conclusion, conclusion = outcome): StepRecord => {
    if (step.id !== undefined) frame.steps[step.id] = { outputs: { ...outputs }, outcome, conclusion };
    const seconds = (performance.now() - started) / 1000;
    return { name, outcome, conclusion, log: lines.map((line) => `${line}\n`).join(''), outputs, seconds };
  };
  let name = step.uses ?? `step ${index + 1}`;
  const fail = (error: unknown): void => {
    if (error instanceof InnerFailure) return;
    const message = messageOf(error);
    write(`Error: ${message}`);
    state.annotate({ level: 'error', message });
  };

  // A cancellation between two steps is one too.
  if (state.setting.signal.aborted) state.status = 'cancelled';
  let tolerant = false;
  const timers: NodeJS.Timeout[] = [];
  try {
    const env = evaluateTexts(step.template.env, state.scope(frame));
    const scope = state.scope(frame, env);
    name = nameOf(state, step, frame, env);
    if (!holds(step.template.if, scope)) return end('skipped');
    state.run.stepStarted(state.record, name, inner);
    tolerant = isTruthy(evaluate(step.template['continue-on-error'] ?? false, scope));
    const minutes = Number(evaluateText(step.template['timeout-minutes'], scope));
    const { signal, timedOut } = signalOf(state, minutes, timers);
    const ran: StepRun = { step, frame, env, outputs, signal, write };
    if (inner) write(`##[group]${name}`);
    try {
      await perform(state, ran);
    } catch (error) {
      if (timedOut()) throw new StepFailure(`The action '${name}' has timed out after ${minutes} minutes.`);
      throw error;
    } finally {
      if (inner) write('##[endgroup]');
    }
    return end('success');
  } catch (error) {
    if (state.setting.signal.aborted && state.status !== 'cancelled') {
      state.status = 'cancelled';
      write('Error: The operation was canceled.');
      return end('cancelled');
    }
    fail(error);
    if (tolerant) return end('failure', 'success');
    frame.status = 'failure';
    if (!inner && state.status === 'success') state.status = 'failure';
    return end('failure');
  } finally {
    timers.forEach(clearTimeout);
  }
}

/** What starts after a cancellation, as `always()` does, is not cancelled by it. */
function signalOf(state: JobState, minutes: number, timers: NodeJS.Timeout[]) {
  const { signal: ofJob } = state.setting;
  const { signal: ofWorld } = state.run.world;
  const limit = new AbortController();
  if (minutes > 0) timers.push(setTimeout(() => limit.abort(), minutes * 60_000));
  const others = ofJob.aborted ? [ofWorld] : [ofWorld, ofJob];
  return { signal: AbortSignal.any([...others, limit.signal]), timedOut: () => limit.signal.aborted };
}

async function perform(state: JobState, ran: StepRun): Promise<void> {
  const { step } = ran;
  if (step.run !== undefined) return runText(state, ran);
  const uses = step.uses ?? '';
  const local = isLocal(uses) ? localPath(uses) : undefined;
  const standIn = state.run.world.standIns.get(local === undefined ? nameOfUses(uses) : `./${local}`);
  if (standIn !== undefined) await runStandIn(state, ran, standIn);
  else if (local !== undefined) await runComposite(state, ran, local);
  else throw new StepFailure(`there is no stand-in for ${uses}`);
  if (state.setting.signal.aborted && state.status !== 'cancelled') throw new StepFailure('canceled');
}

async function runText(state: JobState, ran: StepRun): Promise<void> {
  const { step, frame, env, outputs, signal } = ran;
  const scope = state.scope(frame, env);
  const defaults = defaultsOf(state);
  const inAction = frame.actionPath !== undefined;
  const shell = evaluateText(step.template.shell, scope) || (inAction ? undefined : defaults.shell);
  const folder = evaluateText(step.template['working-directory'], scope) || (inAction ? '' : defaults.folder);
  const key = randomUUID();
  const files = new CommandFiles(join(state.temp, '_runner_file_commands', key));
  const environment = state.processEnvironment(frame, env, step.id ?? '__run');
  let stopped: string | undefined;
  const exitCode = await runScript({
    text: evaluateText(step.run, scope),
    shell,
    file: join(state.temp, `${key}.sh`),
    directory: resolve(state.workspace, folder),
    env: { ...environment, ...files.environment },
    signal,
    onLine: (line) => {
      stopped = hear(state, ran, line, stopped);
    },
  });
  const written = files.read();
  Object.assign(state.env, written.env);
  Object.assign(outputs, written.outputs);
  state.path.push(...written.path);
  for (const message of written.complaints) state.annotate({ level: 'error', message });
  state.record.summary += state.masks.apply(written.summary);
  if (signal.aborted) throw new StepFailure('The operation was canceled.');
  if (exitCode !== 0) throw new StepFailure(`Process completed with exit code ${exitCode}.`);
}

/** @returns what ends the pause of commands that `::stop-commands::` began. */
function hear(state: JobState, { write, outputs }: StepRun, line: string, stopped: string | undefined) {
  if (stopped !== undefined) {
    write(line);
    return line.trim() === `::${stopped}::` ? undefined : stopped;
  }
  const command = parseLogCommand(line);
  if (command?.kind === 'mask') {
    state.masks.add(command.value);
    return undefined;
  }
  write(line);
  if (command?.kind === 'annotation') state.annotate(command.annotation);
  if (command?.kind === 'output') {
    outputs[command.name] = command.value;
    state.annotate({
      level: 'warning',
      message: 'The `set-output` command is deprecated: write to $GITHUB_OUTPUT.',
    });
  }
  return command?.kind === 'stop' ? command.token : undefined;
}

async function runComposite(state: JobState, ran: StepRun, path: string): Promise<void> {
  const { step, frame, env, outputs, write } = ran;
  const action = await readLocalAction(path, (file) => {
    const full = join(state.workspace, file);
    return Promise.resolve(
      existsSync(full) ? readFileSync(full, 'utf8').replaceAll('\r\n', '\n') : undefined,
    );
  });
  const given = evaluateTexts(step.template.with, state.scope(frame, env));
  const byName = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const unknown = Object.keys(given).filter(
    (name) => !Object.keys(action.inputs).some((known) => known.toLowerCase() === name.toLowerCase()),
  );
  if (unknown.length > 0) {
    const valid = Object.keys(action.inputs)
      .map((name) => `'${name}'`)
      .join(', ');
    const message = `Unexpected input(s) ${unknown.map((name) => `'${name}'`).join(', ')}, valid inputs are [${valid}]`;
    state.annotate({ level: 'warning', message });
  }
  const inputs: ValueMap = {};
  for (const [name, { required, default: otherwise }] of Object.entries(action.inputs)) {
    const value = byName.get(name.toLowerCase());
    if (value === undefined && required && otherwise === undefined)
      throw new StepFailure(`Input required and not supplied: ${name} (of ./${path})`);
    inputs[name] = value ?? evaluateText(otherwise, state.scope({ ...frame, inputs: {} }, env));
  }
  const inside: Frame = {
    steps: {},
    inputs,
    env: { ...frame.env, ...env },
    status: 'success',
    actionPath: join(state.workspace, path),
    write,
  };
  await runSteps(state, action.steps, inside);
  const scope = state.scope(inside);
  for (const [name, template] of Object.entries(action.outputs))
    outputs[name] = evaluateText(template, scope);
  if (inside.status === 'failure') throw new InnerFailure('a step of the action failed');
}

function defaultsOf({ job, setting }: JobState): { shell: string | undefined; folder: string } {
  const run = (parent: Parameters<typeof mapAt>[0]) => mapAt(mapAt(parent, 'defaults'), 'run');
  const both = { ...run(setting.workflow.template), ...run(job.template) };
  return { shell: textAt(both, 'shell'), folder: textAt(both, 'working-directory') ?? '' };
}

function nameOf(state: JobState, step: Step, frame: Frame, env: Record<string, string>): string {
  const scope = state.scope(frame, env);
  const given = evaluateText(step.template.name, scope);
  if (given !== '') return state.masks.apply(given);
  if (step.uses !== undefined) return `Run ${step.uses}`;
  return `Run ${state.masks.apply(evaluateText(step.run, scope)).trim().split('\n')[0] ?? ''}`;
}

function messageOf(error: unknown): string {
  if (error instanceof StepFailure) return error.message;
  if (error instanceof WorkflowError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
