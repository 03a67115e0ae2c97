import {
  DescribeServiceRevisionsCommand,
  ListTaskDefinitionsCommand,
  type ECSClient,
  type ServiceRevision,
  type TaskDefinitionStatus,
} from '@aws-sdk/client-ecs';
import { describeTaskDefinition, type TaggedTaskDefinition } from '../aws/ecs';

/** Newest first; ARNs. */
export async function listRevisions(
  ecs: ECSClient,
  family: string,
  status: TaskDefinitionStatus,
  limit = 100,
): Promise<string[]> {
  const { taskDefinitionArns = [] } = await ecs.send(
    new ListTaskDefinitionsCommand({ familyPrefix: family, status, sort: 'DESC', maxResults: limit }),
  );
  return taskDefinitionArns;
}

/** Every one, newest first; ARNs. */
export async function listAllRevisions(
  ecs: ECSClient,
  family: string,
  status: TaskDefinitionStatus,
): Promise<string[]> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.send(
      new ListTaskDefinitionsCommand({
        familyPrefix: family,
        status,
        sort: 'DESC',
        ...(nextToken ? { nextToken } : {}),
      }),
    );
    arns.push(...(page.taskDefinitionArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return arns;
}

/** 4 of `.../family:4`. */
export function revisionNumber(arn: string): number {
  return Number(arn.slice(arn.lastIndexOf(':') + 1));
}

/** Ten at a time: the bucket for reading task definitions holds 50 and refills 20 a second. */
const AT_ONCE = 10;

/** In the order asked for; what ECS does not know is left out. */
export async function describeRevisions(
  ecs: ECSClient,
  names: readonly string[],
): Promise<TaggedTaskDefinition[]> {
  const described: TaggedTaskDefinition[] = [];
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const answers = await Promise.all(
      names.slice(start, start + AT_ONCE).map((name) => describeTaskDefinition(ecs, name)),
    );
    described.push(...answers.filter((answer) => answer !== undefined));
  }
  return described;
}

/** Task definition ARN of each service revision, by the revision's ARN. */
export async function taskDefinitionsOf(
  ecs: ECSClient,
  revisionArns: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [arn, { taskDefinition }] of await describeServiceRevisions(ecs, revisionArns))
    if (taskDefinition !== undefined) found.set(arn, taskDefinition);
  return found;
}

/** Service revisions by their ARN; what ECS does not know is left out. */
export async function describeServiceRevisions(
  ecs: ECSClient,
  revisionArns: readonly string[],
): Promise<Map<string, ServiceRevision>> {
  const found = new Map<string, ServiceRevision>();
  for (let start = 0; start < revisionArns.length; start += 20) {
    const { serviceRevisions = [] } = await ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: revisionArns.slice(start, start + 20) }),
    );
    for (const revision of serviceRevisions) found.set(revision.serviceRevisionArn ?? '', revision);
  }
  return found;
}
