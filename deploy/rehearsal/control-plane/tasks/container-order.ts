import type { ContainerDefinition } from '@aws-sdk/client-ecs';

/** What is known of a container that another depends on. */
export interface DependencyState {
  started: boolean;
  exitCode: number | undefined;
  stopped: boolean;
  healthy: boolean;
}

/** Whether a dependency is met, may still be, or can never be. */
export type Dependency = 'met' | 'open' | 'impossible';

/** Source: ContainerDependency, ECS API reference. */
export function dependencyState(condition: string | undefined, on: DependencyState): Dependency {
  switch (condition) {
    case 'COMPLETE':
      return on.stopped ? 'met' : 'open';
    case 'SUCCESS':
      if (!on.stopped) return 'open';
      return on.exitCode === 0 ? 'met' : 'impossible';
    case 'HEALTHY':
      if (on.healthy) return 'met';
      return on.stopped ? 'impossible' : 'open';
    default:
      return on.started ? 'met' : 'open';
  }
}

/** For each container the names of those that depend on it: they must stop before it does. */
export function dependents(definitions: readonly ContainerDefinition[]): Map<string, string[]> {
  const result = new Map<string, string[]>();
  for (const definition of definitions) {
    for (const { containerName } of definition.dependsOn ?? []) {
      const list = result.get(containerName ?? '') ?? [];
      list.push(definition.name ?? '');
      result.set(containerName ?? '', list);
    }
  }
  return result;
}
