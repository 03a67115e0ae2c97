import { autoscalingOf } from '../autoscaling/autoscaling-config';
import { planScaling } from '../autoscaling/plan-scaling';
import { noScaling } from '../autoscaling/scaling';
import type { Definition, JsonObject } from '../definition/definitions';
import type { Change } from './change';
import { textOf, type Rules } from './differences';
import type { ResolvedImages } from './images';
import type { PlanInput } from './make-plan';
import type { Running } from './running';
import { asJson, noDetails, settingsOf } from './running-settings';
import { controllerOf, wantedService } from './service-plan';
import { codeDeployRules, serviceRules } from './service-rules';
import { OUTPUT_ONLY, taskDefinitionRules } from './task-definition-rules';

/** What is laid against what. */
export interface Comparison {
  part: Change['part'];
  /** ARN of what runs; undefined where nothing does. */
  from: string | undefined;
  before: JsonObject;
  after: JsonObject;
  definition: Definition;
  rules: Rules;
}

export interface Comparisons {
  /** The task definition as it would be registered, but for the record. */
  next: JsonObject;
  taskDefinition: Comparison;
  /** Undefined where the config names no service definition. */
  service: Comparison | undefined;
}

/** What runs against what the definitions say; without a service, nothing against all of it. */
export function comparisonsOf({
  target,
  running,
  resolved,
  scaling = noScaling,
  details = noDetails,
}: PlanInput): Comparisons {
  const { taskDefinition, service } = target.definitions;
  const next = nextTaskDefinition(taskDefinition, resolved);
  const wanted = autoscalingOf(target);
  const withdrawn = planScaling(wanted, target, scaling).deregister;
  const countIsOwned = wanted !== undefined || (scaling.target !== undefined && !withdrawn);
  const settings = running === undefined ? {} : settingsOf(running, details);
  const foreign = (controllerOf(settings) ?? controllerOf(service?.value ?? {}) ?? 'ECS') !== 'ECS';
  return {
    next,
    taskDefinition: {
      part: 'task definition',
      from: running?.taskDefinition.taskDefinitionArn,
      before: running === undefined ? {} : asJson(running.taskDefinition),
      after: withRunningImages(next, running, resolved, details.digests),
      definition: taskDefinition,
      rules: taskDefinitionRules,
    },
    service: service && {
      part: 'service',
      from: running?.service.serviceArn,
      before: settings,
      after: wantedService(service.value, settings, countIsOwned),
      definition: service,
      rules: foreign ? codeDeployRules : serviceRules,
    },
  };
}

/** Images with digests, nothing that ECS only answers. */
function nextTaskDefinition(definition: Definition, { images }: ResolvedImages): JsonObject {
  const entries = Object.entries(definition.value).filter(
    ([name]) => !(OUTPUT_ONLY as readonly string[]).includes(name),
  );
  const containers = containersOf(definition.value).map((container, index) => ({
    ...container,
    ...(images[index] === undefined ? {} : { image: images[index].resolved }),
  }));
  return { ...Object.fromEntries(entries), containerDefinitions: containers };
}

/**
 * A tag that runs and still stands for the digest that runs is no change, although a revision that is registered for
 * another reason will name the digest.
 */
function withRunningImages(
  next: JsonObject,
  running: Running | undefined,
  { images }: ResolvedImages,
  digests: ReadonlyMap<string, string>,
): JsonObject {
  const containers = containersOf(next).map((container, index) => {
    const name = textOf(container['name']);
    const now = running?.taskDefinition.containerDefinitions?.find((one) => one.name === name)?.image;
    const image = images[index];
    const same = image?.digest !== undefined && now === image.written && digests.get(name) === image.digest;
    return same ? { ...container, image: image.written } : container;
  });
  return { ...next, containerDefinitions: containers };
}

function containersOf(definition: JsonObject): JsonObject[] {
  return (definition['containerDefinitions'] ?? []) as JsonObject[];
}
