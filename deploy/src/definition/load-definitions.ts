import type { Config } from '../config/config';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import type { Functions } from '../template/builtins';
import type { Definitions } from './definitions';
import { loadDefinition, type Finding } from './load-definition';

/** Functions of the templates, and where they write down which outputs they gave. */
export interface TemplateFunctions {
  functions: Functions;
  used: Set<string>;
}

/**
 * The definitions that the config names, rendered and valid.
 *
 * @throws SlipwayError DEFINITION_INVALID or OUTPUT_TYPE with every finding in both files.
 */
export async function loadDefinitions(
  context: Context,
  config: Config,
  makeFunctions: () => TemplateFunctions,
): Promise<Definitions> {
  const load = (path: string, kind: 'task-definition' | 'service') => {
    const { functions, used } = makeFunctions();
    return loadDefinition(context, path, kind, functions, used);
  };
  const taskDefinition = await load(config.taskDefinition, 'task-definition');
  const service =
    config.serviceDefinition === undefined ? undefined : await load(config.serviceDefinition, 'service');
  refuse([...taskDefinition.findings, ...(service?.findings ?? [])]);
  return { taskDefinition: taskDefinition.definition, service: service?.definition };
}

/** Nothing, where there is nothing wrong. */
export function refuse(findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  const code = findings.every(({ isOutput }) => isOutput) ? 'OUTPUT_TYPE' : 'DEFINITION_INVALID';
  throw new SlipwayError(code, findings.map(({ message }) => message).join('\n'), {
    hint:
      code === 'OUTPUT_TYPE'
        ? 'use an output of the type that is wanted, or pick one of a list: {{ index (output `name`) 0 }}'
        : 'nothing was registered; correct the definition and run again',
  });
}
