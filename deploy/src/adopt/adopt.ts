import { resolve } from 'node:path';
import { readScaling } from '../autoscaling/read-scaling';
import { ecsClient } from '../aws/ecs';
import type { Context } from '../context';
import type { JsonObject } from '../definition/definitions';
import { SlipwayError } from '../errors';
import type { Outputs } from '../outputs/outputs';
import { noOutputs, readOutputs } from '../outputs/read-outputs';
import type { TerraformState } from '../outputs/terraform-state';
import { resolveRegion } from '../region';
import { readAllDetails } from '../release/details';
import { textOf } from '../release/differences';
import type { InitResult } from '../release/result';
import { readRunning } from '../release/running';
import { SECRETIVE } from '../secrets';
import type { Target } from '../target';
import { configText } from './config-text';
import { knownInState, knownOutputs } from './known-values';
import { liveDefinitions } from './live-definitions';
import { findRemoved, removedBlocks, servicesInState, type RemovedBlocks } from './removed-blocks';
import { jsonText } from './json-text';
import { Substitution, template } from './substitute';
import { refuseToOverwrite, writeFiles, type TextFile } from './write-files';

export interface AdoptOptions {
  cluster: string | undefined;
  service: string | undefined;
  region: string | undefined;
  /** Name of the environment to declare. */
  environment: string | undefined;
  /** Where infrastructure put its outputs. */
  outputs: string | undefined;
  /** Where a Terraform state is. */
  tfstate: string | undefined;
  /** The variable that gives the image. */
  imageVariable: string;
  force: boolean;
  dryRun: boolean;
}

const FILES = {
  config: 'slipway.yml',
  taskDefinition: 'ecs/task-definition.json',
  service: 'ecs/service.json',
} as const;

/**
 * Writes config and definitions for a service that runs, with templates in place of what infrastructure knows.
 * @throws SlipwayError USAGE, SERVICE_NOT_FOUND, CLUSTER_NOT_FOUND and what reading outputs throws
 */
export async function adopt(context: Context, options: AdoptOptions): Promise<InitResult> {
  const directory = context.cwd;
  if (!options.force && !options.dryRun) await refuseToOverwrite(directory, Object.values(FILES));
  const askedRegion = resolveRegion(context, options.region);
  const read = (location: string | undefined): Promise<Outputs> =>
    location === undefined
      ? Promise.resolve(noOutputs)
      : readOutputs(context, { location, directory, environment: options.environment, region: askedRegion });
  const outputs = await read(options.outputs);
  const state = stateOf(options.tfstate, await read(options.tfstate));
  const named = nameOf(options, state);
  const region = named.region ?? (await askedRegion());

  const ecs = ecsClient(region, context.env);
  const running = await readRunning(ecs, named);
  if (running === undefined) {
    throw new SlipwayError(
      'SERVICE_NOT_FOUND',
      `there is no service ${named.service} in cluster ${named.cluster} (${region})`,
      { hint: 'check --cluster, --service and --region; "aws ecs list-services --cluster NAME" lists them' },
    );
  }
  const place = { ...named, region, serviceConfig: {} } as unknown as Target;
  const [details, scaling] = await Promise.all([
    readAllDetails(ecs, running),
    readScaling(context, place, running.service),
  ]);
  const live = liveDefinitions(running, details, scaling.target !== undefined);

  const known = [
    ...knownOutputs(outputs, named.service),
    ...(state === undefined ? [] : knownInState(state)),
  ];
  const substitution = new Substitution(known);
  const image = imageOf(live.taskDefinition, live.main);
  const taskDefinition = substitution.apply(live.taskDefinition) as JsonObject;
  const config = configText(
    {
      service: named.service,
      cluster: textOf(substitution.apply(named.cluster, 'clusterName')),
      region,
      environment: options.environment,
      outputs: options.outputs,
      tfstate: options.tfstate === undefined ? undefined : placeOf(options.tfstate, directory),
      timeout: '15m',
      taskDefinition: FILES.taskDefinition,
      serviceDefinition: FILES.service,
    },
    directory,
  );
  const files: TextFile[] = [
    { path: FILES.config, text: config },
    {
      path: FILES.taskDefinition,
      text: jsonText(withImage(live.taskDefinition, taskDefinition, image, options.imageVariable)),
    },
    { path: FILES.service, text: jsonText(substitution.apply(live.service)) },
  ];
  if (!options.dryRun) await writeFiles(directory, files);

  const adopted = { ...named, family: running.taskDefinition.family ?? '' };
  const found = state === undefined ? undefined : findRemoved(state, adopted);
  const result: InitResult = {
    kind: 'init',
    outcome: options.dryRun ? 'planned' : 'done',
    place: { ...named, environment: options.environment, region },
    files: files.map(({ path, text }) => (options.dryRun ? { path, text } : { path })),
    removed: found === undefined ? '' : removedBlocks(found),
    next: nextCommand(options, image),
    exitCode: 0,
  };
  const paths = files.map(({ path }) => path).join(', ');
  const said = [`${options.dryRun ? 'would write' : 'wrote'} ${paths}`, `next: ${result.next}`];
  for (const message of said) context.sink({ type: 'note', level: 'info', message });
  for (const message of notesOf(live.taskDefinition, scaling.target !== undefined, found, options, adopted))
    context.sink({ type: 'note', level: 'warning', message });
  return result;
}

