import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Surroundings } from '../../surroundings/surroundings';
import { fullReference } from './image-reference';

/** The texts with which Fargate reports that a task could not start. Source: stopped task error codes, developer guide. */

export function imageNotFound(reference: string): string {
  const full = fullReference(reference);
  return `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${full}: ${full}: not found`;
}

/**
 * The container's secrets by the name of their environment variable, or why they cannot be had.
 */
export function resolveSecrets(
  surroundings: Surroundings,
  container: ContainerDefinition,
  caller: string,
): { values: Record<string, string> } | { failure: string } {
  const values: Record<string, string> = {};
  for (const { name, valueFrom } of container.secrets ?? []) {
    const answer = surroundings.secret(valueFrom ?? '');
    if ('error' in answer) return { failure: secretFailure(answer, valueFrom ?? '', caller) };
    values[name ?? ''] = answer.value;
  }
  return { values };
}

function secretFailure(
  answer: { error: 'not-found' | 'denied' | 'no-key' | 'no-json'; service: 'ssm' | 'secretsmanager' },
  valueFrom: string,
  caller: string,
): string {
  const start =
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ';
  const ssm = answer.service === 'ssm';
  const retried = `${ssm ? 'unable to retrieve secrets from ssm' : 'unable to retrieve secret from asm'}: service call has been retried 1 time(s): `;
  if (answer.error === 'denied') {
    const action = ssm ? 'ssm:GetParameters' : 'secretsmanager:GetSecretValue';
    return `${start}${retried}AccessDeniedException: User: ${caller} is not authorized to perform: ${action} on resource: ${valueFrom} because no identity-based policy allows the ${action} action`;
  }
  if (answer.error === 'no-key') {
    const key = valueFrom.split(':')[7] ?? '';
    return `${start}${retried}retrieved secret from Secrets Manager did not contain json key ${key}`;
  }
  if (answer.error === 'no-json')
    return `${start}${retried}invalid character 'p' looking for beginning of value`;
  return ssm
    ? `${start}${retried}invalid parameters: ${valueFrom}`
    : `${start}${retried}failed to fetch secret ${valueFrom} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`;
}

/** Why the container's awslogs driver cannot be used; undefined if it can, or if there is none. */
export function logFailure(surroundings: Surroundings, container: ContainerDefinition): string | undefined {
  const configuration = container.logConfiguration;
  if (configuration?.logDriver !== 'awslogs') return undefined;
  const group = configuration.options?.['awslogs-group'];
  if (group === undefined || configuration.options?.['awslogs-create-group'] === 'true') return undefined;
  if (surroundings.logGroupExists(group)) return undefined;
  return 'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1';
}

/** Of a role that does not exist or does not trust ECS. */
export function roleNotAssumable(arn: string): string {
  return `ECS was unable to assume the role '${arn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;
}
