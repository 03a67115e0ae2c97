import type {
  CreateServiceCommandInput,
  RegisterTaskDefinitionCommandInput,
  Tag,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import type { Definition, JsonObject, Position } from '../definition/definitions';
import { SlipwayError } from '../errors';
import type { Json } from '../outputs/outputs';
import type { RenderedTarget } from '../target';
import type { Change } from './change';
import { differences, type Path, type Rules } from './differences';
import type { ResolvedImages } from './images';
import type { Plan } from './plan';
import { isRecordTag, recordTags } from './record';
import { redactChange, redactor } from './redact';
import type { ReleaseRecord } from './result';
import { primaryOf, type Running } from './running';
import { CREATE_ONLY, serviceRules } from './service-rules';
import { OUTPUT_ONLY, taskDefinitionRules } from './task-definition-rules';

export interface PlanInput {
  target: RenderedTarget;
  /** Undefined where the service does not exist. */
  running: Running | undefined;
  resolved: ResolvedImages;
  /** Who releases from where; it becomes the record, and is never a change by itself. */
  run: Pick<ReleaseRecord, 'gitSha' | 'actor' | 'runUrl'>;
  forceNewDeployment: boolean;
}

/**
 * What a deploy would do. Pure: everything that was read is given.
 * @throws SlipwayError SERVICE_NOT_FOUND where there is neither a service nor a definition to create one from
 */
export function makePlan({ target, running, resolved, run, forceNewDeployment }: PlanInput): Plan {
  const { taskDefinition, service } = target.definitions;
  const next = taskDefinitionOf(taskDefinition, resolved);
  const redact = redactor(target.outputs);
  const plan = (
    rest: Omit<Plan, 'environment' | 'cluster' | 'service' | 'region' | 'running' | 'images'>,
  ): Plan => ({
    environment: target.environment,
    cluster: target.cluster,
    service: target.service,
    region: target.region,
    running: running?.release,
    images: resolved.images,
    ...rest,
    changes: rest.changes.map((change) => redactChange(change, redact)),
  });
  const register = registration(next, taskDefinition, {
    ...run,
    imageDigest: resolved.images.find(({ digest }) => digest !== undefined)?.digest,
    contractHash: target.outputs.contractHash,
    replaced: running?.release.taskDefinition,
  });

  if (running === undefined) {
    if (service === undefined) {
      throw new SlipwayError(
        'SERVICE_NOT_FOUND',
        `service ${target.service} does not exist in ${target.cluster}`,
        {
          hint: 'name a service_definition in the config, so that it can be created',
        },
      );
    }
    const create = { ...service.value, cluster: target.cluster, serviceName: target.service } as unknown;
    return plan({
      action: 'create',
      changes: [],
      notes: resolved.notes,
      forced: undefined,
      register,
      request: { create: create as CreateServiceCommandInput },
      serviceTags: [],
    });
  }

  const taskChanges = [
    ...compare('task definition', asJson(running.taskDefinition), next, taskDefinition, taskDefinitionRules),
    ...tagChanges('task definition', running.tags, taskDefinition),
  ];
  const serviceChanges =
    service === undefined
      ? []
      : compare('service', settingsOf(running), service.value, service, serviceRules);
  const serviceTagChanges =
    service === undefined ? [] : tagChanges('service', running.service.tags ?? [], service);
  const changes = [...taskChanges, ...serviceChanges, ...serviceTagChanges];
  const forced = forcedBy(running, changes, forceNewDeployment);
  const members = service === undefined ? {} : changedMembers(serviceChanges, service.value);
  const sends = taskChanges.length > 0 || serviceChanges.length > 0 || forced !== undefined;
  const update = {
    cluster: target.cluster,
    service: target.service,
    ...members,
    ...(forced === undefined ? {} : { forceNewDeployment: true }),
  } as UpdateServiceCommandInput;
  return plan({
    action: changes.length > 0 || forced !== undefined ? 'update' : 'unchanged',
    changes,
    notes: [...resolved.notes, ...fixedSettings(running, service)],
    forced,
    register: taskChanges.length > 0 ? register : undefined,
    request: sends ? { update } : undefined,
    serviceTags: serviceTagChanges.length > 0 ? tagsOf(service) : [],
  });
}

/** The definition as it would be registered, but for the record: images with digests, nothing that ECS only answers. */
function taskDefinitionOf(definition: Definition, { images }: ResolvedImages): JsonObject {
  const entries = Object.entries(definition.value).filter(
    ([name]) => !(OUTPUT_ONLY as readonly string[]).includes(name),
  );
  const containers = ((definition.value['containerDefinitions'] ?? []) as JsonObject[]).map(
    (container, index) => ({
      ...container,
      ...(images[index] === undefined ? {} : { image: images[index].resolved }),
    }),
  );
  return { ...Object.fromEntries(entries), containerDefinitions: containers };
}

function registration(
  next: JsonObject,
  definition: Definition,
  record: ReleaseRecord,
): RegisterTaskDefinitionCommandInput {
  const tags = [...tagsOf(definition).filter((tag) => !isRecordTag(tag)), ...recordTags(record)];
  return { ...(next as unknown as RegisterTaskDefinitionCommandInput), tags };
}

function compare(
  part: Change['part'],
  before: JsonObject,
  after: JsonObject,
  definition: Definition,
  rules: Rules,
): Change[] {
  return differences(before, after, rules).map(({ label, path, before, after }) => ({
    part,
    path: label,
    before,
    after,
    position: placeOf(definition, path),
  }));
}

/** With the file's whole path: reporters show it from where they stand. */
function placeOf(definition: Definition, path: Path): Position {
  return { ...definition.positionOf(path), file: definition.file };
}

/** Tags that the definition names and that are missing or have another value; others are left alone. */
function tagChanges(part: Change['part'], running: readonly Tag[], definition: Definition): Change[] {
  return tagsOf(definition).flatMap(({ key, value }, index): Change[] => {
    const before = running.find((tag) => tag.key === key)?.value;
    if (before === value) return [];
    const path: Path = ['tags', index, 'value'];
    return [{ part, path: `tags[${key}]`, before, after: value ?? '', position: placeOf(definition, path) }];
  });
}

function tagsOf(definition: Definition | undefined): Tag[] {
  return (definition?.value['tags'] ?? []) as unknown as Tag[];
}

/** Some settings stand on the deployment, not on the service itself. */
function settingsOf(running: Running): JsonObject {
  const primary = primaryOf(running.service);
  return asJson({
    ...running.service,
    serviceConnectConfiguration: primary?.serviceConnectConfiguration,
    volumeConfigurations: primary?.volumeConfigurations,
    vpcLatticeConfigurations: primary?.vpcLatticeConfigurations,
  });
}

function changedMembers(changes: readonly Change[], value: JsonObject): JsonObject {
  const names = new Set(changes.map(({ path }) => path.split(/[.[]/)[0] ?? ''));
  return Object.fromEntries(Object.entries(value).filter(([name]) => names.has(name)));
}

/** The same release again is no deployment, unless it is asked for, or the last one failed. */
function forcedBy(running: Running, changes: readonly Change[], asked: boolean): string | undefined {
  if (asked) return 'a new deployment was asked for';
  if (changes.length === 0 && primaryOf(running.service)?.rolloutState === 'FAILED') {
    return `the last deployment of ${running.release.taskDefinition} failed, so it is tried again`;
  }
  return undefined;
}

function fixedSettings(running: Running, service: Definition | undefined): string[] {
  return CREATE_ONLY.flatMap((name) => {
    const wanted = service?.value[name];
    const now = (running.service as Record<string, unknown>)[name === 'role' ? 'roleArn' : name];
    if (wanted === undefined || now === undefined || wanted === now) return [];
    return `${name} is ${JSON.stringify(now)} and the definition says ${JSON.stringify(wanted)}: ECS cannot change it on a service, only at its creation`;
  });
}

function asJson(value: unknown): JsonObject {
  return JSON.parse(JSON.stringify(value)) as Record<string, Json>;
}
