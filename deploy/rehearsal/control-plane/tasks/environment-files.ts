import type { ContainerDefinition, EnvironmentFile } from '@aws-sdk/client-ecs';
import type { Surroundings } from '../../surroundings/surroundings';
import type { Task } from './task';

/** The environment files of a container: those of its definition, then those that RunTask adds. */
export function environmentFilesOf(task: Task, definition: ContainerDefinition): readonly EnvironmentFile[] {
  const override = task.overrides.containerOverrides?.find(({ name }) => name === definition.name);
  return [...(definition.environmentFiles ?? []), ...(override?.environmentFiles ?? [])];
}

/**
 * The variables of environment files (`arn:aws:s3:::bucket/key`), or why one of them cannot be had. A name that comes
 * again in a later line or file keeps its first value.
 * Source: "Pass environment variables to an Amazon ECS container", developer guide; the text of the failure is AWS's
 * as far as its first colon.
 */
export function readEnvironmentFiles(
  surroundings: Surroundings,
  files: readonly EnvironmentFile[],
): { values: Record<string, string> } | { failure: string } {
  const values: Record<string, string> = {};
  for (const { value = '' } of files) {
    const [, bucket = '', key = ''] = /^arn:[^:]*:s3:::([^/]+)\/(.+)$/.exec(value) ?? [];
    const text = bucket === '' ? undefined : surroundings.objectText?.(bucket, key);
    if (text === undefined) {
      return {
        failure: `ResourceInitializationError: failed to download env files: file download command: non empty error stream: failed to download file '${key}' from s3 bucket '${bucket}': NoSuchKey: The specified key does not exist.`,
      };
    }
    for (const [name, content] of parseEnvironmentFile(text)) values[name] ??= content;
  }
  return { values };
}

/** Lines `NAME=VALUE`; those that start with `#` and those without `=` say nothing. Values are taken as they are. */
function parseEnvironmentFile(text: string): [string, string][] {
  return text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const equals = line.indexOf('=');
    if (line.startsWith('#') || equals < 1) return [];
    return [[line.slice(0, equals).trim(), line.slice(equals + 1)]];
  });
}
