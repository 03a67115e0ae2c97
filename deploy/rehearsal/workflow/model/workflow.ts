import {
  listAt,
  isMap,
  mapAt,
  textAt,
  textOf,
  type Template,
  type TemplateMap,
  type Value,
} from '../language/template';
import { readWorkflowFile } from '../language/read';

export interface Step {
  id: string | undefined;
  uses: string | undefined;
  run: Template | undefined;
  template: TemplateMap;
}

export interface Job {
  id: string;
  needs: readonly string[];
  /** Path of a reusable workflow that the job calls. */
  uses: string | undefined;
  steps: readonly Step[];
  template: TemplateMap;
}

export interface Workflow {
  /** From the repository on, with slashes. */
  path: string;
  name: string;
  /** By the event's name; what filters or inputs it has. */
  triggers: Readonly<Record<string, TemplateMap>>;
  jobs: readonly Job[];
  template: TemplateMap;
}

/** @throws WorkflowError with what GitHub's parser finds. */
export async function readWorkflow(path: string, content: string): Promise<Workflow> {
  const template = await readWorkflowFile(path, content);
  return {
    path,
    name: textAt(template, 'name') ?? path,
    triggers: triggersOf(template.on ?? null),
    jobs: Object.entries(mapAt(template, 'jobs')).map(([id, job]) => jobOf(id, isMap(job) ? job : {})),
    template,
  };
}

function jobOf(id: string, template: TemplateMap): Job {
  return {
    id,
    needs: listAt(template, 'needs').map(String),
    uses: textAt(template, 'uses'),
    steps: stepsOf(listAt(template, 'steps')),
    template,
  };
}

/** Steps of a job or of a composite action. */
export function stepsOf(templates: readonly Template[]): Step[] {
  return templates.filter(isMap).map((template) => ({
    id: textAt(template, 'id'),
    uses: textAt(template, 'uses'),
    run: template.run,
    template,
  }));
}

function triggersOf(on: Template): Record<string, TemplateMap> {
  if (isMap(on))
    return Object.fromEntries(
      Object.entries(on).map(([name, value]) => [
        name,
        isMap(value) ? value : Array.isArray(value) ? { schedule: value } : {},
      ]),
    );
  const names = Array.isArray(on) ? on : [on];
  return Object.fromEntries(names.map((name) => [textOf(name as Value), {}]));
}

/** The name of an action or workflow of others, without its version. */
export function nameOfUses(uses: string): string {
  return uses.replace(/@.*$/, '');
}

/** Whether a `uses:` stands for something of the repository itself. */
export function isLocal(uses: string): boolean {
  return uses.startsWith('./') || uses.startsWith('$/');
}

/** Path of a local action's folder or a local workflow, from the repository on. */
export function localPath(uses: string): string {
  return uses.replace(/^(\.|\$)\//, '').replace(/\/+$/, '');
}
