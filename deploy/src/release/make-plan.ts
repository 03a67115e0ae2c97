import type {
  CreateServiceCommandInput,
  RegisterTaskDefinitionCommandInput,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs';
import type { AutoscalingConfig } from '../autoscaling/autoscaling-config';
import { isEmpty as scalesAsWanted, planScaling } from '../autoscaling/plan-scaling';
import { noScaling, type Scaling } from '../autoscaling/scaling';
import type { Definition, JsonObject } from '../definition/definitions';
import { SlipwayError } from '../errors';
import type { RenderedTarget } from '../target';
import type { Change } from './change';
import { comparisonsOf, type Comparison } from './comparisons';
import { differences } from './differences';
import type { ResolvedImages } from './images';
import { placeOf } from './place-of';
import type { Plan } from './plan';
import { isRecordTag, recordTags } from './record';
import { redactChange, redactor } from './redact';
import type { ReleaseRecord } from './result';
import { primaryOf, type Running } from './running';
import { noDetails, settingsOf, type Details } from './running-settings';
import { changedMembers, creation, forcesDeployment, impossibleChanges, roleNote } from './service-plan';
import { tagChanges, tagsOf } from './tag-changes';

export interface PlanInput {
  target: RenderedTarget;
  /** Undefined where the service does not exist. */
  running: Running | undefined;
  resolved: ResolvedImages;
  /** Who releases from where; it becomes the record, and is never a change by itself. */
  run: Pick<ReleaseRecord, 'gitSha' | 'actor' | 'runUrl'> & Partial<Pick<ReleaseRecord, 'releaseId'>>;
  forceNewDeployment: boolean;
  /** What scales the service now. */
  scaling?: Scaling;
  details?: Details;
}

/**
 * What a deploy would do. Pure: everything that was read is given.
 * @throws SlipwayError SERVICE_NOT_FOUND where there is neither a service nor a definition to create one from
 */
export function makePlan(input: PlanInput): Plan {
  const { target, running, resolved, run, scaling: live = noScaling, details = noDetails } = input;
  const { taskDefinition, service } = target.definitions;
  const wanted = target.serviceConfig.autoscaling;
  const scaling = planScaling(wanted, target, live);
  const redact = redactor(target.outputs);
  const plan = (
    rest: Omit<Plan, 'environment' | 'cluster' | 'service' | 'region' | 'running' | 'images' | 'scaling'>,
  ): Plan => ({
    environment: target.environment,
    cluster: target.cluster,
    service: target.service,
    region: target.region,
    running: running?.release,
    images: resolved.images,
    scaling,
    ...rest,
    changes: rest.changes.map((change) => redactChange(change, redact)),
  });
  const ignored = ignoredTags(target);
  const comparisons = comparisonsOf(input);
  const register = registration(comparisons.next, taskDefinition, {
    releaseId: undefined,
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
    const { create, notes } = creation(service, wanted && firstCount(wanted, service));
    return plan({
      action: 'create',
      changes: scaling.changes,
      notes: [...resolved.notes, ...notes, ...scaling.notes],
      forced: undefined,
      register,
      request: {
        create: {
          ...create,
          cluster: target.cluster,
          serviceName: target.service,
        } as unknown as CreateServiceCommandInput,
      },
      serviceTags: [],
      removedServiceTags: [],
    });
  }

  const settings = settingsOf(running, details);
  const taskChanges = [
    ...changesOf(comparisons.taskDefinition),
    ...tagChanges('task definition', running.tags, taskDefinition, ignored),
  ];
  const serviceChanges = comparisons.service === undefined ? [] : changesOf(comparisons.service);
  const serviceTagChanges =
    service === undefined ? [] : tagChanges('service', running.service.tags ?? [], service, ignored);
  const impossible = service === undefined ? [] : impossibleChanges(service, settings);
  const changes = [
    ...taskChanges,
    ...impossible,
    ...serviceChanges,
    ...serviceTagChanges,
    ...scaling.changes,
  ];
  const forced = forcedBy(running, changes, input.forceNewDeployment);
  const members =
    comparisons.service === undefined ? {} : changedMembers(serviceChanges, comparisons.service.after);
  const sends = taskChanges.length > 0 || serviceChanges.length > 0 || forced !== undefined;
  const update = {
    cluster: target.cluster,
    service: target.service,
    ...members,
    ...(forced === undefined && !forcesDeployment(serviceChanges) ? {} : { forceNewDeployment: true }),
  } as UpdateServiceCommandInput;
  const differs = changes.length > 0 || !scalesAsWanted(scaling) || forced !== undefined;
  return plan({
    action: differs ? 'update' : 'unchanged',
    changes,
    notes: [
      ...resolved.notes,
      ...(service === undefined ? [] : roleNote(service.value, settings)),
      ...scaling.notes,
    ],
    forced,
    register: taskChanges.length > 0 ? register : undefined,
    request: sends ? { update } : undefined,
    serviceTags: serviceTagChanges.some(({ after }) => after !== undefined) ? tagsOf(service) : [],
    removedServiceTags: serviceTagChanges.flatMap(({ path, after }) =>
      after === undefined ? path.slice('tags['.length, -1) : [],
    ),
  });
}

/** @throws SlipwayError SERVICE_UNSUPPORTED where the plan asks for what ECS does only when it creates a service */
export function refuseImpossible({ service, changes }: Plan): void {
  const found = changes.filter(({ impossible }) => impossible !== undefined);
  if (found.length === 0) return;
  const lines = found.map(({ path, before, after, position, impossible }) => {
    const where = position === undefined ? '' : `${position.file}:${position.line}:${position.column}: `;
    return `${where}${path} of service ${service} is ${JSON.stringify(before)} and the definition says ${JSON.stringify(after)}: ${impossible}`;
  });
  throw new SlipwayError('SERVICE_UNSUPPORTED', lines.join('\n'), {
    hint: 'nothing was changed; "slipway diff" shows the rest',
  });
}

/** A new service needs a count to begin with: the definition's, within the bounds. */
function firstCount({ min, max }: AutoscalingConfig, service: Definition): number {
  return Math.min(max, Math.max(min, Number(service.value['desiredCount'] ?? min)));
}

/** As `ignore.tags` of the config names them. */
export function ignoredTags({ serviceConfig }: RenderedTarget): readonly string[] {
  return serviceConfig.ignoreTags;
}

function registration(
  next: JsonObject,
  definition: Definition,
  record: ReleaseRecord,
): RegisterTaskDefinitionCommandInput {
  const tags = [...tagsOf(definition).filter((tag) => !isRecordTag(tag)), ...recordTags(record)];
  return { ...(next as unknown as RegisterTaskDefinitionCommandInput), tags };
}

function changesOf({ part, before, after, definition, rules }: Comparison): Change[] {
  return differences(before, after, rules).map(({ label, path, before, after }) => ({
    part,
    path: label,
    before,
    after,
    position: placeOf(definition, path),
  }));
}

/** The same release again is no deployment, unless it is asked for, or the last one failed. */
function forcedBy(running: Running, changes: readonly Change[], asked: boolean): string | undefined {
  if (asked) return 'a new deployment was asked for';
  if (changes.length === 0 && primaryOf(running.service)?.rolloutState === 'FAILED') {
    return `the last deployment of ${running.release.taskDefinition} failed, so it is tried again`;
  }
  return undefined;
}
