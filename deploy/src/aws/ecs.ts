import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  type Service,
  type Tag,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { Context } from '../context';
import { SlipwayError } from '../errors';
import { createClient, type ClientConfig } from './clients';

export interface ServiceName {
  cluster: string;
  service: string;
}

export function ecsClient(region: string, env: Context['env']): ECSClient {
  return createClient(ECSClient, { region, env });
}

/** A client that never asks twice: for somebody who polls, and for finding out what an endpoint has. */
export function impatientEcsClient(region: string, env: Context['env']): ECSClient {
  return createClient(OneAttempt, { region, env });
}

class OneAttempt extends ECSClient {
  constructor(config: ClientConfig) {
    super({ ...config, maxAttempts: 1 });
  }
}

/**
 * The service as ECS describes it, with its tags; undefined where ECS knows no such service.
 * An INACTIVE one is returned: it was deleted a while ago.
 * @throws SlipwayError CLUSTER_NOT_FOUND
 */
export async function describeService(
  ecs: ECSClient,
  { cluster, service }: ServiceName,
): Promise<Service | undefined> {
  try {
    const { services } = await ecs.send(
      new DescribeServicesCommand({ cluster, services: [service], include: ['TAGS'] }),
    );
    return services?.[0];
  } catch (error) {
    if (!isException(error, 'ClusterNotFoundException')) throw error;
    throw new SlipwayError('CLUSTER_NOT_FOUND', `ECS knows no cluster "${cluster}"`, {
      hint: 'apply the infrastructure of this environment first ("npx cdktf apply"), or check cluster and region',
      cause: error,
    });
  }
}

export interface TaggedTaskDefinition {
  taskDefinition: TaskDefinition;
  tags: readonly Tag[];
}

/** By `family`, `family:revision` or ARN; undefined where ECS knows no such revision. */
export async function describeTaskDefinition(
  ecs: ECSClient,
  name: string,
): Promise<TaggedTaskDefinition | undefined> {
  try {
    const answer = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: name, include: ['TAGS'] }),
    );
    return answer.taskDefinition && { taskDefinition: answer.taskDefinition, tags: answer.tags ?? [] };
  } catch (error) {
    if (isException(error, 'ClientException', 'InvalidParameterException')) return undefined;
    throw error;
  }
}

/** Whether AWS answered with one of these exceptions. */
export function isException(error: unknown, ...names: string[]): error is Error {
  return error instanceof Error && names.includes(error.name);
}

/** `slipway-staging-web:4` of a task definition's ARN; anything else as it is. */
export function revisionName(taskDefinition: string): string {
  return taskDefinition.slice(taskDefinition.lastIndexOf('/') + 1);
}
