import type { ContainerDefinition, ContainerOverride } from '@aws-sdk/client-ecs';
import type { TaskHost } from './task-host';
import type { Task } from './task';

/**
 * What a container finds in its environment besides what its image sets: environment files, above them the
 * definition's variables, secrets and the overrides of RunTask, and what ECS adds itself.
 */
export function containerEnvironment(
  host: TaskHost,
  task: Task,
  definition: ContainerDefinition,
  override: ContainerOverride | undefined,
  prepared: { fileVariables: Readonly<Record<string, string>>; secrets: Readonly<Record<string, string>> },
  runtimeId: string,
): Record<string, string> {
  const environment: Record<string, string> = {
    AWS_REGION: host.region,
    AWS_DEFAULT_REGION: host.region,
    AWS_EXECUTION_ENV: task.launchType === 'FARGATE' ? 'AWS_ECS_FARGATE' : 'AWS_ECS_EC2',
  };
  const metadata = host.settings.metadataUri?.(runtimeId);
  if (metadata !== undefined) environment.ECS_CONTAINER_METADATA_URI_V4 = metadata;
  Object.assign(environment, prepared.fileVariables);
  for (const { name, value } of definition.environment ?? []) environment[name ?? ''] = value ?? '';
  Object.assign(environment, prepared.secrets);
  for (const { name, value } of override?.environment ?? []) environment[name ?? ''] = value ?? '';
  return environment;
}
