import type { Position } from '../definition/definitions';
import type { Subject } from './subject';
import { object, objects, text } from './values';

/** Something that the execution role reads for a container before it starts. */
export interface SecretReference {
  container: string;
  /** As it is written. */
  valueFrom: string;
  position: Position;
  source:
    | {
        kind: 'secret';
        /** ARN without what follows the name. */
        arn: string;
        region: string;
        key: string | undefined;
        stage: string | undefined;
      }
    | { kind: 'parameter'; name: string; arn: string | undefined; region: string | undefined };
}

/** Secrets and parameters of all containers: variables, options of log drivers, credentials of registries. */
export function secretsOf({ containers }: Subject): SecretReference[] {
  return containers.flatMap(({ name, value, at }) => {
    const log = object(value['logConfiguration']);
    const credentials = text(object(value['repositoryCredentials'])?.['credentialsParameter']);
    const listed = [
      ...objects(value['secrets']).map((entry) => ({ ...entry, path: ['secrets'] })),
      ...objects(log?.['secretOptions']).map((entry) => ({
        ...entry,
        path: ['logConfiguration', 'secretOptions'],
      })),
    ].flatMap(({ value: entry, index, path }) => {
      const valueFrom = text(entry['valueFrom']);
      return valueFrom === undefined ? [] : [{ valueFrom, position: at(...path, index, 'valueFrom') }];
    });
    if (credentials !== undefined) {
      const position = at('repositoryCredentials', 'credentialsParameter');
      listed.push({ valueFrom: credentials, position });
    }
    return listed.map((entry) => ({ ...entry, container: name, source: sourceOf(entry.valueFrom) }));
  });
}

/**
 * `arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME[:JSON-KEY[:STAGE[:VERSION]]]`, the ARN of a parameter, or the
 * name of a parameter in the same region. Source: "Pass sensitive data to a container", ECS developer guide.
 */
function sourceOf(valueFrom: string): SecretReference['source'] {
  const parts = valueFrom.split(':');
  const [, , service, region = '', , type = '', name = '', key, stage] = parts;
  if (parts[0] === 'arn' && service === 'secretsmanager') {
    const arn = [...parts.slice(0, 5), type, name].join(':');
    return { kind: 'secret', arn, region, key: key || undefined, stage: stage || undefined };
  }
  if (parts[0] === 'arn' && service === 'ssm') {
    const path = /^parameter(\/.+)$/.exec(type)?.[1] ?? '';
    // The ARN of a parameter without a path has a slash that its name has not.
    const plain = path.lastIndexOf('/') === 0 ? path.slice(1) : path;
    return { kind: 'parameter', name: plain, arn: parts.slice(0, 6).join(':'), region };
  }
  return { kind: 'parameter', name: valueFrom, arn: undefined, region: undefined };
}
