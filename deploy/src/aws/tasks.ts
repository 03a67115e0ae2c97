import { DescribeTasksCommand, ListTasksCommand, type ECSClient, type Task } from '@aws-sdk/client-ecs';
import { SlipwayError } from '../errors';
import { isException } from './ecs';

export interface TaskFilter {
  cluster: string;
  /** Of one service, or all of one family: not both. */
  serviceName?: string;
  family?: string;
  /** What ECS means it to do: a task that is stopping is STOPPED here. */
  desiredStatus: 'RUNNING' | 'STOPPED';
}

/** ARNs of every task that the filter finds; stopped ones for about an hour. */
export async function listTasks(ecs: ECSClient, filter: TaskFilter): Promise<string[]> {
  const arns: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await ecs.send(new ListTasksCommand({ ...filter, ...(nextToken ? { nextToken } : {}) }));
    arns.push(...(page.taskArns ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return arns;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
const AT_ONCE = 100;

/**
 * The tasks that ECS knows among these, in no certain order: one that was started a moment ago may be missing.
 * @throws SlipwayError CLUSTER_NOT_FOUND
 */
export async function describeTasks(
  ecs: ECSClient,
  cluster: string,
  tasks: readonly string[],
): Promise<Task[]> {
  const found: Task[] = [];
  try {
    for (let start = 0; start < tasks.length; start += AT_ONCE) {
      const asked = tasks.slice(start, start + AT_ONCE);
      found.push(...((await ecs.send(new DescribeTasksCommand({ cluster, tasks: asked }))).tasks ?? []));
    }
  } catch (error) {
    if (!isException(error, 'ClusterNotFoundException')) throw error;
    throw new SlipwayError('CLUSTER_NOT_FOUND', `ECS knows no cluster "${cluster}"`, { cause: error });
  }
  return found;
}

/** The 32 digits behind the last slash. */
export function taskIdOf({ taskArn = '' }: Task): string {
  return taskArn.slice(taskArn.lastIndexOf('/') + 1);
}

/** As git shortens: enough to tell tasks apart by eye. */
export function shortId(task: Task | string): string {
  return (typeof task === 'string' ? task : taskIdOf(task)).slice(0, 8);
}
