import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const github = join(__dirname, '..', '..');

export interface Step {
  name?: string;
  id?: string;
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
}
export interface Job {
  needs?: string | string[];
  environment?: string;
  concurrency?: { group: string; queue?: string; 'cancel-in-progress'?: boolean };
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  steps: Step[];
}
export interface Workflow {
  permissions?: Record<string, string>;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}
export interface Action {
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
export const actions: readonly Source<Action>[] = readdirSync(join(github, 'actions')).map((folder) =>
  read<Action>('actions', folder, 'action.yml'),
);

export function workflow(name: string): Workflow {
  return read<Workflow>('workflows', `${name}.yml`).value;
}

export function action(name: string): Action {
  return read<Action>('actions', name, 'action.yml').value;
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
