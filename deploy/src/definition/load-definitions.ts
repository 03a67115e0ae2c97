import type { ServiceConfig } from '../config/config';
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
 * The definitions that the config names for a service, rendered and valid.
 *
 * @throws SlipwayError DEFINITION_INVALID or OUTPUT_TYPE with every finding in both files.
 */
export async function loadDefinitions(
  context: Context,
  { taskDefinition: taskDefinitionFile, serviceDefinition: serviceFile }: ServiceConfig,
  makeFunctions: () => TemplateFunctions,
): Promise<Definitions> {
  const load = (path: string, kind: 'task-definition' | 'service') => {
    const { functions, used } = makeFunctions();
    return loadDefinition(context, path, kind, functions, used);
  };
  const taskDefinition = await load(taskDefinitionFile, 'task-definition');
  const service = serviceFile === undefined ? undefined : await load(serviceFile, 'service');
  const definitions = { taskDefinition: taskDefinition.definition, service: service?.definition };
  const findings = [...taskDefinition.findings, ...(service?.findings ?? [])];
  if (findings.some(({ isOutput }) => !isOutput)) findings.push(...(await alsoWrong(definitions)));
  refuse(findings);
  return definitions;
}

/** What a preflight would say of definitions that never reach it, so that all is told at once. */
async function alsoWrong(definitions: Definitions): Promise<Finding[]> {
  const { staticErrors } = await import('../preflight/run-checks.ts');
  return staticErrors(definitions).map((message) => ({ message, isOutput: false }));
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
