import type { ECSClient, ServiceDeploymentBrief } from '@aws-sdk/client-ecs';
import { revisionName, type TaggedTaskDefinition } from '../aws/ecs';
import { isRelease, recordOf } from './record';
import type { HistoryEntry } from './result';
import { describeRevisions, listRevisions, taskDefinitionsOf } from './revisions';
import { deploymentInProgress, type Running } from './running';
import type { ServiceDeployments } from './service-deployments';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html */
const OUTCOMES: Readonly<Record<string, string>> = {
  SUCCESSFUL: 'live',
  ROLLBACK_SUCCESSFUL: 'rolled-back',
  ROLLBACK_FAILED: 'failed',
  STOPPED: 'failed',
  PENDING: 'in-progress',
  IN_PROGRESS: 'in-progress',
  STOP_REQUESTED: 'in-progress',
  ROLLBACK_REQUESTED: 'in-progress',
  ROLLBACK_IN_PROGRESS: 'in-progress',
};

/**
 * Releases of a service, newest first: its deployments of the last 90 days where the endpoint keeps them, else the
 * revisions of its task definition, of which nobody knows how they ended.
 */
export async function readHistory(
  ecs: ECSClient,
  running: Running,
  serviceDeployments: ServiceDeployments,
  limit: number,
): Promise<HistoryEntry[]> {
  const listed = await serviceDeployments.list(Math.min(100, limit));
  return listed === undefined || listed.length === 0
    ? byRevision(ecs, running, limit)
    : byDeployment(ecs, running, listed.slice(0, limit));
}

async function byDeployment(
  ecs: ECSClient,
  running: Running,
  listed: readonly ServiceDeploymentBrief[],
): Promise<HistoryEntry[]> {
  const revisions = [
    ...new Set(listed.map(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? '')),
  ];
  const taskDefinitions = await taskDefinitionsOf(ecs, revisions);
  const described = new Map<string, TaggedTaskDefinition>();
  for (const each of await describeRevisions(ecs, [...new Set(taskDefinitions.values())])) {
    described.set(each.taskDefinition.taskDefinitionArn ?? '', each);
  }
  const current = listed.find(({ status, targetServiceRevisionArn }) => {
    const arn = taskDefinitions.get(targetServiceRevisionArn ?? '');
    return (
      arn === running.taskDefinition.taskDefinitionArn &&
      status !== undefined &&
      ['live', 'in-progress'].includes(OUTCOMES[status] ?? '')
    );
  });
  return listed.flatMap((deployment): HistoryEntry[] => {
    const arn = taskDefinitions.get(deployment.targetServiceRevisionArn ?? '');
    const outcome = /replaced by a new/i.test(deployment.statusReason ?? '')
      ? 'superseded'
      : (OUTCOMES[deployment.status ?? ''] ?? 'unknown');
    if (arn === undefined) return [];
    return [
      {
        ...entryOf(arn, described.get(arn)),
        at: deployment.createdAt,
        outcome,
        current: deployment === current,
      },
    ];
  });
}

async function byRevision(ecs: ECSClient, running: Running, limit: number): Promise<HistoryEntry[]> {
  const arns = await listRevisions(ecs, running.taskDefinition.family ?? '', 'ACTIVE');
  const described: TaggedTaskDefinition[] = [];
  for (let start = 0; start < arns.length && described.length < limit; start += limit) {
    const page = await describeRevisions(ecs, arns.slice(start, start + limit));
    described.push(...page.filter(({ tags }) => isRelease(tags)));
  }
  return described.slice(0, limit).map((each) => {
    const arn = each.taskDefinition.taskDefinitionArn ?? '';
    const current = arn === running.taskDefinition.taskDefinitionArn;
    const outcome = !current
      ? 'unknown'
      : deploymentInProgress(running.service) === undefined
        ? 'live'
        : 'in-progress';
    return { ...entryOf(arn, each), outcome, current };
  });
}

function entryOf(
  arn: string,
  described: TaggedTaskDefinition | undefined,
): Omit<HistoryEntry, 'outcome' | 'current'> {
  const record = recordOf(described?.tags ?? []);
  const image = described?.taskDefinition.containerDefinitions?.[0]?.image;
  return {
    at: described?.taskDefinition.registeredAt,
    taskDefinition: revisionName(arn),
    gitSha: record.gitSha,
    actor: record.actor,
    runUrl: record.runUrl,
    digest: record.imageDigest ?? /@(sha256:[0-9a-f]+)$/.exec(image ?? '')?.[1],
  };
}
