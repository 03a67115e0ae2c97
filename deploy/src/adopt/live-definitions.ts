import type { JsonObject } from '../definition/definitions';
import { shapeOf } from '../definition/shapes';
import type { Json } from '../outputs/outputs';
import { textOf } from '../release/differences';
import type { Running } from '../release/running';
import { asJson, settingsOf, type Details } from '../release/running-settings';
import { controllerOf } from '../release/service-plan';
import { serviceRules } from '../release/service-rules';
import { ownTags } from '../release/tag-changes';
import { OUTPUT_ONLY, taskDefinitionRules } from '../release/task-definition-rules';
import { lean } from './lean';

export interface LiveDefinitions {
  taskDefinition: JsonObject;
  service: JsonObject;
  /** The container that the load balancer sends traffic to, else the first essential one. */
  main: string;
}

/**
 * Definitions that say what runs, without what only ECS writes and what it fills in by itself.
 * @param scaled whether autoscaling owns the count.
 */
export function liveDefinitions(running: Running, details: Details, scaled: boolean): LiveDefinitions {
  const settings = settingsOf(running, details);
  const [balancer] = (settings['loadBalancers'] ?? []) as JsonObject[];
  const containers = running.taskDefinition.containerDefinitions ?? [];
  const main = containers.find(({ essential }) => essential !== false) ?? containers[0];
  return {
    taskDefinition: taskDefinitionOf(running),
    service: serviceOf(running, settings, scaled),
    main: textOf(balancer?.['containerName']) || (main?.name ?? ''),
  };
}

const FIRST = ['family', 'requiresCompatibilities', 'networkMode', 'cpu', 'memory', 'runtimePlatform'];

function taskDefinitionOf({ taskDefinition, tags }: Running): JsonObject {
  const entries = Object.entries(asJson(taskDefinition)).filter(
    ([name]) => !(OUTPUT_ONLY as readonly string[]).includes(name),
  );
  const own = ownTags(tags, []) as unknown as Json[];
  const value = lean(Object.fromEntries(entries), taskDefinitionRules, new Set(['essential']));
  const { containerDefinitions = [], ...rest } = value;
  const first = Object.fromEntries(
    FIRST.flatMap((name) => (rest[name] === undefined ? [] : [[name, rest[name]]])),
  );
  return { ...first, ...rest, containerDefinitions, ...(own.length === 0 ? {} : { tags: own }) };
}

/** Defaults that people like to see. */
const KEPT = new Set([
  'enable',
  'rollback',
  'maximumPercent',
  'minimumHealthyPercent',
  'platformVersion',
  'availabilityZoneRebalancing',
]);

function serviceOf({ service }: Running, settings: JsonObject, scaled: boolean): JsonObject {
  const { structure, fromConfig } = shapeOf('service');
  const dropped = new Set([...fromConfig, 'clientToken', 'role', 'tags']);
  if (scaled || settings['schedulingStrategy'] === 'DAEMON') dropped.add('desiredCount');
  if (settings['schedulingStrategy'] === 'REPLICA') dropped.add('schedulingStrategy');
  if ((controllerOf(settings) ?? 'ECS') === 'ECS') dropped.add('deploymentController');
  const entries = Object.entries(settings).filter(
    ([name]) => Object.hasOwn(structure.members, name) && !dropped.has(name),
  );
  const own = ownTags(service.tags ?? [], []) as unknown as Json[];
  const role = service.roleArn?.includes('/aws-service-role/') === true ? undefined : service.roleArn;
  return {
    ...lean(Object.fromEntries(entries), serviceRules, KEPT),
    ...(role === undefined ? {} : { role }),
    ...(own.length === 0 ? {} : { tags: own }),
  };
}
