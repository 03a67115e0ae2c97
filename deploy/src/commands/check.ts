import { relative, resolve } from 'node:path';
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
import { contractBeside, readContract } from '../outputs/contract';
import { OutputUses, UNNAMED_ENVIRONMENT } from '../outputs/uses';
import { writeUses } from '../outputs/write-uses';
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
import { callsOf } from '../template/render';
import { positionAt, type Source } from '../template/source';
import type { Handler, Input } from './command';

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

  const uses = new OutputUses();
  const errors = new Map<string, SlipwayError>();
  const usesFile = input.options.writeUses;
  if (usesFile !== undefined) refusePart(input);
  for (const name of environments) {
    for (const service of services) {
      const variables = imageVariable(input, service.service);
      for (const error of await checkService(context, open, name, service, variables, uses)) {
        errors.set(error.message, error);
      }
    }
  }
  if (errors.size > 0) throw together([...errors.values()]);

  const outputs = uses.read();
  if (typeof usesFile === 'string') await writeUses(context, config, uses, resolve(context.cwd, usesFile));
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
  uses: OutputUses,
): Promise<SlipwayError[]> {
  const provisional = open.provisional.config;
  const contractPath = contractBeside(taskDefinition);
  const shownContract = shownPath(context.cwd, contractPath);
  const contract = await readContract(contractPath, shownContract);
  const names = new PromisedOutputs(contract, shownContract, service);
  const layers = [variables, context.env, provisional.environments[environment ?? '']?.env ?? {}];
  const used = new Set<string>();
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
  /** Checks what stands in a file; then `read` renders it, and what it used is noted with its place. */
  const checkFile = async (path: string, source: Source, read: () => Promise<void>) => {
    errors.push(...names.unknownIn(source, functions));
    used.clear();
    await read();
    const file = relative(open.provisional.config.directory, path).replaceAll('\\', '/');
    const calls = callsOf(source, functions, 'output');
    for (const { argument, at } of calls)
      uses.add(service, argument, { at: `${file}:${positionAt(source, at).line}` });
    for (const name of used) {
      uses.add(service, name, { environment: environment ?? UNNAMED_ENVIRONMENT });
      if (!calls.some(({ argument }) => argument === name)) uses.add(service, name, { at: file });
    }
  };
  await attempt(() =>
    checkFile(open.path, open.source, async () => {
      await parseConfig(context, open.path, open.source, functions);
    }),
  );
  const findings: Finding[] = [];
  const definition = async (path: string, kind: DefinitionKind) =>
    checkFile(path, await readDefinitionSource(context, path, kind), async () => {
      findings.push(...(await loadDefinition(context, path, kind, functions, used)).findings);
    });
  await attempt(() => definition(taskDefinition, 'task-definition'));
  if (serviceDefinition !== undefined) await attempt(() => definition(serviceDefinition, 'service'));
  for (const isOutput of [true, false]) {
    // eslint-disable-next-line @typescript-eslint/require-await
    await attempt(async () => refuse(findings.filter((finding) => finding.isOutput === isOutput)));
  }
  return errors;
}

/** A list of a part of the app would say that it relies on nothing else. */
function refusePart({ options, positionals }: Input): void {
  if (positionals.length === 0 && options.service === undefined) return;
  throw new SlipwayError(
    'USAGE',
    '--write-uses is for the whole app: it takes no environment and no --service',
  );
}

/** One error for all: the contract's exit code wins over the definition's, which is the next thing to mend. */
function together(errors: readonly SlipwayError[]): SlipwayError {
  const [first] = [...errors].sort((left, right) => right.exitCode - left.exitCode);
  if (first === undefined || errors.length === 1) return errors[0] as SlipwayError;
  const message = errors.map((error) => error.message).join('\n');
  return new SlipwayError(first.code, message, first.hint === undefined ? {} : { hint: first.hint });
}