function stateOf(location: string | undefined, outputs: Outputs): TerraformState | undefined {
  if (location === undefined) return undefined;
  if (outputs.state !== undefined) return outputs.state as unknown as TerraformState;
  throw new SlipwayError(
    'FILE_FOREIGN',
    `${outputs.source}, which --tfstate names, is not a Terraform state`,
    {
      hint: 'outputs that are no state are given with --outputs',
    },
  );
}

/** As it was given, but for a file: relative files are relative to where the command runs. */
function placeOf(location: string, directory: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(location) ? location : resolve(directory, location);
}

interface Named {
  cluster: string;
  service: string;
  region: string | undefined;
}

/** The service that was named, or the only one in the state. @throws SlipwayError USAGE */
function nameOf({ cluster, service, region }: AdoptOptions, state: TerraformState | undefined): Named {
  if (service !== undefined && (cluster !== undefined || state === undefined))
    return { cluster: lastPart(cluster ?? 'default'), service: lastPart(service), region };
  const all = state === undefined ? [] : servicesInState(state);
  const found = all.filter(
    (one) =>
      (service === undefined || one.service === service) &&
      (cluster === undefined || one.cluster === lastPart(cluster)),
  );
  const [only, ...others] = found;
  if (only !== undefined && others.length === 0) return { ...only, region: region ?? only.region };
  const names = all.map((one) => `${one.cluster}/${one.service}`).join(', ');
  throw new SlipwayError('USAGE', 'say which service: --cluster NAME --service NAME', {
    hint:
      state === undefined
        ? 'or give a Terraform state that holds it: --tfstate FILE'
        : names === ''
          ? 'the state has no aws_ecs_service'
          : `the state has ${names}`,
  });
}

function lastPart(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}

function imageOf(taskDefinition: JsonObject, main: string): string {
  const containers = (taskDefinition['containerDefinitions'] ?? []) as JsonObject[];
  return textOf(containers.find(({ name }) => name === main)?.['image']);
}

/** The release's image, wherever it runs: a container that prepares something often has the same. */
function withImage(live: JsonObject, written: JsonObject, image: string, variable: string): JsonObject {
  const now = (live['containerDefinitions'] ?? []) as JsonObject[];
  const containers = ((written['containerDefinitions'] ?? []) as JsonObject[]).map((container, index) =>
    now[index]?.['image'] === image
      ? { ...container, image: template(`must_env \`${variable}\``) }
      : container,
  );
  return { ...written, containerDefinitions: containers };
}

function nextCommand({ environment, imageVariable }: AdoptOptions, image: string): string {
  const diff = ['slipway diff', environment].filter(Boolean).join(' ');
  return imageVariable === 'IMAGE' ? `${diff} --image ${image}` : `${imageVariable}=${image} ${diff}`;
}

function notesOf(
  taskDefinition: JsonObject,
  scaled: boolean,
  found: RemovedBlocks | undefined,
  { tfstate }: AdoptOptions,
  { cluster, service }: { cluster: string; service: string },
): string[] {
  const notes = plainSecrets(taskDefinition).map(
    (name) =>
      `the variable ${name} stands in the task definition as plain text: better name it under "secrets", with a parameter or a secret as its source`,
  );
  if (scaled) {
    notes.push(
      'autoscaling owns the desired count, so the service definition has none; "autoscaling:" in slipway.yml would let deploys set its policies',
    );
  }
  if (found !== undefined && found.addresses.length === 0)
    notes.push(`${tfstate ?? ''} knows no service ${cluster}/${service}: there is nothing to forget`);
  for (const address of found?.shared ?? []) {
    notes.push(`${address} holds more than this service: its removed block makes Terraform forget all of it`);
  }
  return notes;
}

function plainSecrets(taskDefinition: JsonObject): string[] {
  const containers = (taskDefinition['containerDefinitions'] ?? []) as JsonObject[];
  const variables = containers.flatMap((one) => (one['environment'] ?? []) as JsonObject[]);
  const names = variables.filter(({ value }) => textOf(value) !== '').map(({ name }) => textOf(name));
  return [...new Set(names.filter((name) => SECRETIVE.test(name)))];
}
