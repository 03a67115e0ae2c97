import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { parseReference } from '../../images/reference';
import { isSampleRepository } from '../../images/samples';
import type { Destination } from '../../surroundings/reach';
import type { Surroundings } from '../../surroundings/surroundings';
import { fullReference } from './image-reference';
import type { Task } from './task';

/**
 * The texts with which Fargate reports that a task cannot reach what it needs before its containers start.
 * Source: "Amazon ECS stopped tasks error messages", developer guide, and reasons that people reported.
 */

const initialization = 'ResourceInitializationError: unable to pull secrets or registry auth: ';
const canceled = 'RequestCanceled: request context canceled caused by: context deadline exceeded';
const timeout = (address: string) => `dial tcp ${address}:443: i/o timeout`;

/** Why the task cannot get its registry login, secrets or log streams; undefined if it can. */
export function unreachableResource(
  surroundings: Surroundings,
  task: Task,
  region: string,
): string | undefined {
  const containers = task.taskDefinition.body.containerDefinitions ?? [];
  const lacks = (destination: Destination) => !reaches(surroundings, task, destination);
  if (containers.some(({ image }) => isEcr(image ?? '')) && lacks('ecr.api')) {
    return (
      `${initialization}The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. ` +
      'Check your task network configuration. operation error ECR: GetAuthorizationToken, exceeded maximum number of attempts, 3, ' +
      `https response error StatusCode: 0, RequestID: , request send failed, Post "https://api.ecr.${region}.amazonaws.com/": ${timeout('54.240.225.173')}`
    );
  }
  for (const { valueFrom = '' } of containers.flatMap(({ secrets = [] }) => secrets)) {
    const isSecret = valueFrom.includes(':secretsmanager:');
    if (!lacks(isSecret ? 'secretsmanager' : 'ssm')) continue;
    const what = isSecret
      ? `unable to retrieve secret from asm: service call has been retried 5 time(s): failed to fetch secret ${valueFrom} from secrets manager: `
      : 'unable to retrieve secrets from ssm: service call has been retried 5 time(s): ';
    return `${initialization}execution resource retrieval failed: ${what}${canceled}. Please check your task network configuration.`;
  }
  if (containers.some(usesAwsLogs) && lacks('logs')) {
    return (
      'ResourceInitializationError: failed to validate logger args: create stream has been retried 5 times: failed to create Cloudwatch log stream: ' +
      `RequestError: send request failed caused by: Post "https://logs.${region}.amazonaws.com/": ${timeout('54.239.96.205')} : exit status 1`
    );
  }
  return undefined;
}

/** Why the image cannot be pulled from where it lies; undefined if it can. */
export function unreachableImage(
  surroundings: Surroundings,
  task: Task,
  reference: string,
  region: string,
): string | undefined {
  // They come with the rehearsal, and lie in no registry.
  if (isSampleRepository(parseReference(reference)?.repository ?? '')) return undefined;
  const full = fullReference(reference);
  const host = full.slice(0, full.indexOf('/'));
  const lacks = (destination: Destination) => !reaches(surroundings, task, destination);
  if (lacks(isEcr(reference) ? 'ecr.dkr' : 'internet')) {
    const { repository, tag, digest } = parseReference(full) ?? { repository: full };
    const path = repository.slice(repository.indexOf('/') + 1);
    return `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${full}: failed to do request: Head "https://${host}/v2/${path}/manifests/${digest ?? tag ?? 'latest'}": ${timeout('52.119.221.66')}`;
  }
  if (!isEcr(reference) || !lacks('s3')) return undefined;
  return (
    'CannotPullContainerError: ref pull has been retried 1 time(s): failed to copy: httpReadSeeker: failed open: failed to do request: ' +
    `Get "https://prod-${region}-starport-layer-bucket.s3.${region}.amazonaws.com/layer": ${timeout('52.219.152.42')}`
  );
}

export function pullRateLimited(reference: string): string {
  const full = fullReference(reference);
  const path = full.slice(full.indexOf('/') + 1).replace(/[:@].*$/, '');
  return (
    'CannotPullContainerError: inspect image has been retried 5 time(s): httpReadSeeker: failed open: unexpected status code ' +
    `https://registry-1.docker.io/v2/${path}/manifests/${full.replace(/^.*[:@](?=[^/]*$)/, '')}: 429 Too Many Requests - Server message: toomanyrequests: ` +
    'You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit'
  );
}

/** Of a subnet whose addresses are all taken. */
export function noFreeAddress(subnetId: string): string {
  return `Unexpected EC2 error while attempting to Create Network Interface in subnet '${subnetId}': InsufficientFreeAddressesInSubnet`;
}

/** On an instance the agent asks, over the instance's own interface. */
function reaches(surroundings: Surroundings, task: Task, destination: Destination): boolean {
  if (task.launchType !== 'FARGATE') return true;
  const { subnetId, publicAddress = false } = task;
  return surroundings.reaches?.({ subnetId, publicAddress }, destination) ?? true;
}

function isEcr(reference: string): boolean {
  return /\.dkr[.-]ecr\./.test(reference);
}

function usesAwsLogs({ logConfiguration }: ContainerDefinition): boolean {
  return logConfiguration?.logDriver === 'awslogs';
}
