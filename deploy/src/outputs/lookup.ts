import type { Json, Outputs } from './outputs';

/**
 * What `{{ output }}` finds: a name in the service's own outputs first, then in the environment's;
 * `services.<service>.<name>` reaches another service's.
 */
export function lookUpOutput(
  outputs: Pick<Outputs, 'environment' | 'services'>,
  service: string,
  name: string,
): Json | undefined {
  const [, other, rest] = /^services\.([^.]+)\.(.+)$/.exec(name) ?? [];
  if (other !== undefined && rest !== undefined) return own(own(outputs.services, other), rest);
  return own(own(outputs.services, service), name) ?? own(outputs.environment, name);
}

/** Every name that would be found, for a suggestion. */
export function outputNames(
  outputs: { environment: object; services: Readonly<Record<string, object>> },
  service: string,
): string[] {
  const names = [...Object.keys(own(outputs.services, service) ?? {}), ...Object.keys(outputs.environment)];
  for (const [other, values] of Object.entries(outputs.services)) {
    if (other !== service) names.push(...Object.keys(values).map((name) => `services.${other}.${name}`));
  }
  return names;
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
