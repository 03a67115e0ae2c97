import { revisionName } from '../aws/ecs';
import { findConfig } from '../config/find';
import type { Context } from '../context';
import { shownPath } from '../files';
import type { Target } from '../target';

/** The command that brings a former revision back, to be pasted. */
export function goBackCommand(context: Context, target: Target, taskDefinition: string): string {
  return commandFor(context, target, 'rollback', ['--to', revisionName(taskDefinition)]);
}

/** The command that follows a deployment to its end and has the exit code of a deploy; also once it has ended. */
export function waitCommand(
  context: Context,
  target: Target,
  deploymentId: string | undefined,
): string | undefined {
  return deploymentId ? commandFor(context, target, 'wait', ['--deployment', deploymentId]) : undefined;
}

/** Said without a service: about every service of the config. */
export function commandFor(
  context: Context,
  { config, environment, service }: Pick<Target, 'config' | 'environment'> & { service?: string | undefined },
  name: string,
  words: readonly string[],
): string {
  const which = service !== undefined && config.services.length > 1 ? ['--service', service] : [];
  const own = isFound(context, config.path) ? [] : ['--config', quoted(shownPath(context.cwd, config.path))];
  return [
    'slipway',
    name,
    ...(environment === undefined ? [] : [environment]),
    ...own,
    ...which,
    ...words,
  ].join(' ');
}

/** Whether the same config is found from here without being named. */
function isFound({ cwd }: Context, path: string): boolean {
  try {
    return findConfig(cwd, undefined) === path;
  } catch {
    return false;
  }
}

function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `"${path}"`;
}
