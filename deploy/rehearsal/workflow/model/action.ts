import { WorkflowError } from '../errors';
import { readActionFile } from '../language/read';
import { listAt, mapAt, textAt, type Template, type TemplateMap } from '../language/template';
import { stepsOf, type Step } from './workflow';

/** Gives a file of the repository by its path, with line feeds alone; undefined where it is not there. */
export type ReadFile = (path: string) => Promise<string | undefined>;

export interface ActionInput {
  required: boolean;
  default: Template | undefined;
}

/** A composite action of the repository. */
export interface CompositeAction {
  inputs: Readonly<Record<string, ActionInput>>;
  /** Each output's expression. */
  outputs: Readonly<Record<string, Template>>;
  steps: readonly Step[];
}

/**
 * Reads a local action.
 * @param path of its folder, from the repository on.
 * @throws WorkflowError where it is not there, is not composite, or GitHub's parser refuses it.
 */
export async function readLocalAction(path: string, read: ReadFile): Promise<CompositeAction> {
  for (const file of [`${path}/action.yml`, `${path}/action.yaml`]) {
    const content = await read(file);
    if (content !== undefined) return actionOf(file, readActionFile(file, content));
  }
  throw new WorkflowError([
    `Can't find 'action.yml' or 'action.yaml' under '${path}': did the job check out that folder?`,
  ]);
}

function actionOf(file: string, template: TemplateMap): CompositeAction {
  const runs = mapAt(template, 'runs');
  const using = textAt(runs, 'using');
  if (using !== 'composite') {
    throw new WorkflowError([
      `${file}: an action that runs by "${using}" cannot be rehearsed; composite actions can`,
    ]);
  }
  const inputs = mapAt(template, 'inputs');
  const outputs = mapAt(template, 'outputs');
  return {
    inputs: Object.fromEntries(
      Object.keys(inputs).map((name) => {
        const input = mapAt(inputs, name);
        return [name, { required: textAt(input, 'required') === 'true', default: input.default }];
      }),
    ),
    outputs: Object.fromEntries(Object.keys(outputs).map((name) => [name, mapAt(outputs, name).value ?? ''])),
    steps: stepsOf(listAt(runs, 'steps')),
  };
}
