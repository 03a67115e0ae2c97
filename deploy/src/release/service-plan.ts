import type { Definition, JsonObject } from '../definition/definitions';
import type { Json } from '../outputs/outputs';
import type { Change } from './change';
import { isEmpty, textOf } from './differences';
import { placeOf } from './place-of';
import { REMOVABLE } from './service-rules';

/**
 * What the service is to be: the definition, with what it removes by not naming it, and without what is not its own
 * to say.
 * @param settings of the service that runs. @param countIsOwned whether autoscaling owns the desired count.
 */
export function wantedService(value: JsonObject, settings: JsonObject, countIsOwned: boolean): JsonObject {
  const wanted: JsonObject = { ...value };
  if (countIsOwned || settings['schedulingStrategy'] === 'DAEMON') delete wanted['desiredCount'];
  for (const [name, nothing] of Object.entries(REMOVABLE)) {
    if (isAbsent(value[name]) && isInUse(settings[name])) wanted[name] = nothing;
  }
  if (returnsToLaunchType(value, settings)) wanted['capacityProviderStrategy'] = [];
  return wanted;
}

function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null;
}

/** ECS answers `{ enabled: false }` for a Service Connect that was switched off. */
function isInUse(setting: Json | undefined): boolean {
  if (isEmpty(setting)) return false;
  return Array.isArray(setting) || (setting as JsonObject)['enabled'] !== false;
}

/** A service with capacity providers goes back to a launch type by an empty strategy. */
function returnsToLaunchType(value: JsonObject, settings: JsonObject): boolean {
  return (
    !isAbsent(value['launchType']) &&
    isEmpty(value['capacityProviderStrategy']) &&
    !isEmpty(settings['capacityProviderStrategy'])
  );
}

/** ECS wants a new deployment with every change of the capacity provider strategy. */
export function forcesDeployment(changes: readonly Change[]): boolean {
  return changes.some(({ path }) => memberOf(path) === 'capacityProviderStrategy');
}

/** The members of UpdateService that have to be sent, each as a whole. */
export function changedMembers(changes: readonly Change[], wanted: JsonObject): JsonObject {
  const names = new Set(changes.map(({ path }) => memberOf(path)));
  return Object.fromEntries(Object.entries(wanted).filter(([name]) => names.has(name)));
}

function memberOf(path: string): string {
  return path.split(/[.[]/)[0] ?? '';
}

/**
 * What the definition asks for and ECS gives a service only when it creates it.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 */
export function impossibleChanges(definition: Definition, settings: JsonObject): Change[] {
  const { value } = definition;
  const change = (path: string, before: Json, after: Json, impossible: string): Change => ({
    part: 'service',
    path,
    before,
    after,
    position: placeOf(definition, path.split('.')),
    impossible,
  });
  const found: Change[] = [];
  const { launchType, schedulingStrategy } = value;
  const byLaunchType =
    isEmpty(value['capacityProviderStrategy']) && isEmpty(settings['capacityProviderStrategy']);
  if (differ(launchType, settings['launchType']) && byLaunchType) {
    const why =
      'a service keeps its launch type; name capacity providers in "capacityProviderStrategy" instead, or deploy a new service';
    found.push(change('launchType', settings['launchType'] ?? '', launchType ?? '', why));
  }
  if (differ(schedulingStrategy, settings['schedulingStrategy'])) {
    const why = 'a service keeps its scheduling strategy; deploy a new service, then delete this one';
    found.push(
      change('schedulingStrategy', settings['schedulingStrategy'] ?? '', schedulingStrategy ?? '', why),
    );
  }
  const controller = controllerOf(value);
  const now = controllerOf(settings);
  if (controller !== undefined && controller !== (now ?? 'ECS')) {
    const why =
      now === 'CODE_DEPLOY' && controller === 'ECS'
        ? 'it is changed once, with "aws ecs update-service --deployment-controller type=ECS"'
        : 'a deploy does not change who deploys the service';
    found.push(change('deploymentController.type', now ?? 'ECS', controller, why));
  }
  return found;
}

function differ(wanted: Json | undefined, now: Json | undefined): boolean {
  return !isAbsent(wanted) && !isAbsent(now) && wanted !== now;
}

export function controllerOf(value: JsonObject): string | undefined {
  const controller = value['deploymentController'] as JsonObject | undefined;
  return controller?.['type'] === undefined ? undefined : textOf(controller['type']);
}

/** The role is only told: ECS takes another one silently, or none. */
export function roleNote(value: JsonObject, settings: JsonObject): string[] {
  const wanted = textOf(value['role']);
  const now = textOf(settings['roleArn']);
  if (wanted === '' || now === '' || wanted === now || now.endsWith(`/${wanted}`)) return [];
  return [
    `role is ${now} and the definition says ${wanted}: ECS takes a role only when it creates a service`,
  ];
}

/** Members that CreateService takes, with a count where ECS wants one. */
export function creation(
  { value }: Definition,
  count: number | undefined,
): { create: JsonObject; notes: string[] } {
  const { desiredCount, ...create } = value;
  delete create['forceNewDeployment'];
  if (create['schedulingStrategy'] === 'DAEMON') return { create, notes: [] };
  const given = count ?? desiredCount;
  if (!isAbsent(given)) return { create: { ...create, desiredCount: given ?? 0 }, notes: [] };
  return {
    create: { ...create, desiredCount: 1 },
    notes: ['the definition has no desiredCount: the new service begins with one task'],
  };
}
