import { dirname, join } from 'node:path';
import type { ServiceConfig } from '../config/config';
import { imageVariable } from '../config/image-option';
import { parseConfig } from '../config/load-config';
import { pluginFunctions } from '../config/plugins';
import type { Context } from '../context';
import { loadDefinition, readDefinitionSource, type Finding } from '../definition/load-definition';
import { refuse } from '../definition/load-definitions';
import type { DefinitionKind } from '../definition/shapes';
import { SlipwayError, exitCodes } from '../errors';
import { shownPath } from '../files';
import { readContract } from '../outputs/contract';
import { PromisedOutputs } from '../template/promised-outputs';
import {
  infrastructureFunctions,
  openConfig,
  selectEnvironment,
  selectServices,
  unreadFunctions,
  type OpenConfig,
} from '../session';
import type { Functions } from '../template/builtins';
import type { Source } from '../template/source';
import type { Handler } from './command';

/**
 * Checks config and definitions against contract.json and the schema of ECS: no credentials, no network, no outputs.
 * What only a real run knows (variables that are not set, secrets, Terraform state) is taken to be right.
 */
export const run: Handler = async (context, input) => {
  const open = await openConfig(context, input);
  const { environment } = selectEnvironment(open, input);
  const declared = Object.keys(open.provisional.config.environments);
  const environments =
    environment !== undefined ? [environment] : declared.length > 0 ? declared : [undefined];

  const chosen = selectServices(open, input);
  const { config } = open.provisional;
  const services = config.services.filter(({ service }) => chosen.includes(service));

  const used = new Set<string>();
  const errors = new Map<string, SlipwayError>();
  for (const name of environments) {
    for (const service of services) {
      const variables = imageVariable(input, service.service);
      for (const error of await checkService(context, open, name, service, variables, used)) {
        errors.set(error.message, error);
      }
    }
  }
  if (errors.size > 0) throw together([...errors.values()]);

  const outputs = [...used].sort();
  const definitions = services.flatMap(({ taskDefinition, serviceDefinition = [] }) => [
    taskDefinition,
    ...[serviceDefinition].flat(),
  ]);
  const files = [config.path, ...new Set(definitions)];
  context.sink({
    type: 'result',
    result: {
      kind: 'check',
      environments: environments.flatMap((one) => one ?? []),
      files: files.map((path) => shownPath(context.cwd, path)),
      outputs,
      exitCode: exitCodes.live,
    },
  });
  return exitCodes.live;
};

async function checkService(
  context: Context,
  open: OpenConfig,
  environment: string | undefined,
  { service, taskDefinition, serviceDefinition }: ServiceConfig,
  variables: Readonly<Record<string, string>>,
  used: Set<string>,
): Promise<SlipwayError[]> {
  const provisional = open.provisional.config;
  const contractPath = join(dirname(taskDefinition), 'contract.json');
  const shownContract = shownPath(context.cwd, contractPath);
  const contract = await readContract(contractPath, shownContract);
  const names = new PromisedOutputs(contract, shownContract, service);
  const layers = [variables, context.env, provisional.environments[environment ?? '']?.env ?? {}];
  const functions: Functions = new Map([
    ...unreadFunctions(layers, [
      ...infrastructureFunctions,
      ...pluginFunctions(provisional.states, provisional.plugins),
    ]),
    names.outputFunction(used),
  ]);

  const errors: SlipwayError[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      errors.push(error);
      return undefined;
    }
  };
  const unknown = (source: Source) => errors.push(...names.unknownIn(source, functions));

  await attempt(async () => {
    unknown(open.source);
    await parseConfig(context, open.path, open.source, functions);
  });
  const findings: Finding[] = [];
  const definition = async (path: string, kind: DefinitionKind) => {
    unknown(await readDefinitionSource(context, path, kind));
    findings.push(...(await loadDefinition(context, path, kind, functions, used)).findings);
  };
  await attempt(() => definition(taskDefinition, 'task-definition'));
  if (serviceDefinition !== undefined) await attempt(() => definition(serviceDefinition, 'service'));
  for (const isOutput of [true, false]) {
    // eslint-disable-next-line @typescript-eslint/require-await
    await attempt(async () => refuse(findings.filter((finding) => finding.isOutput === isOutput)));
  }
  return errors;
}

/** One error for all: the contract's exit code wins over the definition's, which is the next thing to mend. */
function together(errors: readonly SlipwayError[]): SlipwayError {
  const [first] = [...errors].sort((left, right) => right.exitCode - left.exitCode);
  if (first === undefined || errors.length === 1) return errors[0] as SlipwayError;
  const message = errors.map((error) => error.message).join('\n');
  return new SlipwayError(first.code, message, first.hint === undefined ? {} : { hint: first.hint });
}
