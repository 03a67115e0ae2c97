import { DescribeTasksCommand, ListTasksCommand, type Service } from '@aws-sdk/client-ecs';
import { SlipwayError } from '../errors';
import type { Sink } from '../events';
import type { OpenService } from './open-service';
import { findRollbackTarget } from './rollback-target';
import { taskDefinitionsOf } from './revisions';
import { readRunning, settledTaskDefinition, type Running } from './running';
import { ONGOING } from './current-deployment';

/** Why revisions are needed, by their ARN, the weightiest reason first. */
export type Protection = ReadonlyMap<string, readonly string[]>;

/**
 * What nobody should take away: what runs, what the service's deployments are of, what `slipway rollback` would go back
 * to, and what tasks of the family in this cluster run.
 * @param family of the task definition; tasks that were started by hand count too.
 */
export async function readProtection(
  opened: OpenService,
  running: Running | undefined,
  family: string,
): Promise<Protection> {
  const reasons = new Map<string, string[]>();
  const protect = (arn: string | undefined, reason: string) => {
    if (arn === undefined) return;
    const known = reasons.get(arn) ?? [];
    if (!known.includes(reason)) reasons.set(arn, [...known, reason]);
  };
  if (running !== undefined) {
    const { service, taskDefinition } = running;
    protect(taskDefinition.taskDefinitionArn, 'in use');
    for (const deployment of service.deployments ?? [])
      protect(deployment.taskDefinition, `deployment ${deployment.id ?? ''} (${deployment.status ?? ''})`);
    for (const set of service.taskSets ?? []) protect(set.taskDefinition, `task set ${set.id ?? ''}`);
    protect(settledTaskDefinition(service), 'last good');
    protect(await rollbackChoice(opened, running), 'last good: "slipway rollback" goes back to it');
    for (const arn of await inProgress(opened, service)) protect(arn, 'a deployment in progress');
  }
  for (const [arn, count] of await tasksOf(opened, family))
    protect(arn, count === 1 ? '1 running task' : `${count} running tasks`);
  return reasons;
}

/** Undefined where there is nothing to go back to. */
async function rollbackChoice(
  { ecs, serviceDeployments }: OpenService,
  running: Running,
): Promise<string | undefined> {
  const quiet: Sink = () => undefined;
  try {
    const found = await findRollbackTarget({ ecs, running, serviceDeployments, sink: quiet }, 'last-good');
    return found.taskDefinition.taskDefinitionArn;
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'ROLLBACK_IMPOSSIBLE') return undefined;
    throw error;
  }
}

/** Both ends of a deployment in progress: ECS may still go back from one to the other. */
async function inProgress({ ecs, serviceDeployments }: OpenService, service: Service): Promise<string[]> {
  const listed = (await serviceDeployments.list()) ?? [];
  const moving = listed.filter(({ status }) => (ONGOING as readonly string[]).includes(status ?? ''));
  if (moving.length === 0 || !serviceDeployments.isAvailable) return [];
  const revisions = [
    ...moving.map(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? ''),
    ...(service.currentServiceRevisions ?? []).map(({ arn }) => arn ?? ''),
  ];
  const wanted = [...new Set(revisions)].filter((arn) => arn !== '');
  return [...(await taskDefinitionsOf(ecs, wanted)).values()];
}

/** Tasks of a family that run or start in the cluster, counted by revision. */
async function tasksOf({ ecs, name }: OpenService, family: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let nextToken: string | undefined;
  do {
    const page = await ecs.send(
      new ListTasksCommand({ cluster: name.cluster, family, ...(nextToken ? { nextToken } : {}) }),
    );
    nextToken = page.nextToken;
    if (!page.taskArns?.length) continue;
    const { tasks = [] } = await ecs.send(
      new DescribeTasksCommand({ cluster: name.cluster, tasks: page.taskArns }),
    );
    for (const { taskDefinitionArn = '' } of tasks)
      counts.set(taskDefinitionArn, (counts.get(taskDefinitionArn) ?? 0) + 1);
  } while (nextToken !== undefined);
  return counts;
}

/** The family that a service runs; what a config names where there is no service is not known without rendering it. */
export async function familyOf({ ecs, name }: OpenService): Promise<{ running: Running; family: string }> {
  const running = await readRunning(ecs, name);
  if (running === undefined) {
    throw new SlipwayError('SERVICE_NOT_FOUND', `service ${name.service} does not exist in ${name.cluster}`, {
      hint: 'its task definition is known from what it runs; deploy it first',
    });
  }
  return { running, family: running.taskDefinition.family ?? '' };
}
