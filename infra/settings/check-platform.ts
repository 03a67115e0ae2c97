import { checkEnvironment, checkProject } from './check';
import { checkApps } from './check-github';
import { checkPipelines } from './check-pipeline';
import { checkShape } from './check-shape';
import { checkOverlap } from './check-together';
import type { Platform } from './platform';
import { Problems, unique } from './problems';
import type { EnvironmentSettings, ProjectSettings } from './settings';

/** All that is set. */
export interface AllSettings {
  readonly project: ProjectSettings;
  readonly environments: readonly EnvironmentSettings[];
}

/** Problems that TypeScript would find, before anything is filled in. */
export function checkShapes(settings: AllSettings): string[] {
  const project = new Problems('project');
  checkShape('ProjectSettings', settings.project, project);
  return [
    ...project.found,
    ...settings.environments.flatMap((one: Partial<EnvironmentSettings> | undefined, index) => {
      const problems = new Problems(one?.name ?? `environment ${index + 1}`);
      checkShape('EnvironmentSettings', one, problems);
      return problems.found;
    }),
  ];
}

/** Problems of values, once defaults are filled in. @param own what is set: a default is nobody's choice. */
export function checkCompleted(
  { project, environments, serviceNames }: Omit<Platform, 'environment'>,
  own: readonly EnvironmentSettings[],
): string[] {
  const chosen = new Set(own.filter(({ network }) => network?.cidr !== undefined).map(({ name }) => name));
  const together = new Problems('project');
  unique(environments, ({ name }) => name, 'environments', together);
  return [
    ...checkProject(project),
    ...checkApps(project, serviceNames),
    ...checkPipelines(project, environments),
    ...together.found,
    ...environments.flatMap((one) => {
      const problems = new Problems(one.name);
      checkOverlap(one, environments, chosen, problems);
      return [...checkEnvironment(one, project), ...problems.found];
    }),
  ];
}
