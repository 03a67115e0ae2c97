import type { Task } from '@aws-sdk/client-ecs';
import { describeTasks, listTasks, shortId, taskIdOf } from '../aws/tasks';
import { SlipwayError } from '../errors';
import type { OpenService } from '../release/open-service';
import { noService } from '../release/active-service';
import { readRunning, type Running } from '../release/running';

export interface ServiceTasks {
  running: Running;
  /** Of the service, newest first; those that are stopping are among them. */
  ofService: readonly Task[];
  /** Of the same family, and of no service. */
  standalone: readonly Task[];
}

/**
 * The tasks of a service, and those of its family that nobody's service owns; stopped ones as long as ECS has them.
 * @throws SlipwayError SERVICE_NOT_FOUND
 */
export async function serviceTasks({ ecs, name }: OpenService): Promise<ServiceTasks> {
  const running = await readRunning(ecs, name);
  if (running === undefined) throw noService(name);
  const { cluster, service } = name;
  const { family } = running.taskDefinition;
  const of = (filter: { serviceName: string } | { family: string }) => [
    listTasks(ecs, { cluster, ...filter, desiredStatus: 'RUNNING' }),
    listTasks(ecs, { cluster, ...filter, desiredStatus: 'STOPPED' }),
  ];
  const lists = await Promise.all([
    ...of({ serviceName: service }),
    ...(family === undefined ? [] : of({ family })),
  ]);
  const tasks = await describeTasks(ecs, cluster, [...new Set(lists.flat())]);
  tasks.sort((one, other) => (other.createdAt?.getTime() ?? 0) - (one.createdAt?.getTime() ?? 0));
  return {
    running,
    ofService: tasks.filter(({ group }) => group === `service:${service}`),
    standalone: tasks.filter(({ group }) => !group?.startsWith('service:')),
  };
}

/**
 * The task that an id means, or the first letters of one.
 * @throws SlipwayError TASK_NOT_FOUND, TASK_AMBIGUOUS
 */
export function findTask(tasks: readonly Task[], id: string): Task {
  const wanted = id.slice(id.lastIndexOf('/') + 1).toLowerCase();
  const found = tasks.filter((task) => taskIdOf(task).startsWith(wanted));
  const [task] = found;
  if (task !== undefined && found.length === 1) return task;
  if (task === undefined) {
    throw new SlipwayError(
      'TASK_NOT_FOUND',
      `no task of this service has an id that begins with "${wanted}"`,
      {
        hint: '"slipway tasks --stopped" lists them; ECS forgets a stopped task after an hour',
      },
    );
  }
  throw new SlipwayError(
    'TASK_AMBIGUOUS',
    `${found.length} tasks have an id that begins with "${wanted}": ${found.map((each) => taskIdOf(each).slice(0, wanted.length + 4)).join(', ')}`,
    { hint: 'give more of it' },
  );
}

/** The tasks that ids mean, each once. @throws SlipwayError TASK_NOT_FOUND, TASK_AMBIGUOUS */
export function findTasks(tasks: readonly Task[], ids: readonly string[]): Task[] {
  return [...new Set(ids.map((id) => findTask(tasks, id)))];
}

/** One sentence of a task in a message. */
export function taskSentence(task: Task): string {
  const revision = task.taskDefinitionArn?.slice(task.taskDefinitionArn.lastIndexOf('/') + 1) ?? '';
  return `${shortId(task)} (${revision}, ${task.lastStatus ?? ''})`;
}
