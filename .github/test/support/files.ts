import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const github = join(__dirname, '..', '..');

export interface Step {
  name?: string;
  id?: string;
  if?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
}
export interface Job {
  if?: string;
  needs?: string | string[];
  environment?: string | { name: string; url?: string; deployment?: boolean };
  concurrency?: { group: string; queue?: string; 'cancel-in-progress'?: boolean };
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  outputs?: Record<string, string>;
  steps: Step[];
}
export interface Workflow {
  permissions?: Record<string, string>;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}
export interface Action {
  inputs?: Record<string, { required?: boolean; default?: string }>;
  outputs?: Record<string, { value: string }>;
  runs: { steps: Step[] };
}

export interface Source<T> {
  /** From .github on, with slashes. */
  name: string;
  path: string;
  text: string;
  value: T;
}

function read<T>(...segments: string[]): Source<T> {
  const path = join(github, ...segments);
  const text = readFileSync(path, 'utf8');
  return { name: segments.join('/'), path, text, value: parse(text) as T };
}

export const workflows: readonly Source<Workflow>[] = readdirSync(join(github, 'workflows')).map((file) =>
  read<Workflow>('workflows', file),
);
/** What lies in `lib` is no action: the scripts of actions share it. */
export const actionNames: readonly string[] = readdirSync(join(github, 'actions')).filter((folder) =>
  existsSync(join(github, 'actions', folder, 'action.yml')),
);
export const actions: readonly Source<Action>[] = actionNames.map((folder) =>
  read<Action>('actions', folder, 'action.yml'),
);

export function workflow(name: string): Workflow {
  return read<Workflow>('workflows', `${name}.yml`).value;
}

export function action(name: string): Action {
  return read<Action>('actions', name, 'action.yml').value;
}

/** Name of a job's environment. */
export function environmentOf({ environment }: Job): string | undefined {
  return typeof environment === 'object' ? environment.name : environment;
}

/** Every step of every workflow and action, with the place where it stands. */
export function allSteps(): { where: string; step: Step }[] {
  return [
    ...workflows.flatMap(({ name, value }) =>
      Object.entries(value.jobs).flatMap(([job, { steps }]) =>
        steps.map((step) => ({ where: `${name}, ${job}`, step })),
      ),
    ),
    ...actions.flatMap(({ name, value }) => value.runs.steps.map((step) => ({ where: name, step }))),
  ];
}
